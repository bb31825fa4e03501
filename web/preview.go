package web

import (
	"cmp"
	"time"

	"bantin"
)

// preview is what a page says of itself to programs that show a link to it: Open Graph,
// cards, and the data of schema.org for search engines.
type preview struct {
	Type      string // of Open Graph: website or article
	Image     *bantin.Image
	Published time.Time // of an article
	Modified  time.Time
	Data      any // JSON-LD; nil for none
}

// Locale is the page's language as Open Graph names it.
func (p page) Locale() string { return p.Say("vi_VN", "en_US") }

// OtherLocale is that of the same page in the other language; "" where it is not
// translated.
func (p page) OtherLocale() string {
	if p.Untranslated {
		return ""
	}
	return p.Language.Say("en_US", "vi_VN")
}

// thing is something of schema.org, as JSON-LD.
type thing map[string]any

func newThing(kind string) thing { return thing{"@context": "https://schema.org", "@type": kind} }

// with adds a property unless it is empty.
func (t thing) with(name string, value any) thing {
	switch v := value.(type) {
	case nil:
		return t
	case string:
		if v == "" {
			return t
		}
	case []string:
		if len(v) == 0 {
			return t
		}
	}
	t[name] = value
	return t
}

// publisher is the association.
func (s *site) publisher() thing {
	out := thing{"@type": "Organization", "name": s.Site.Title, "url": s.Site.Link("/"), "logo": s.Site.Link("/static/icon.png")}
	if logo := s.Site.Logo; logo != nil {
		out["logo"] = thing{"@type": "ImageObject", "url": s.Site.Link(logo.Src), "width": logo.Width, "height": logo.Height}
	}
	return out
}

// sitePreview is that of the home page.
func (s *site) sitePreview(p *page) preview {
	data := newThing("WebSite").with("name", s.Site.Title).with("url", p.Canonical).with("inLanguage", string(p.Language)).with("publisher", s.publisher())
	data["potentialAction"] = thing{"@type": "SearchAction", "target": s.Site.Link("/?q={q}"), "query-input": "required name=q"}
	return preview{Type: "website", Data: data}
}

// listPreview is that of a page that lists bulletins.
func (s *site) listPreview(p *page, name string, list []bantin.Bulletin) preview {
	var items []thing
	for i := range list {
		items = append(items, thing{"@type": "ListItem", "position": i + 1, "url": s.Site.LinkIn(p.Language, "/bulletins/"+list[i].ID), "name": title(&list[i])})
	}
	data := newThing("CollectionPage").with("name", name).with("url", p.Canonical).with("inLanguage", string(p.Language)).with("publisher", s.publisher())
	data["mainEntity"] = thing{"@type": "ItemList", "numberOfItems": len(list), "itemListElement": items}
	out := preview{Type: "website", Data: data}
	for i := range list {
		if out.Image = s.previewImage(&list[i]); out.Image != nil {
			break
		}
	}
	return out
}

// previewImage is the bulletin's first picture that we serve, cut as previews show it.
func (s *site) previewImage(b *bantin.Bulletin) *bantin.Image {
	for i := range b.Images {
		if img, ok := b.Images[i].Crop(bantin.CropPreview); ok {
			img.Src = s.Site.Link(img.Src)
			img.Alt = cmp.Or(img.Alt, img.Caption)
			return &img
		}
	}
	return nil
}

// bulletinPreview is that of a bulletin: news, and the event that it invites to.
func (s *site) bulletinPreview(p *bulletinPage, b *bantin.Bulletin) preview {
	out := preview{Type: "article", Image: s.previewImage(b), Published: p.Published, Modified: p.Published}
	if p.Corrected {
		out.Modified = p.Changed
	}
	language := b.Language
	if language == "" {
		language = string(s.Site.Language)
	}
	news := newThing("NewsArticle").with("headline", bantin.Shorten(title(b), 110)).with("description", p.Description).with("mainEntityOfPage", p.Canonical).
		with("datePublished", p.Published.Format(time.RFC3339)).with("dateModified", out.Modified.Format(time.RFC3339)).with("inLanguage", language).with("publisher", s.publisher())
	news["author"] = thing{"@type": "Organization", "name": s.Site.Title}
	if b.Author != "" {
		news["author"] = thing{"@type": "Person", "name": b.Author}
	}
	if out.Image != nil {
		news["image"] = []string{out.Image.Src}
	}
	out.Data = news
	if e := b.Event; e != nil && isDay(e.Date) {
		event := newThing("Event").with("name", title(b)).with("startDate", e.StartText(s.Site.Location)).with("description", p.Description).with("url", p.Canonical).
			with("eventStatus", "https://schema.org/EventScheduled").with("eventAttendanceMode", "https://schema.org/OfflineEventAttendanceMode")
		if e.Time == "" {
			event["endDate"] = e.Date.String()
		}
		if e.Place != "" {
			event["location"] = thing{"@type": "Place", "name": e.Place, "address": e.Place}
		}
		if e.Host != "" {
			event["organizer"] = thing{"@type": "Organization", "name": e.Host}
		}
		out.Data = []thing{news, event}
	}
	return out
}
