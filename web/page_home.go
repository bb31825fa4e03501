package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// homePage lists bulletins. Arrival decides which stand on a page, so that a
// back-dated one is not missed; their dates decide the order on it. History
// follows after all news.
type homePage struct {
	page
	Heading  string
	Filtered bool   // of one place, cluster or topic
	FeedHref string // the feed of the same bulletins, if there is one
	In       string // the selected option of the form
	Groups   []placeGroup
	Topics   bool          // there are some to choose, too
	Search   *searchResult // nil without a search
	Days     []day
	Older    string // the next page; "" on the last
	Newest   string // the first page; "" on it
}

// Bulletins is the English noun for the number of search results.
func (p *homePage) Bulletins() string {
	if p.Search != nil && p.Search.Count == 1 {
		return "bulletin"
	}
	return "bulletins"
}

// day is consecutive bulletins of the same date.
type day struct {
	Date  time.Time
	Items []item
}

// pageLength keeps a page with images and places below 30 KB.
const pageLength = 20

// home serves /?place=SLUG&cluster=ID&topic=ID&q=WORDS&before=POSITION.
func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Has("in") {
		return s.fromForm(w, r, q)
	}
	before, err := parsePos(q.Get("before"))
	if err != nil {
		return err
	}
	p := &homePage{page: s.newPage(r, "home", s.Site.Title)}
	p.Preview = s.sitePreview(&p.page)
	selection, err := s.choose(p, q)
	if err != nil {
		return err
	}
	topics := s.topicGroup(p.Language, p.In)
	p.Groups, p.Topics = append(topics, s.placeGroups(p.Language, p.In)...), len(topics) > 0
	filter := store.Filter{Before: before, Limit: pageLength + 1}
	if p.Filtered {
		filter.Tags = s.Atlas.SelectTags(selection)
	}
	list, err := s.list(r, p, q, filter)
	if err != nil {
		return err
	}
	s.paginate(p, q, &list, before)
	p.Days = s.days(&p.page, list, p.Search)
	return s.render(w, http.StatusOK, "home", p)
}

// fromForm redirects a submitted form to the canonical URL of the list.
func (s *site) fromForm(w http.ResponseWriter, r *http.Request, q url.Values) error {
	kind, value := splitIn(q.Get("in"))
	q.Del("in")
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	if value != "" {
		q.Set(kind, value)
	}
	http.Redirect(w, r, s.path((&url.URL{Path: "/", RawQuery: q.Encode()}).String()), http.StatusSeeOther)
	return nil
}

// list runs the search, or lists news and then history.
func (s *site) list(r *http.Request, p *homePage, q url.Values, f store.Filter) ([]store.ListedBulletin, error) {
	if searchQuery := parseSearchQuery(q.Get("q")); len(searchQuery.words) > 0 {
		return s.search(r, p, q, searchQuery, f)
	}
	var list []store.ListedBulletin
	if f.Before >= 0 {
		news, err := s.Store.Bulletins().List(r.Context(), f)
		if err != nil {
			return nil, err
		}
		for i := range news {
			list = append(list, store.ListedBulletin{Bulletin: news[i], Pos: news[i].Seq})
		}
		f.Before = 0
	}
	if f.Limit -= len(list); f.Limit == 0 {
		return list, nil
	}
	history, err := s.Store.History().List(r.Context(), f)
	return append(list, history...), err
}

// paginate cuts the results to one page and links to the pages beside it.
func (s *site) paginate(p *homePage, q url.Values, list *[]store.ListedBulletin, before int64) {
	if len(*list) > pageLength {
		*list = (*list)[:pageLength]
		q.Set("before", strconv.FormatInt((*list)[pageLength-1].Pos, 10))
		p.Older = p.Href("/?" + q.Encode())
	}
	if before != 0 {
		q.Del("before")
		p.Newest = p.Href("/?" + q.Encode())
	}
}

// choose reads the filter and sets the page's heading.
func (s *site) choose(p *homePage, q url.Values) (bantin.Selection, error) {
	p.Heading = p.Say("Bản tin", "Bulletins")
	var selection bantin.Selection
	switch {
	case q.Get("place") != "":
		slug, ok := place.Lookup(q.Get("place"))
		if !ok {
			return selection, fmt.Errorf("place %q: %w", q.Get("place"), bantin.ErrNotFound)
		}
		selection.Places = []string{slug}
		p.In = slug
		p.Heading = p.Say("Tin ", "News of ") + place.Name(slug, p.Language)
	case q.Get("cluster") != "":
		cluster, ok := s.Atlas.Cluster(q.Get("cluster"))
		if !ok {
			return selection, fmt.Errorf("cluster %q: %w", q.Get("cluster"), bantin.ErrNotFound)
		}
		selection.Clusters = []string{cluster.ID}
		p.In = clusterPrefix + cluster.ID
		p.Heading = p.Say("Tin ", "News of ") + s.clusterName(cluster.ID)
	case q.Get("topic") != "":
		topic, ok := s.Atlas.Topic(q.Get("topic"))
		if !ok {
			return selection, fmt.Errorf("topic %q: %w", q.Get("topic"), bantin.ErrNotFound)
		}
		selection.Topics = []string{topic.ID}
		p.In = topicPrefix + topic.ID
		p.Heading = p.Say("Tin về chủ đề ", "News about ") + topic.Title
	default:
		return selection, nil
	}
	p.Title, p.Filtered = p.Heading, true
	if f, ok := s.feedOf(selection); ok {
		p.FeedHref = feed.Path(f.ID, feed.Formats()[0].Ext)
		p.Alternates = append(formats(f), p.Alternates...)
	}
	return selection, nil
}

// feedOf finds the feed of exactly the bulletins of the selection.
func (s *site) feedOf(sel bantin.Selection) (bantin.Feed, bool) {
	same := func(a, b []string) bool { return len(a) == len(b) && (len(a) == 0 || a[0] == b[0]) }
	for _, f := range s.FeedList() {
		if len(f.Select.Sources) == 0 && f.Select.Urgent == sel.Urgent && same(f.Select.Places, sel.Places) && same(f.Select.Clusters, sel.Clusters) && same(f.Select.Topics, sel.Topics) {
			return f, true
		}
	}
	return bantin.Feed{}, false
}

func (s *site) days(p *page, found []store.ListedBulletin, result *searchResult) []day {
	list := make([]bantin.Bulletin, len(found))
	for i := range found {
		list[i] = found[i].Bulletin
	}
	s.newestFirst(list)
	var out []day
	for i := range list {
		date := s.published(&list[i])
		if len(out) == 0 || bantin.DayOf(out[len(out)-1].Date) != bantin.DayOf(date) {
			out = append(out, day{Date: date})
		}
		last := &out[len(out)-1]
		last.Items = append(last.Items, s.item(p, &list[i]))
		if result != nil {
			result.mark(&last.Items[len(last.Items)-1], &list[i])
		}
	}
	return out
}

// parsePos parses a position in the list, negative for history; "" is its
// beginning.
func parsePos(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("position %q: %w", s, bantin.ErrNotFound)
	}
	return n, nil
}
