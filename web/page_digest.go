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
	Older    string     // URL of the next page; "" on the last
	Newest   string     // URL of the first page; "" on it
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

// maxPastEditions and maxEditionTitles keep the page below 30 KB.
const (
	maxPastEditions  = 20
	maxEditionTitles = 3
)

// digest serves /digests/{id}?before=NUMBER. A browser that opens the feed of the
// editions gets the page too, as with other feeds (feedOrPage); feed readers have
// been served before (serveFeedsFirst).
func (s *site) digest(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	name, isFeed := strings.CutSuffix(id, ".atom")
	if now, renamed := s.RenamedDigests[name]; renamed {
		return &movedError{to: s.path("/digests/" + now + strings.TrimPrefix(id, name))}
	}
	titles, err := s.Store.Digests().Titles(r.Context())
	if err != nil {
		return err
	}
	title, known := titles[name]
	if !known || isFeed && !isBrowser(r) {
		return fmt.Errorf("digest %q: %w", id, bantin.ErrNotFound)
	}
	before, err := parseNumber(r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	p := &digestPage{page: s.newPage(r, "archive", cmp.Or(title, name)), Heading: cmp.Or(title, name), Feed: s.Site.Link(digestFeedPath(name))}
	p.Alternates = append([]alternate{digestAlternate(name, p.Heading)}, p.Alternates...)
	if isFeed {
		setUncacheable(w)
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

// parseNumber parses the number of an edition; "" is 0.
func parseNumber(s string) (int, error) {
	n, err := strconv.ParseInt(cmp.Or(s, "0"), 10, 32) // the range that both databases accept
	if err != nil || n < 0 {
		return 0, fmt.Errorf("number %q: %w", s, bantin.ErrNotFound)
	}
	return int(n), nil
}

// digestLinks links to the pages of digests.
func (s *site) digestLinks(p *page, titles map[string]string) []feedLink {
	var list []feedLink
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		list = append(list, feedLink{cmp.Or(titles[id], id), p.Href("/digests/" + id)})
	}
	return list
}

// past fills in the editions before a number, newest first; 0 is all.
func (s *site) past(r *http.Request, p *digestPage, digest string, before int) error {
	editions, err := s.Store.Editions().Past(r.Context(), digest, before, maxPastEditions+1)
	if err != nil {
		return err
	}
	path := "/digests/" + digest
	if before > 0 {
		p.Newest = p.Href(path)
	}
	if len(editions) > maxPastEditions {
		editions = editions[:maxPastEditions]
		p.Older = p.Href(path + "?before=" + strconv.Itoa(editions[maxPastEditions-1].Number))
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
	for i := range bulletins[:min(len(bulletins), maxEditionTitles)] {
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
