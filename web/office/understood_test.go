//go:build unix

package office

import (
	"strings"
	"testing"

	"bantin"
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
