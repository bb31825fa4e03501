package mailer

import (
	"time"

	"bantin"
	"bantin/templates"
)

// PersonalizationCost reports whether the templates or the subject of a digest
// use the contact's data, and about how much processor time each message then
// takes. A message that is not personalized is copied from its segment's in some
// hundredths of a millisecond. It fails where a template fails.
func PersonalizationCost(set *templates.Set, subject string, site *bantin.Site) (each time.Duration, personal bool, err error) {
	sample := sampleDigest(site)
	for range 3 { // the first run also pays for one-time costs
		start := time.Now()
		rendered, err := RenderDigest(set, subject, sample)
		if err != nil || !rendered.Personalized {
			return 0, false, err
		}
		if _, err := Compose(Message{Sender: Sender{Address: "bantin@example.org"}, Rendered: rendered, Digest: "mau", ListDomain: "example.org"}); err != nil {
			return 0, true, err
		}
		each = time.Since(start)
	}
	return each, true, nil
}

// sampleDigest is a week's news with an example of everything a template can show.
func sampleDigest(site *bantin.Site) DigestMail {
	m := DigestMail{Language: site.Language, Site: site, Place: "Phú Thọ", Count: 12, More: 2, UnsubscribeURL: site.Link("/unsubscribe/" + TokenPlaceholder),
		Digest: DigestRef{ID: "mau", Title: "Bản tin khuyến học"}, Edition: EditionRef{ID: "mau-1", Number: 1, Date: time.Now(), URL: site.Link("/editions/mau-1")}}
	item := Item{Title: "Phú Thọ tổng kết phong trào khuyến học", URL: site.Link("/bulletins/mau"), Places: []string{"Phú Thọ"}, Date: time.Now(),
		Summary: "Hội Khuyến học tỉnh đã trao 1.250 suất học bổng cho học sinh nghèo vượt khó.",
		Image:   &Image{Src: site.Link("/images/mau.jpg"), Width: 600, Height: 400, Alt: "Lễ trao học bổng"},
		Files:   []File{{Title: "Danh sách", URL: site.Link("/files/mau.pdf"), Size: "1,2 MB"}}}
	m.File = &File{Title: "Kế hoạch năm.pdf", URL: site.Link("/editions/mau-1/file"), Size: "2 MB"}
	for _, kind := range []SectionKind{SectionOwn, SectionCluster, SectionRest} {
		m.Sections = append(m.Sections, Section{Kind: kind, Title: "Tin", Note: "Cụm I – Tây Bắc", Items: []Item{item, item, item, item}})
	}
	return m.For(Recipient{Name: "Nguyễn Thị Ánh", Email: "anh@example.org"})
}
