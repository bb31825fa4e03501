package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"bantin"
	"bantin/feed"
	"bantin/place"
)

// page is what every template may say; the struct of each page embeds it.
type page struct {
	bantin.Language // of this page; brings Say

	Site        *bantin.Site
	Title       string // of the window
	Description string
	Nav         string // the entry of the navigation that this is
	Private     bool   // not for search engines
	Bare        bool   // nothing on it leads elsewhere: there is one thing to do
	Alternates  []alternate
	Switch      string // this page in the other language
	Canonical   string // the one address of this page, and of it in the other language
	Elsewhere   string
	Mail        bool   // there are digests to subscribe to
	Archive     string // past editions of the first digest; "" without one

	assets map[string]*feed.Document
}

// alternate announces a feed to readers.
type alternate struct {
	Type        template.HTMLAttr // type="…" as it stands: escaping the + of media types hides them from simple readers
	Title, Href string
}

// newPage fills what all pages share from the request.
func (s *site) newPage(r *http.Request, nav, title string) page {
	lang := s.language(r)
	p := page{Language: lang, Site: s.Site, Title: title, Nav: nav, assets: s.assets}
	p.Switch = withLanguage(r.URL, p.Other(), s.Site.Language)
	own := url.URL{Path: r.URL.Path, RawQuery: telling(r.URL.Query()).Encode()}
	p.at(withLanguage(&own, lang, s.Site.Language), withLanguage(&own, p.Other(), s.Site.Language))
	p.Alternates = s.alternates()
	if p.Mail = len(s.Digests) > 0; p.Mail {
		p.Archive = p.Href("/digests/" + s.Digests[0].ID)
	}
	return p
}

// at says where this page is, and in the other language.
func (p *page) at(here, elsewhere string) {
	p.Canonical, p.Elsewhere = p.Site.Link(here), p.Site.Link(elsewhere)
}

// telling keeps of a query what another page is shown for, and not what others
// hang on addresses to count who follows them.
func telling(q url.Values) url.Values {
	kept := url.Values{}
	for _, name := range []string{"place", "cluster", "before", "from"} {
		if v := q.Get(name); v != "" {
			kept.Set(name, v)
		}
	}
	return kept
}

// language is what the visitor asked for, else the site's.
func (s *site) language(r *http.Request) bantin.Language {
	if lang := bantin.Language(r.URL.Query().Get("lang")); lang.Known() {
		return lang
	}
	return s.Site.Language
}

// Other is the language that the page could also be in.
func (p page) Other() bantin.Language {
	if p.Language == bantin.English {
		return bantin.Vietnamese
	}
	return bantin.English
}

// Href is a path of the site, in the language of this page.
func (p page) Href(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	return withLanguage(u, p.Language, p.Site.Language)
}

// withLanguage names a language in the address only where it is not the
// site's: each page has one address for the readers it is made for.
func withLanguage(u *url.URL, lang, usual bantin.Language) string {
	q := u.Query()
	q.Del("lang")
	if lang != usual {
		q.Set("lang", string(lang))
	}
	if len(q) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + q.Encode()
}

// Asset is the address of a static file in the version that this program has.
func (p page) Asset(name string) string {
	return "/static/" + name + "?v=" + assetVersion(p.assets[name])
}

// announced is the number of feeds that a page tells readers of: their menus
// show them all, and those of the places stand on the page of feeds.
const announced = 3

func (s *site) alternates() []alternate {
	var out []alternate
	for _, f := range s.FeedList() {
		if strings.Contains(f.ID, "/") || len(out) >= announced*len(feed.Formats()) {
			continue
		}
		out = append(out, formats(f)...)
	}
	return out
}

// formats gives the addresses of a feed.
func formats(f bantin.Feed) []alternate {
	var out []alternate
	for _, format := range feed.Formats() {
		mediaType, _, _ := strings.Cut(format.MediaType, ";")
		attr := template.HTMLAttr(`type="` + mediaType + `"`)
		out = append(out, alternate{attr, f.Title + " (" + format.Name + ")", feed.Path(f.ID, format.Ext)})
	}
	return out
}

// tag is a place or cluster of a bulletin, with its list.
type tag struct{ Name, Href string }

func (s *site) tags(p *page, b *bantin.Bulletin) []tag {
	var out []tag
	for _, slug := range b.Places {
		out = append(out, tag{place.Name(slug, p.Language), p.Href("/?place=" + url.QueryEscape(slug))})
	}
	for _, id := range b.Clusters {
		out = append(out, tag{s.clusterName(id), p.Href("/?cluster=" + url.QueryEscape(id))})
	}
	return out
}

// mostTags is what an item of a list names of its places: some lines of a
// telephone. All stand on its own page.
const mostTags = 8

func (s *site) firstTags(p *page, b *bantin.Bulletin, href string) []tag {
	list := s.tags(p, b)
	if rest := len(list) - mostTags + 1; rest > 1 {
		list = append(list[:mostTags-1], tag{fmt.Sprintf(p.Say("và %d nơi khác", "and %d more"), rest), href})
	}
	return list
}

func (s *site) clusterName(id string) string {
	if c, ok := s.Atlas.Cluster(id); ok && c.Title != "" {
		return c.Title
	}
	return id
}
