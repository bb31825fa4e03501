package mailer

import (
	"testing"
	"time"

	"bantin"
)

// The mail of a provincial association speaks of its province.
func TestSectionsOfAProvince(t *testing.T) {
	site := &bantin.Site{Title: "Hội Khuyến học tỉnh Phú Thọ", Place: "phu-tho", Unit: bantin.Words{VI: "tỉnh Phú Thọ", EN: "Phu Tho"}, Location: time.UTC}
	name := func(slug string) string { return slug }
	rest := Group{Kind: SectionRest, Bulletins: []bantin.Bulletin{{ID: "a", Title: "Tin"}}}
	own := Group{Kind: SectionOwn, Place: "Phú Thọ", Bulletins: []bantin.Bulletin{{ID: "b", Title: "Tin"}}}
	alone := BuildSections(bantin.Vietnamese, site, name, rest)
	if alone[0].Title != site.Title || alone[0].Note != "Tin của tỉnh Phú Thọ" {
		t.Errorf("%q, %q", alone[0].Title, alone[0].Note)
	}
	both := BuildSections(bantin.English, site, name, own, rest)
	if both[1].Title != "Elsewhere" || both[1].Note != "From outside Phu Tho" {
		t.Errorf("%q, %q", both[1].Title, both[1].Note)
	}
}
