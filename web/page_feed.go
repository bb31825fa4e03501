package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// feedPage presents a feed to people: the address to copy, its latest entries, and
// other feeds.
type feedPage struct {
	page
	Name    string // what tells it from others
	Address string // of its first format, to be copied
	Format  string // the name of that
	Others  []feedLink
	OPML    string // a list that it stands in, and what that is called

	OPMLName string
	Entries  []feedEntry
	Also     []feedLink // other feeds
}

type feedEntry struct {
	Title, Href, Summary string
	Language             string
	Date                 time.Time
}

// maxFeedEntries and maxAlsoFeeds keep the page short.
const (
	maxFeedEntries = 10
	maxAlsoFeeds   = 24
)

// feedRoute separates documents, which have an extension, from pages.
func (s *site) feedRoute(w http.ResponseWriter, r *http.Request) {
	switch id := r.PathValue("id"); {
	case id == "", strings.HasSuffix(id, "/"):
		s.handle(func(http.ResponseWriter, *http.Request) error { return s.withoutSlash(r) }).ServeHTTP(w, r)
	case strings.Contains(id, "."):
		s.feedOrPage(w, r)
	default:
		s.handle(s.feedPage).ServeHTTP(w, r)
	}
}

// feedOrPage serves the documents of feeds. A browser, which cannot display them,
// gets the feed's page at the same URL, so that the URL can be copied from the
// address bar. No cache keeps the page: a cache that ignores Vary then serves the
// document to browsers, and never the page to a feed reader.
func (s *site) feedOrPage(w http.ResponseWriter, r *http.Request) {
	if isBrowser(r) {
		if name, ok := cutFormat(r.URL.Path); ok {
			if f, ok := s.feedNamed(name, r); ok {
				s.handle(func(w http.ResponseWriter, r *http.Request) error {
					setUncacheable(w)
					return s.showFeed(w, r, f)
				}).ServeHTTP(w, r)
				return
			}
		}
	}
	if name, _ := cutFormat(r.URL.Path); name == chosenID || name == searchID {
		s.serveChosen(w, r)
		return
	}
	s.Feeds.ServeHTTP(w, r)
}

// setUncacheable marks a page served at the URL of a feed.
func setUncacheable(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", feed.Vary)
}

// isBrowser reports whether a person's browser navigates here: it prefers HTML and
// names no feed format. A request for */* or for feeds and a conditional request
// come from feed readers; a script, an image or a frame is no navigation.
func isBrowser(r *http.Request) bool {
	accept := strings.Join(r.Header["Accept"], ",") // usually one: nothing is copied
	if !strings.HasPrefix(accept, "text/html") && !strings.HasPrefix(accept, "application/xhtml+xml") {
		return false
	}
	h := r.Header
	if dest := h.Get("Sec-Fetch-Dest"); dest != "" && dest != "document" {
		return false
	}
	polls := h.Get("If-None-Match") != "" || h.Get("If-Modified-Since") != "" || h.Get("A-Im") != ""
	return !polls && !strings.Contains(accept, "rss") && !strings.Contains(accept, "atom") && !strings.Contains(accept, "json")
}

// cutFormat removes the extension of a feed format from a path below /feeds/.
func cutFormat(path string) (name string, ok bool) {
	name, ok = strings.CutPrefix(path, "/feeds/")
	for _, format := range feed.Formats() {
		if rest, has := strings.CutSuffix(name, "."+format.Ext); ok && has {
			return rest, true
		}
	}
	return "", false
}

// feedNamed finds a feed by its id, or a custom feed by its query.
func (s *site) feedNamed(id string, r *http.Request) (bantin.Feed, bool) {
	if id == chosenID {
		sel, err := s.Atlas.Choose(r.URL.Query())
		return s.chosen(sel), err == nil
	}
	for _, f := range s.FeedList() {
		if f.ID == id {
			return f, true
		}
	}
	return bantin.Feed{}, false
}

// chosenID is the id of custom feeds, which visitors put together.
const chosenID = "chon"

func (s *site) chosen(sel bantin.Selection) bantin.Feed {
	return bantin.Feed{ID: chosenID + "?" + place.ChoiceQuery(sel), Title: s.Atlas.ChoiceName(sel, s.Site.Language), Select: sel}
}

// feedPage serves /feeds/{id...}: the page of a feed, for any client.
func (s *site) feedPage(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if id == chosenID {
		return s.chosenPage(w, r)
	}
	if f, ok := s.feedNamed(id, r); ok {
		return s.showFeed(w, r, f)
	}
	name, of, _ := strings.Cut(id, "/") // perhaps of a place or a cluster
	if f, ok := s.feedNamed(path.Join(s.RenamedFeeds[name], of), r); ok {
		return &movedError{s.path(feed.PagePath(f.ID))}
	}
	return fmt.Errorf("feed %q: %w", id, bantin.ErrNotFound)
}

