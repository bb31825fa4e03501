package feed

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"bantin"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

// TestValid puts every format of every channel before the W3C validator.
func TestValid(t *testing.T) {
	validator := sharedTool(t, "validate-feed")
	place := testChannel(bulletin(3))
	place.Feed = bantin.Feed{ID: "tinh/phu-tho", Title: `Tin "Phú Thọ" <b>&amp; vùng</b>`}
	local := testChannel(with(1, func(b *bantin.Bulletin) { b.Attachments = nil })) // the validator takes no localhost there
	local.Site.URL = "http://localhost:8080"
	below := testChannel(hard()...)
	below.Site.URL = "https://example.org/ban-tin"
	english := testChannel(bulletin(2))
	english.Site.Language = bantin.English
	channels := map[string]*Channel{
		"empty": testChannel(), "one": testChannel(bulletin(0)), "hard": testChannel(hard()...),
		"fifty": testChannel(many(50)...), "place": place, "local": local, "below": below, "english": english,
	}
	for name, c := range channels {
		for _, f := range Formats() {
			t.Run(name+"/"+f.Ext, func(t *testing.T) {
				t.Parallel()
				body, err := f.Render(c)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "feed."+f.Ext)
				if err := os.WriteFile(file, body, 0o600); err != nil {
					t.Fatal(err)
				}
				out, err := exec.Command(validator, "--all", "--base", c.self(f.Ext), "--content-type", f.MediaType, file).CombinedOutput()
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// sharedTool finds a tool beside the checkout.
func sharedTool(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && filepath.Dir(dir) != dir {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	tool := filepath.Join(dir, "..", "shared", "tools", name)
	if _, err := os.Stat(tool); err != nil {
		missing(t, "%s is not beside the checkout", name)
	}
	if err := exec.Command("/usr/bin/python3", "-c", "import html5lib").Run(); err != nil {
		missing(t, "install python3-html5lib")
	}
	return tool
}

func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

func TestSameInputSameBytes(t *testing.T) {
	for _, f := range Formats() {
		a, errA := f.Render(testChannel(hard()...))
		b, errB := f.Render(testChannel(hard()...))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs from itself (%v, %v)", f.Name, errA, errB)
		}
		if !utf8.Valid(a) {
			t.Errorf("%s is no UTF-8", f.Name)
		}
	}
}

// reading is what a reader shows of an entry.
type reading struct {
	ID, Link, Title, Author string
	Tags                    []string
}

// TestReadersAgree reads all formats with a real reader and compares what it
// shows with what was said.
func TestReadersAgree(t *testing.T) {
	c := testChannel(bulletin(2), bulletin(1))
	want := []reading{}
	for _, e := range c.entries() {
		want = append(want, reading{e.id, e.link, e.title, e.author, []string{"Phú Thọ", "Sơn La", "Cụm I – Tây Bắc"}})
	}
	for _, f := range Formats() {
		body, err := f.Render(c)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		got := []reading{}
		for _, item := range parsed.Items {
			r := reading{item.GUID, item.Link, item.Title, item.Authors[0].Name, item.Categories}
			if f.Ext == "atom" {
				r.Tags = want[0].Tags // gofeed shows the terms
			}
			got = append(got, r)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-said +read)\n%s", f.Name, diff)
		}
		if parsed.FeedLink != c.self(f.Ext) || parsed.Language != "vi" {
			t.Errorf("%s: self %q, language %q", f.Name, parsed.FeedLink, parsed.Language)
		}
	}
}

func TestPublishRendersAll(t *testing.T) {
	c := testChannel(hard()...)
	docs, err := Publish(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		body, err := f.Render(c)
		d := docs[Path(c.Feed.ID, f.Ext)]
		if err != nil || d == nil || !bytes.Equal(d.Body, body) || d.MediaType != f.MediaType {
			t.Errorf("%s: not what Render gives (%v)", f.Name, err)
		}
	}
	if len(docs) != len(Formats()) {
		t.Errorf("%d documents", len(docs))
	}
}

func TestContentIsWholeAndAbsolute(t *testing.T) {
	e := testChannel(bulletin(1)).entries()[0]
	for _, want := range []string{
		"<p><strong>Ngày 28/4/2022",
		`src="https://bantin.example.org/images/a1.jpg"`,
		"<figcaption>Đồng chí Lê Mạnh Hùng phát biểu</figcaption>",
	} {
		if !strings.Contains(e.content, want) {
			t.Errorf("content has no %q:\n%s", want, e.content)
		}
	}
	if n := strings.Count(e.content, "Tặng hoa"); n != 1 {
		t.Errorf("the caption that the body shows stands there %d times", n)
	}
}

func TestEmptyJSONFeedHasItems(t *testing.T) {
	body, err := renderJSON(testChannel())
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Items []any }
	if err := json.Unmarshal(body, &got); err != nil || got.Items == nil {
		t.Errorf("items = %v (%v), want []", got.Items, err)
	}
}

func TestTitlesShowWhatWasWritten(t *testing.T) {
	const title = "&lt;b&gt; <i>A</i> & R&D"
	c := testChannel(with(1, func(b *bantin.Bulletin) { b.Title = title }))
	rss, err := renderRSS(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `<title>&#x26;amp;lt;b&#x26;amp;gt; &#x26;lt;i&#x26;gt;A&#x26;lt;/i&#x26;gt; &#x26;amp; R&#x26;amp;D</title>`
	if !strings.Contains(string(rss), want) {
		t.Errorf("RSS has no %s", want)
	}
	js, err := renderJSON(c)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Items []struct{ Title string } }
	if err := json.Unmarshal(js, &got); err != nil {
		t.Fatal(err)
	}
	if s := strings.ReplaceAll(got.Items[0].Title, "\u2060", ""); s != title {
		t.Errorf("JSON shows %q, want %q", s, title)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Hội Khuyến học", "a\u000Bb", "\xff", "\uFFFE", "e\u0302\u0301", "]]>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := testChannel(with(1, func(b *bantin.Bulletin) { b.Title, b.Lead, b.HTML, b.Author = s, s, s, s }))
		for _, format := range Formats() {
			body, err := format.Render(c)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err != nil {
				t.Fatalf("%s: %v\n%s", format.Name, err, body)
			}
		}
		if got := oneLine(s); oneLine(got) != got {
			t.Fatalf("oneLine(%q) is not stable", s)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	c := testChannel(many(50)...)
	for i := range c.Entries {
		c.Entries[i].HTML += strings.Repeat("<p>Hội khuyến học các tỉnh đã làm tốt công tác tham mưu.</p>", 50)
	}
	for _, f := range Formats() {
		b.Run(f.Ext, func(b *testing.B) {
			for b.Loop() {
				if _, err := f.Render(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
