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

// page is the data common to all templates; the struct of each page embeds it.
type page struct {
	bantin.Language // of this page; brings Say

	Site         *bantin.Site
	Title        string // of the window
	Description  string
	Nav          string // the current entry of the navigation
	Private      bool   // not for search engines
	Bare         bool   // without navigation: the page has a single purpose
	Alternates   []alternate
	Switch       string // this page in the other language
	Canonical    string // canonical URL of this page; Elsewhere is that in the other language
	Elsewhere    string
	Preview      preview
	Untranslated bool   // its words exist in one language, which is that of the canonical URL
	Default      string // canonical URL in the site's language
	Mail         bool   // digests are open to subscription
	Archive      string // past editions of the first digest; "" without one

	assets map[string]*feed.Document
}

// alternate announces a feed to feed readers.
type alternate struct {
	Type        template.HTMLAttr // type="…" unescaped: an escaped + in the media type hides the feed from simple readers
	Title, Href string
}

// newPage fills the common data from the request.
func (s *site) newPage(r *http.Request, nav, title string) page {
	lang := s.language(r)
	p := page{Language: lang, Site: s.Site, Title: title, Nav: nav, assets: s.assets}
	p.Switch = withLanguage(r.URL, p.Other(), s.Site.Language)
	own := url.URL{Path: r.URL.Path, RawQuery: canonicalQuery(r.URL.Query()).Encode()}
	p.at(withLanguage(&own, lang, s.Site.Language), withLanguage(&own, p.Other(), s.Site.Language))
	p.Default = s.Site.Link(withLanguage(&own, s.Site.Language, s.Site.Language))
	p.Preview.Type = "website"
	p.Alternates = s.alternates()
	if p.Mail = len(s.Digests) > 0; p.Mail {
		p.Archive = p.Href("/digests/" + s.Digests[0].ID)
	}
	return p
}

// at sets the page's URL in this and in the other language.
func (p *page) at(here, elsewhere string) {
	p.Canonical, p.Elsewhere = p.Site.Link(here), p.Site.Link(elsewhere)
}

// canonicalQuery keeps the parameters that select another page, and drops tracking
// parameters.
func canonicalQuery(q url.Values) url.Values {
	contactData := url.Values{}
	for _, name := range []string{"place", "cluster", "topic", "before", "from"} {
		if v := q.Get(name); v != "" {
			contactData.Set(name, v)
		}
	}
	return contactData
}

// language is what the visitor selected, else the site's.
func (s *site) language(r *http.Request) bantin.Language {
	if lang := bantin.Language(r.URL.Query().Get("lang")); lang.Known() {
		return lang
	}
	return s.Site.Language
}

// Other is the other language.
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

// withLanguage adds the language to a URL only where it is not the site's, so that
// each page has one URL in the site's language.
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

// Asset is the URL of a static file in this program's version.
func (p page) Asset(name string) string {
	return "/static/" + name + "?v=" + AssetVersion(p.assets[name])
}

// maxAnnouncedFeeds is the number of feeds that a page announces: feed readers list
// them all in a menu, and those of places stand on the page of feeds.
const maxAnnouncedFeeds = 3

func (s *site) alternates() []alternate {
	var out []alternate
	for _, f := range s.FeedList() {
		if strings.Contains(f.ID, "/") || len(out) >= maxAnnouncedFeeds*len(feed.Formats()) {
			continue
		}
		out = append(out, formats(f)...)
	}
	return out
}

// formats returns a feed's alternates, one for each format.
func formats(f bantin.Feed) []alternate {
	var out []alternate
	for _, format := range feed.Formats() {
		mediaType, _, _ := strings.Cut(format.MediaType, ";")
		attr := template.HTMLAttr(`type="` + mediaType + `"`)
		out = append(out, alternate{attr, f.Title + " (" + format.Name + ")", feed.Path(f.ID, format.Ext)})
	}
	return out
}

// tag is a place, cluster or topic of a bulletin, with a link to its list.
type tag struct{ Name, Href string }

func (s *site) tags(p *page, b *bantin.Bulletin) []tag {
	var out []tag
	for _, slug := range b.Places {
		out = append(out, tag{place.Name(slug, p.Language), p.Href("/?place=" + url.QueryEscape(slug))})
	}
	for _, id := range b.Clusters {
		out = append(out, tag{s.clusterName(id), p.Href("/?cluster=" + url.QueryEscape(id))})
	}
	for _, id := range b.Topics {
		if _, known := s.Atlas.Topic(id); known {
			out = append(out, tag{s.Atlas.TopicName(id), p.Href("/?topic=" + url.QueryEscape(id))})
		}
	}
	return out
}

// maxTags is how many places an item of a list names: some lines on a telephone.
// The bulletin's page names all.
const maxTags = 8

func (s *site) firstTags(p *page, b *bantin.Bulletin, href string) []tag {
	list := s.tags(p, b)
	if rest := len(list) - maxTags + 1; rest > 1 {
		list = append(list[:maxTags-1], tag{fmt.Sprintf(p.Say("và %d nơi khác", "and %d more"), rest), href})
	}
	return list
}

func (s *site) clusterName(id string) string {
	if c, ok := s.Atlas.Cluster(id); ok && c.Title != "" {
		return c.Title
	}
	return id
}