// chosenPage serves /feeds/chon, the target of the form on the page of feeds.
func (s *site) chosenPage(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	sel, err := s.Atlas.Choose(query)
	var choice *place.ChoiceError
	if errors.As(err, &choice) {
		return s.badChoice(w, r, choice)
	}
	canonical := place.ChoiceQuery(sel)
	if lang := query.Get("lang"); lang != "" && s.language(r) != s.Site.Language {
		canonical += "&lang=" + string(s.language(r))
	}
	if !place.SameChoice(r.URL.RawQuery, canonical) {
		return &movedError{to: s.path("/feeds/" + chosenID + "?" + canonical)}
	}
	return s.showFeed(w, r, s.chosen(sel))
}

// badChoice renders what is wrong with a selection.
func (s *site) badChoice(w http.ResponseWriter, r *http.Request, choice *place.ChoiceError) error {
	status := http.StatusBadRequest
	if choice.Unknown != "" {
		status = http.StatusNotFound
	}
	lang := s.language(r)
	p := s.message(r, status, lang.Say("Chưa chọn được nguồn tin", "This feed cannot be created"), choice.In(lang))
	p.Back, p.BackTo = p.Href("/feeds")+"#chon", lang.Say("Chọn lại", "Choose again")
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, status, "message", p)
}

// path is a path of the site as clients see it, below the path of site.url.
func (s *site) path(path string) string {
	u, err := url.Parse(s.Site.URL)
	if err != nil {
		return path
	}
	return strings.TrimSuffix(u.EscapedPath(), "/") + path
}

func (s *site) showFeed(w http.ResponseWriter, r *http.Request, f bantin.Feed) error {
	p := &feedPage{page: s.newPage(r, "feeds", "")}
	p.Name = s.nameOf(p.Language, f)
	p.Title = p.Say("Nguồn tin: ", "Feed: ") + p.Name
	p.Switch = p.pageOf(f, p.Other())
	p.at(p.pageOf(f, p.Language), p.Switch)
	tags := s.Atlas.SelectTags(f.Select)
	if strings.HasPrefix(f.ID, chosenID+"?") {
		p.Name = s.Atlas.ChoiceName(f.Select, p.Language)
		p.Title = p.Say("Nguồn tin: ", "Feed: ") + p.Name
		tags = s.Atlas.ChoiceTags(f.Select)
	}
	p.Alternates = append(formats(f), p.Alternates...)
	s.addresses(p, f)
	list, err := s.Store.Bulletins().List(r.Context(), store.Filter{Tags: tags, Limit: maxFeedEntries})
	if err != nil {
		return err
	}
	s.newestFirst(list)
	for i := range list {
		b := &list[i]
		p.Entries = append(p.Entries, feedEntry{title(b), p.Href("/bulletins/" + b.ID), b.Summary(summaryLimit), s.contentLanguage(&p.page, b), s.published(b)})
	}
	p.Also = s.alsoFeeds(p, f)
	return s.render(w, http.StatusOK, "feed", p)
}

func (s *site) addresses(p *feedPage, f bantin.Feed) {
	for i, format := range feed.Formats() {
		address := s.Site.Link(feed.Path(f.ID, format.Ext))
		if i == 0 {
			p.Address, p.Format = address, format.Name
			continue
		}
		p.Others = append(p.Others, feedLink{format.Name, address})
	}
	p.OPML, p.OPMLName = "/feeds.opml", p.Say("danh mục OPML của mọi nguồn tin", "OPML list of all feeds")
	if kindOf(f) != 1 {
		return
	}
	if own := clusterList(f.Select.Clusters[0]); s.Feeds.Get(own) != nil {
		p.OPML, p.OPMLName = own, p.Say("danh mục OPML của cụm", "OPML list of the cluster")
	}
}

// clusterList is the path of the OPML list of a cluster's feeds.
func clusterList(id string) string { return "/feeds/" + id + ".opml" }

// alsoFeeds lists other feeds: the general ones and those of clusters, then those
// of places in the same cluster.
func (s *site) alsoFeeds(p *feedPage, than bantin.Feed) []feedLink {
	var list, near []feedLink
	for _, f := range s.FeedList() {
		link := feedLink{s.nameOf(p.Language, f), p.pageOf(f, p.Language)}
		switch {
		case f.ID == than.ID:
		case kindOf(f) != 2:
			list = append(list, link)
		case s.neighbours(than.Select, f.Select.Places[0]):
			near = append(near, link)
		}
	}
	list = append(list, near...)
	return list[:min(len(list), maxAlsoFeeds)]
}

// neighbours reports whether a place is in a cluster of the selection, or in
// one with a place of it.
func (s *site) neighbours(sel bantin.Selection, slug string) bool {
	clusters := slices.Clone(sel.Clusters)
	for _, own := range sel.Places {
		clusters = append(clusters, s.Atlas.ClustersOf(own)...)
	}
	return slices.ContainsFunc(s.Atlas.ClustersOf(slug), func(id string) bool { return slices.Contains(clusters, id) })
}

// pageOf is the path of a feed's page in a language.
func (p page) pageOf(f bantin.Feed, lang bantin.Language) string {
	href := feed.PagePath(f.ID)
	if lang == p.Site.Language {
		return href
	}
	if strings.Contains(href, "?") {
		return href + "&lang=" + string(lang)
	}
	return href + "?lang=" + string(lang)
}
