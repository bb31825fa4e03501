package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"bantin/internal/cost"
	"bantin/source"
)

// A feed of many tiny entries, or with elements nested without end, is read as far as it
// is within the limits, and what is made of it grows no more than it does.
func TestFeedsWithinLimits(t *testing.T) {
	rss := func(items string) string {
		return `<rss version="2.0" xmlns:a="urn:a"><channel><title>Ngành</title>` + items + `</channel></rss>`
	}
	first := `<item><title>Tin đầu</title><guid>1</guid><description>Bài.</description></item>`
	json := func(items string) string {
		return `{"version":"https://jsonfeed.org/version/1.1","title":"Ngành","items":[{"id":"1","title":"Tin đầu","content_text":"Bài."}` + items + `]}`
	}
	for _, c := range []struct {
		name, feed string
		least      int
	}{
		{"nested", rss(first + `<item><title>Tin</title>` + strings.Repeat("<a:b>", 200_000)), 1},
		{"nested and closed", rss(first + `<item>` + strings.Repeat("<a:b>", 200_000) + strings.Repeat("</a:b>", 200_000) + `</item>`), 1},
		{"nested in the text", rss(first + `<item><description>` + strings.Repeat("<b>", 200_000) + `</description></item>`), 1},
		{"a namespace each", rss(first + `<item>` + many(5000, `<a%[1]d:b xmlns:a%[1]d="urn:%[1]d">`)), 1},
		{"many namespaces, many elements", rss(first + `<item><a ` + many(10_000, `xmlns:a%[1]d="b" `) + `>` + strings.Repeat(`<b/>`, 100_000) + `</a></item>`), 1},
		{"tiny entries", rss(first + strings.Repeat(`<item><title>x</title></item>`, 200_000)), 1},
		{"empty entries", rss(first + strings.Repeat(`<item/>`, 500_000)), 1},
		{"tiny entries of Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>` + many(100_000, `<entry><id>%d</id><title>Tin</title><summary>Bài.</summary></entry>`) + `</feed>`, 5000},
		{"tiny items of JSON", json(many(100_000, `,{"id":"x%d","title":"Tin","content_text":"Bài."}`)), 4999},
		{"empty items of JSON", json(strings.Repeat(`,{}`, 1_000_000)), 1},
		{"nested JSON", json(`,{"id":"2","_a":` + strings.Repeat("[", 500_000)), 1},
		{"signs in strings", json(`,{"id":"2","title":"a \"{[{[","content_text":"Bài {"}`), 2},
		{"signs in CDATA", rss(first + `<item><title>Hai</title><description><![CDATA[` + strings.Repeat("<p>", 300) + `Bài.]]></description></item>`), 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list int
			made := cost.Made(func() { list = len(source.FeedBulletins(t.Context(), []byte(c.feed))) })
			if list < c.least {
				t.Errorf("%d entries, want %d", list, c.least)
			}
			if most := uint64(600<<20 + 40*len(c.feed)); made > most {
				t.Errorf("%d MB were made of %d KB", made>>20, len(c.feed)>>10)
			}
		})
	}
}

// A feed that is nested too deep is told, each time, beside the entries before that.
func TestFeedTooDeepIsTold(t *testing.T) {
	for name, page := range map[string]string{
		"RSS":  `<rss version="2.0"><channel><item><guid>mot</guid><title>Tin đầu</title><description>Bài.</description></item><item>` + strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200) + `</item></channel></rss>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"mot","title":"Tin đầu","content_text":"Bài."},{"id":"hai","_a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}]}`,
	} {
		l := newLooker(t, "feed", serveFeed(t, page).URL+"/rss")
		for look, want := range []string{"mot Tin đầu", ""} {
			got, err := l.look()
			var told *source.SiteError
			if !errors.As(err, &told) || !strings.Contains(told.Words.VI, "lồng nhau quá sâu") || strings.Join(got, "; ") != want {
				t.Errorf("%s, look %d: %q, %v", name, look+1, got, err)
			}
		}
	}
}

// many repeats a pattern with the number of each.
func many(n int, pattern string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, pattern, i)
	}
	return b.String()
}

// A feed of twice the length costs at most about twice as much, whatever is in it.
func TestFeedIsLinear(t *testing.T) {
	for before, pieces := range map[string][]string{
		`<rss version="2.0"><channel><title>Ngành</title>`: {"<item><title>Tin</title><description>Bài.</description></item>", "<item>", "<!--", "<![CDATA[", "&amp;", "<a:b xmlns:a='c'>", "]]>"},
		"<!-- ": {"-->", "<!-- <rss> -->", "<rss><!--"},
		`{"version":"https://jsonfeed.org/version/1.1","items":[`: {`{"id":"a","content_text":"Bài."},`, "[", `"`, "{"},
	} {
		for _, piece := range pieces {
			cost.Linear(t, before, piece, "</channel></rss>", 100_000, func(text string) { source.FeedBulletins(t.Context(), []byte(text)) })
		}
	}
}
