package mailer

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"bantin"
	"bantin/templates"
)

// Group is the bulletins under one heading of a digest.
type Group struct {
	Kind      SectionKind
	Place     string // own: the reader's place; cluster: the cluster's title
	Title     string // "" for the default
	Note      string // "" for the default
	Bulletins []bantin.Bulletin

	TopicName func(id string) string // display name of a topic, "" for none to show; nil: topics are not shown
}

// summaryLimit, altLimit and titleLimit are in characters: three lines of a mail, the
// text in the frame of an image that is not loaded, and the longest title. maxPlaces is how many places
// an item names: two lines on a telephone.
const (
	summaryLimit = 240
	altLimit     = 120
	titleLimit   = 200
	maxPlaces    = 8
)

// minWide is the width in pixels from which a picture may fill the width of a mail.
const minWide = 400

// BuildSections makes a digest's sections from groups, in the given order; empty
// groups are left out. place returns the display name of a place.
func BuildSections(lang bantin.Language, site *bantin.Site, place func(slug string) string, groups ...Group) []Section {
	var out []Section
	only := len(groups) == 1 || len(groups) == 2 && groups[0].Kind == SectionPinned
	for _, g := range groups {
		if len(g.Bulletins) == 0 {
			continue
		}
		s := Section{Kind: g.Kind, Title: g.Title, Note: g.Note}
		title, note := g.heading(lang, site, only)
		s.Title = cmp.Or(s.Title, title)
		if s.Note == "" {
			s.Note = note
		}
		for i := range g.Bulletins {
			s.Items = append(s.Items, newItem(lang, site, place, &g.Bulletins[i], g.TopicName))
		}
		out = append(out, s)
	}
	return out
}

// heading is the default title and note of a group. The only group of a mail, to
// a contact without a place, does not speak of "other" places; that of a provincial
// association speaks of its province.
func (g Group) heading(lang bantin.Language, site *bantin.Site, only bool) (title, note string) {
	switch {
	case g.Kind == SectionPinned:
		return lang.Say("Tin nổi bật", "Highlights"), ""
	case g.Kind == SectionOwn:
		return g.Place, lang.Say("Tỉnh của bạn", "Your province")
	case g.Kind == SectionCluster:
		return g.Place, lang.Say("Các tỉnh cùng cụm với bạn", "The provinces of your cluster")
	case site.Place != "" && only:
		return site.Title, lang.Say("Tin của "+site.Unit.VI, "News from "+site.Unit.EN)
	case site.Place != "":
		return lang.Say("Những nơi khác", "Elsewhere"), lang.Say("Tin từ ngoài "+site.Unit.VI, "From outside "+site.Unit.EN)
	case only:
		return lang.Say("Cả nước", "All provinces"), lang.Say("Tin của Trung ương Hội và các tỉnh, thành phố", "From the central office, provinces and cities")
	}
	return lang.Say("Cả nước", "All provinces"), lang.Say("Tin của Trung ương Hội và các tỉnh, thành phố khác", "From the central office, other provinces and cities")
}

func newItem(lang bantin.Language, site *bantin.Site, place func(string) string, b *bantin.Bulletin, topic func(string) string) Item {
	item := Item{
		Title:   bantin.Shorten(cmp.Or(b.Title, b.Summary(altLimit), b.ID), titleLimit),
		URL:     site.LinkIn(lang, "/bulletins/"+b.ID),
		Summary: b.Summary(summaryLimit),
		Date:    b.Published.In(site.Location),
		Table:   strings.Contains(b.HTML, "<table"),
	}
	item.Image, item.Wide = newImages(site, b)
	if e := b.Event; e != nil && !e.Date.IsZero() {
		item.Event = &Event{e.Date, e.Place, e.Host, e.Time, e.StartText(site.Location)}
	}
	if b.Published.IsZero() {
		item.Date = b.ArrivedAt.In(site.Location)
	}
	for _, a := range b.Attachments {
		item.Files = append(item.Files, File{cmp.Or(a.Title, path.Base(a.Src)), site.Link(a.Src), templates.FileSize(a.Length)})
	}
	for i, slug := range b.Places {
		if rest := len(b.Places) - i; i == maxPlaces-1 && rest > 1 {
			item.Places = append(item.Places, fmt.Sprintf(lang.Say("và %d nơi khác", "and %d more"), rest))
			break
		}
		item.Places = append(item.Places, place(slug))
	}
	for _, id := range b.Topics {
		if topic == nil {
			break
		}
		if name := topic(id); name != "" {
			item.Places = append(item.Places, name)
		}
	}
	return item
}

// newImages are the first image of the bulletin, cut to 3:2 where we serve it, and the
// same for a lead story; nil where there is none. It is a link, so it always has an
// alternative text: that of the image, else its caption, else the title.
func newImages(site *bantin.Site, b *bantin.Bulletin) (small, wide *Image) {
	for i := range b.Images {
		img := &b.Images[i]
		if img.Src == "" {
			continue
		}
		alt := bantin.Shorten(cmp.Or(img.Alt, img.Caption, b.Title), altLimit)
		cropped, ours := img.Crop(bantin.CropList)
		if !ours {
			return &Image{site.Link(img.Src), img.Width, img.Height, alt}, nil
		}
		small = &Image{site.Link(cropped.Src), cropped.Width, cropped.Height, alt}
		if img.Width == 0 || img.Width >= minWide {
			cropped, _ = img.Crop(bantin.CropLead)
			wide = &Image{site.Link(cropped.Src), cropped.Width, cropped.Height, alt}
		}
		return small, wide
	}
	return nil, nil
}
