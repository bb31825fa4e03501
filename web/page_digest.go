package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"bantin"
)

// digestPage lists the past editions of a digest.
type digestPage struct {
	page
	Heading  string
	Feed     string // of the editions, to be copied
	Editions []pastEdition
}

type pastEdition struct {
	Name, Href string
	Date       time.Time
	Count      int
	Titles     []string // of the first bulletins
	More       int      // bulletins beyond these
}

// Bulletins counts what an edition holds, in English.
func (e pastEdition) Bulletins() string {
	if e.Count == 1 {
		return "bulletin"
	}
	return "bulletins"
}

// pastEditions and titlesOfEdition bound the page: a year of a weekly digest.
const (
	pastEditions    = 52
	titlesOfEdition = 3
)

// digest serves /digests/{id}, and its feed, which is a document like others.
func (s *site) digest(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	name, isFeed := strings.CutSuffix(id, ".atom")
	if now, renamed := s.Renamed[name]; renamed {
		return &movedError{to: s.path("/digests/" + now + strings.TrimPrefix(id, name))}
	}
	if isFeed {
		return fmt.Errorf("feed of digest %q: %w", name, bantin.ErrNotFound) // it would have been found before
	}
	titles, err := s.Store.DigestIDs(r.Context())
	if err != nil {
		return err
	}
	title, known := titles[id]
	if !known {
		return fmt.Errorf("digest %q: %w", id, bantin.ErrNotFound)
	}
	p := &digestPage{page: s.newPage(r, "archive", cmp.Or(title, id)), Heading: cmp.Or(title, id), Feed: s.Site.Link(digestFeedPath(id))}
	p.Alternates = append([]alternate{digestAlternate(id, p.Heading)}, p.Alternates...)
	if p.Editions, err = s.past(r, &p.page, id); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "digest", p)
}

// past gives the editions that were not cancelled, the newest first.
func (s *site) past(r *http.Request, p *page, digest string) ([]pastEdition, error) {
	editions, err := s.Store.Editions(r.Context(), digest, pastEditions)
	if err != nil {
		return nil, err
	}
	var list []pastEdition
	for i := range editions {
		e := &editions[i]
		if e.Status == bantin.EditionCancelled {
			continue
		}
		bulletins, err := s.Store.EditionBulletins(r.Context(), e.Row)
		if err != nil {
			return nil, err
		}
		s.newestFirst(bulletins)
		past := pastEdition{
			Name: fmt.Sprintf("%s\u00a0%d", p.Say("Số", "No."), e.Number), Href: p.Href("/editions/" + e.ID),
			Date: e.Due.In(s.Site.Location), Count: len(bulletins),
		}
		for i := range bulletins[:min(len(bulletins), titlesOfEdition)] {
			past.Titles = append(past.Titles, title(&bulletins[i]))
		}
		past.More = past.Count - len(past.Titles)
		list = append(list, past)
	}
	return list, nil
}

func digestFeedPath(digest string) string { return "/digests/" + digest + ".atom" }

// digestAlternate announces the feed of a digest's editions.
func digestAlternate(digest, title string) alternate {
	return alternate{template.HTMLAttr(`type="application/atom+xml"`), title + " (Atom)", digestFeedPath(digest)}
}
