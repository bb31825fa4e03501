package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
	Older    string     // the next page; "" on the last
	Newest   string     // the first page; "" on it
	Others   []feedLink // other digests
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

// pastEditions and titlesOfEdition keep the page below 30 KB.
const (
	pastEditions    = 20
	titlesOfEdition = 3
)

// digest serves /digests/{id}?before=NUMBER. Whoever opens the feed of its
// editions in a browser sees the page too, as with other feeds (feedOrPage);
// readers were given the document before they came here.
func (s *site) digest(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	name, isFeed := strings.CutSuffix(id, ".atom")
	if now, renamed := s.Renamed[name]; renamed {
		return &movedError{to: s.path("/digests/" + now + strings.TrimPrefix(id, name))}
	}
	titles, err := s.Store.Digests().Titles(r.Context())
	if err != nil {
		return err
	}
	title, known := titles[name]
	if !known || isFeed && !isVisit(r) {
		return fmt.Errorf("digest %q: %w", id, bantin.ErrNotFound)
	}
	before, err := parseNumber(r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	p := &digestPage{page: s.newPage(r, "archive", cmp.Or(title, name)), Heading: cmp.Or(title, name), Feed: s.Site.Link(digestFeedPath(name))}
	p.Alternates = append([]alternate{digestAlternate(name, p.Heading)}, p.Alternates...)
	if isFeed {
		notKept(w)
		p.Switch = withLanguage(&url.URL{Path: "/digests/" + name}, p.Other(), s.Site.Language)
		p.at(p.Href("/digests/"+name), p.Switch)
	}
	for _, other := range s.digestLinks(&p.page, titles) {
		if other.Href != p.Href("/digests/"+name) {
			p.Others = append(p.Others, other)
		}
	}
	if err := s.past(r, p, name, before); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "digest", p)
}

// parseNumber reads the number of an edition; nothing is 0.
func parseNumber(s string) (int, error) {
	n, err := strconv.ParseInt(cmp.Or(s, "0"), 10, 32) // what both databases take for one
	if err != nil || n < 0 {
		return 0, fmt.Errorf("number %q: %w", s, bantin.ErrNotFound)
	}
	return int(n), nil
}

// digestLinks leads to the pages of digests.
func (s *site) digestLinks(p *page, titles map[string]string) []feedLink {
	var list []feedLink
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		list = append(list, feedLink{cmp.Or(titles[id], id), p.Href("/digests/" + id)})
	}
	return list
}

// past fills in the editions before a number, the newest first; 0 is all.
func (s *site) past(r *http.Request, p *digestPage, digest string, before int) error {
	editions, err := s.Store.Editions().Past(r.Context(), digest, before, pastEditions+1)
	if err != nil {
		return err
	}
	path := "/digests/" + digest
	if before > 0 {
		p.Newest = p.Href(path)
	}
	if len(editions) > pastEditions {
		editions = editions[:pastEditions]
		p.Older = p.Href(path + "?before=" + strconv.Itoa(editions[pastEditions-1].Number))
	}
	for i := range editions {
		past, err := s.pastEdition(r.Context(), &p.page, &editions[i])
		if err != nil {
			return err
		}
		p.Editions = append(p.Editions, past)
	}
	return nil
}

func (s *site) pastEdition(ctx context.Context, p *page, e *bantin.Edition) (pastEdition, error) {
	bulletins, err := s.Store.Editions().Bulletins(ctx, e.Row)
	if err != nil {
		return pastEdition{}, err
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
	return past, nil
}

func digestFeedPath(digest string) string { return "/digests/" + digest + ".atom" }

// digestAlternate announces the feed of a digest's editions.
func digestAlternate(digest, title string) alternate {
	return alternate{template.HTMLAttr(`type="application/atom+xml"`), title + " (Atom)", digestFeedPath(digest)}
}
