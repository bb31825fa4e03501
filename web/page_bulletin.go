package web

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
)

// bulletinPage is one bulletin in full.
type bulletinPage struct {
	page
	ContentLanguage string // where it is not the page's
	Tags            []tag
	Lead            string
	Body            template.HTML // sanitised when it was read
	Author          string
	Published       time.Time
	Corrected       bool
	Changed         time.Time
	Event           *event
	AddEvent        string // its event for a calendar; "" for none
	Refs            []string
	Files           []file
	Source          string     // where it was first published
	Follow          []feedLink // pages of its places' feeds
}

// event is the event that a bulletin reports, formatted.
type event struct{ When, Place, Host string }

// file is an attachment; About is its type and size, "PDF, 2 MB".
type file struct{ Name, Href, About string }

func newFile(a *bantin.Attachment) file {
	about := strings.ToUpper(strings.TrimPrefix(path.Ext(a.Src), "."))
	if size := templates.FileSize(a.Length); size != "" {
		about = strings.TrimPrefix(about+", "+size, ", ")
	}
	return file{cmp.Or(a.Title, path.Base(a.Src)), a.Src, about}
}

// bulletin serves /bulletins/{id}: 404 where it is unknown or held, 410 where
// it is withdrawn, 301 where it was merged.
func (s *site) bulletin(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Store.Bulletins().Get(r.Context(), r.PathValue("id"))
	if merged := (*store.MergedError)(nil); errors.As(err, &merged) {
		u := url.URL{Path: "/bulletins/" + merged.Into}
		return &movedError{withLanguage(&u, s.language(r), s.Site.Language)}
	}
	switch {
	case err != nil:
		return err
	case b.Withdrawn:
		return &withdrawnError{title(&b)}
	case !b.Publishable():
		return fmt.Errorf("bulletin %q is held: %w", b.ID, bantin.ErrNotFound)
	}
	return s.render(w, http.StatusOK, "bulletin", s.bulletinPage(r, &b))
}

func (s *site) bulletinPage(r *http.Request, b *bantin.Bulletin) *bulletinPage {
	p := &bulletinPage{page: s.newPage(r, "", title(b))}
	p.Description = b.Summary(160)
	p.Tags = s.tags(&p.page, b)
	p.Lead, p.Author = b.Lead, b.Author
	p.Body = body(p.Language, b)
	p.Published = s.published(b)
	p.Corrected, p.Changed = b.Revision > 1, b.ChangedAt.In(s.Site.Location)
	p.ContentLanguage = s.contentLanguage(&p.page, b)
	p.Event = s.event(&p.page, b.Event)
	for _, ref := range b.LegalRefs {
		p.Refs = append(p.Refs, s.legalRef(&p.page, ref))
	}
	for i := range b.Attachments {
		p.Files = append(p.Files, newFile(&b.Attachments[i]))
	}
	follow := func(sel bantin.Selection, name string) {
		if f, ok := s.feedOf(sel); ok && len(p.Follow) < maxAnnouncedFeeds {
			p.Alternates = append(formats(f), p.Alternates...)
			p.Follow = append(p.Follow, feedLink{name, p.pageOf(f, p.Language)})
		}
	}
	for _, id := range b.Topics {
		follow(bantin.Selection{Topics: []string{id}}, s.Atlas.TopicName(id))
	}
	for _, slug := range b.Places {
		follow(bantin.Selection{Places: []string{slug}}, place.Name(slug, p.Language))
	}
	if isWeb(b.URL) {
		p.Source = b.URL
	}
	if b.Event != nil && isDay(b.Event.Date) {
		p.AddEvent = eventPath(b.ID)
	}
	p.Untranslated, p.Canonical = true, p.Default
	p.Preview = s.bulletinPreview(p, b)
	return p
}

// body is the text with its images. Its headings move down a level, since the
// page's own is the only h1. What may be wider than the screen can be scrolled by
// keyboard (WCAG 2.1.1).
func body(l bantin.Language, b *bantin.Bulletin) template.HTML {
	var w strings.Builder
	feed.Body(&w, b)
	table := `<div class="scroll" role="group" tabindex="0" aria-label="` + l.Say("Bảng", "Table") + `"><table`
	return template.HTML(strings.NewReplacer("<h1", "<h2", "</h1", "</h2", "<table", table, "</table>", "</table></div>", "<pre", `<pre tabindex="0"`).Replace(withTables(w.String())))
}

func (s *site) event(p *page, e *bantin.Event) *event {
	if e == nil {
		return nil
	}
	out := &event{Place: e.Place, Host: e.Host}
	if !e.Date.IsZero() {
		out.When = templates.LongDate(p.Language, e.Date.In(time.UTC))
		if e.Time != "" {
			out.When = e.Time + ", " + out.When
		}
	}
	return out
}

func (s *site) legalRef(p *page, ref bantin.LegalRef) string {
	words := strings.TrimSpace(ref.Kind + " " + ref.Ref)
	if ref.Date.IsZero() {
		return words
	}
	return words + p.Say(", ngày ", ", ") + templates.ShortDate(ref.Date.In(time.UTC))
}

func isWeb(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}
