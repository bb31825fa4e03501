//go:build unix

package office

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bantin"
	"bantin/place"
)

// The words from which something was understood are marked on the page of a bulletin, with
// what they were taken for in words; marks that overlap or lie outside are left out.
func TestUnderstoodIsMarked(t *testing.T) {
	o := newTestOffice(t)
	o.AddBulletin("a", "Phú Thọ <tổng kết>", "phu-tho")
	title, lead := "Phú Thọ <tổng kết>", "Phú Thọ <tổng kết>: phong trào khuyến học, khuyến tài."
	o.options.Understood = func(b *bantin.Bulletin) []Mark {
		if b.Title != title || b.Lead != lead {
			t.Errorf("asked about %+v", b)
		}
		return []Mark{
			{InLead, strings.Index(lead, "khuyến học"), len(lead), MarkDocument, "Kế hoạch 1/KH"},
			{InTitle, 0, len("Phú Thọ"), MarkPlace, "phu-tho"}, {InTitle, 4, len("Phú Thọ <"), MarkVenue, "Thọ <"}, {InTitle, 9, 999, MarkDay, ""}, {InTitle, -1, 2, MarkDay, ""},
			{InText, len("Phú Thọ "), len("Phú Thọ <tổng kết>"), MarkPlace, "son-la"},
		}
	}
	o.server.Config.Handler = New(o.options)
	b := o.signedIn(lan)
	body := b.wants("/office/bulletins/a", `<b><mark class="of-place">Phú Thọ<small> (nơi)</small></mark> &lt;tổng kết&gt;</b>`,
		`phong trào <mark class="of-document">khuyến học, khuyến tài.<small> (văn bản: Kế hoạch 1/KH)</small></mark></p>`,
		`<p>Phú Thọ <mark class="of-place">&lt;tổng kết&gt;<small> (nơi: Sơn La)</small></mark></p>`)
	if n := strings.Count(body, "<mark"); n != 3 {
		t.Errorf("%d marks, want 3", n)
	}
	b.wants("/office/bulletins/a?lang=en", `<small> (place: S`)
	got := paragraphs([]span{{Text: "một\nhai "}, {"ba\nbốn", MarkPlace, "nơi"}, {Text: "\n\nnăm"}})
	if len(got) != 4 || len(got[1]) != 2 || got[2][0].What != "nơi" || got[3][0].Text != "năm" {
		t.Errorf("paragraphs: %+v", got)
	}
}

// Topics are corrected on the page by their titles, and given back to the source by an empty
// field; without topics in the configuration the form has no field.
func TestTopicsAreCorrected(t *testing.T) {
	o := newTestOffice(t)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	b := o.signedIn(lan)
	if body := b.get("/office/bulletins/a", http.StatusOK); strings.Contains(body, `name="topics"`) || strings.Contains(body, "chủ đề") {
		t.Error("there are no topics, and a field for them")
	}
	o.options.Atlas = place.NewAtlas(nil, bantin.Topic{ID: "hoc-bong", Title: "Học bổng"}, bantin.Topic{ID: "thu-vien", Title: "Thư viện"})
	o.server.Config.Handler = New(o.options)
	topics := func(want ...string) {
		t.Helper()
		now, err := o.DB.Bulletins().Get(t.Context(), "a")
		if err != nil || !slices.Equal(now.Topics, want) {
			t.Errorf("topics: %q, want %q: %v", now.Topics, want, err)
		}
	}
	correct := func(text string, status int) {
		t.Helper()
		b.post("/office/bulletins/a/correct", url.Values{"topics": {text}}, status)
	}
	correct("học bổng, thu-vien, hoc-bong", http.StatusSeeOther)
	topics("hoc-bong", "thu-vien")
	b.wants("/office/bulletins/a", `name="topics"`, `value="Học bổng, Thư viện"`, "<dd>Học bổng, Thư viện</dd>")
	correct("thể thao", http.StatusUnprocessableEntity)
	b.post("/office/bulletins/a/correct", url.Values{"title": {"Phú Thọ tổng kết"}}, http.StatusSeeOther) // an absent field stays
	topics("hoc-bong", "thu-vien")
	correct("", http.StatusSeeOther)
	topics()

	// A title with a comma, and a topic that leaves the configuration.
	learning := bantin.Topic{ID: "khuyen-hoc", Title: "Khuyến học, khuyến tài"}
	configure := func(list ...bantin.Topic) {
		o.options.Atlas = place.NewAtlas(nil, list...)
		o.server.Config.Handler = New(o.options)
	}
	configure(learning, bantin.Topic{ID: "hoc-bong", Title: "Học bổng"}, bantin.Topic{ID: "thu-vien", Title: "Thư viện"})
	correct("Thư viện, Khuyến học, khuyến tài", http.StatusSeeOther)
	topics("thu-vien", "khuyen-hoc")
	configure(learning, bantin.Topic{ID: "hoc-bong", Title: "Học bổng"})
	b.wants("/office/bulletins/a", `value="thu-vien, Khuyến học, khuyến tài"`)
	correct("thu-vien, Khuyến học, khuyến tài", http.StatusSeeOther) // as it was shown
	topics("thu-vien", "khuyen-hoc")
	correct("Học bổng, Khuyến học, khuyến tài, thu-vien", http.StatusSeeOther)
	topics("hoc-bong", "khuyen-hoc", "thu-vien")
	correct("khuyến tài", http.StatusUnprocessableEntity)
}
