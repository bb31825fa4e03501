package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"bantin"
	"bantin/feed"
	"bantin/place"
)

// feedsPage lists every feed with its addresses, and has the form for a custom
// feed.
type feedsPage struct {
	page
	Groups   []feedGroup
	Digests  []feedLine
	Clusters []choice
	Topics   []choice
	Places   []choice
}

// choice is a place, cluster or topic in the form.
type choice struct{ Value, Name string }

type feedGroup struct {
	ID    string // fragment that links and the categories of entries point to
	Title string
	Feeds []feedLine
}

type feedLine struct {
	Title string
	Href  string // its page
	Links []feedLink
}

type feedLink struct{ Name, Href string }

// feeds serves /feeds.
func (s *site) feeds(w http.ResponseWriter, r *http.Request) (err error) {
	p := &feedsPage{page: s.newPage(r, "feeds", "")}
	p.Title = p.Say("Nguồn tin", "Feeds")
	groups := []feedGroup{
		{Title: p.Say("Chung", "General")},
		{ID: "clusters", Title: p.Say("Theo cụm", "By cluster")},
		{ID: "places", Title: p.Say("Theo tỉnh, thành phố", "By province or city")},
		{ID: "topics", Title: p.Say("Theo chủ đề", "By topic")},
	}
	for _, f := range s.FeedList() {
		g := &groups[kindOf(f)]
		g.Feeds = append(g.Feeds, s.feedLine(&p.page, f))
	}
	if p.Digests, err = s.digestLines(r, &p.page); err != nil {
		return err
	}
	s.fillChoices(p)
	for _, g := range groups {
		if len(g.Feeds) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	return s.render(w, http.StatusOK, "feeds", p)
}

// kindOf is the index of a feed's group: 0 general, 1 of a cluster, 2 of a place, 3 of a topic.
func kindOf(f bantin.Feed) int {
	switch sel := f.Select; {
	case len(sel.Topics) == 1 && len(sel.Places)+len(sel.Clusters) == 0:
		return 3
	case len(sel.Places) == 1 && len(sel.Clusters) == 0:
		return 2
	case len(sel.Clusters) == 1 && len(sel.Places) == 0:
		return 1
	}
	return 0
}

// fillChoices fills the form: today's units, all clusters and all topics.
func (s *site) fillChoices(p *feedsPage) {
	for _, c := range s.Atlas.Clusters() {
		p.Clusters = append(p.Clusters, choice{c.ID, s.clusterName(c.ID)})
	}
	for _, t := range s.Atlas.Topics() {
		p.Topics = append(p.Topics, choice{t.ID, t.Title})
	}
	for _, u := range place.Today() {
		p.Places = append(p.Places, choice{u.Slug, place.Name(u.Slug, p.Language)})
	}
	slices.SortFunc(p.Places, func(a, b choice) int { return cmp.Compare(a.Value, b.Value) })
}

// digestLines lists the digests, each with the feed of its editions.
func (s *site) digestLines(r *http.Request, p *page) ([]feedLine, error) {
	titles, err := s.Store.Digests().Titles(r.Context())
	if err != nil {
		return nil, err
	}
	var list []feedLine
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		list = append(list, feedLine{cmp.Or(titles[id], id), p.Href("/digests/" + id), []feedLink{{"Atom", digestFeedPath(id)}}})
	}
	return list, nil
}

func (s *site) feedLine(p *page, f bantin.Feed) feedLine {
	line := feedLine{Title: s.nameOf(p.Language, f), Href: p.pageOf(f, p.Language)}
	for _, format := range feed.Formats() {
		line.Links = append(line.Links, feedLink{format.Name, feed.Path(f.ID, format.Ext)})
	}
	return line
}

// nameOf is the short name of a feed on our pages: for a feed made for each place,
// cluster or topic the name of that alone, else the title.
func (s *site) nameOf(lang bantin.Language, f bantin.Feed) string {
	if !strings.Contains(f.ID, "/") {
		return f.Title
	}
	switch kindOf(f) {
	case 2:
		return place.Name(f.Select.Places[0], lang)
	case 1:
		return s.clusterName(f.Select.Clusters[0])
	case 3:
		return s.Atlas.TopicName(f.Select.Topics[0])
	}
	return f.Title
}
