package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/feed"
)

// maxSitemap is how many addresses a site map holds (sitemaps.org).
const maxSitemap = 50_000

const sitemapNamespace = "http://www.sitemaps.org/schemas/sitemap/0.9"

// sitemapURL is an entry of a site map or of an index of them.
type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

type sitemapSet struct {
	XMLName xml.Name     `xml:"urlset"`
	Xmlns   string       `xml:"xmlns,attr"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapIndex struct {
	XMLName xml.Name     `xml:"sitemapindex"`
	Xmlns   string       `xml:"xmlns,attr"`
	Maps    []sitemapURL `xml:"sitemap"`
}

// sitemap serves /sitemap.xml: every page for the public, or an index where there are
// more than a site map may hold.
func (s *site) sitemap(w http.ResponseWriter, r *http.Request) error {
	return s.serveSitemap(w, r, "sitemap.xml", func(all []sitemapURL) (any, bool) {
		if len(all) <= maxSitemap {
			return sitemapSet{Xmlns: sitemapNamespace, URLs: all}, true
		}
		index := sitemapIndex{Xmlns: sitemapNamespace}
		for part := range slices.Chunk(all, maxSitemap) {
			newest := slices.MaxFunc(part, func(a, b sitemapURL) int { return cmp.Compare(a.LastMod, b.LastMod) })
			index.Maps = append(index.Maps, sitemapURL{s.Site.Link("/sitemaps/" + strconv.Itoa(len(index.Maps)+1) + ".xml"), newest.LastMod})
		}
		return index, true
	})
}

// sitemapPart serves /sitemaps/N.xml.
func (s *site) sitemapPart(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("part")
	n, err := strconv.Atoi(strings.TrimSuffix(name, ".xml"))
	if err != nil || n < 1 || n > 1000 || name != strconv.Itoa(n)+".xml" {
		return fmt.Errorf("site map %q: %w", name, bantin.ErrNotFound)
	}
	return s.serveSitemap(w, r, "sitemaps/"+name, func(all []sitemapURL) (any, bool) {
		if len(all) <= maxSitemap || (n-1)*maxSitemap >= len(all) {
			return nil, false
		}
		return sitemapSet{Xmlns: sitemapNamespace, URLs: all[(n-1)*maxSitemap : min(n*maxSitemap, len(all))]}, true
	})
}

func (s *site) serveSitemap(w http.ResponseWriter, r *http.Request, name string, choose func(all []sitemapURL) (document any, ok bool)) error {
	doc, err := s.overview.document(r.Context(), name, bantin.DayOf(s.Now().In(s.Site.Location)), func() (*feed.Document, error) {
		all, err := s.sitemapURLs(r.Context())
		if err != nil {
			return nil, err
		}
		document, ok := choose(all)
		if !ok {
			return nil, fmt.Errorf("site map %q: %w", name, bantin.ErrNotFound)
		}
		body := bytes.NewBufferString(xml.Header)
		if err := xml.NewEncoder(body).Encode(document); err != nil {
			return nil, fmt.Errorf("write site map: %w", err)
		}
		return feed.NewDocument(body.Bytes(), "application/xml; charset=utf-8", firstModified), nil
	})
	if err != nil {
		return err
	}
	doc.ServeHTTP(w, r)
	return nil
}

// sitemapURLs lists every page for the public, in the order of their addresses, so that a
// new bulletin changes one part of an index. s.overview.mu is held.
func (s *site) sitemapURLs(ctx context.Context) ([]sitemapURL, error) {
	all := []sitemapURL{{Loc: s.Site.Link("/")}, {Loc: s.Site.Link("/feeds")}}
	if len(s.Digests) > 0 {
		all = append(all, sitemapURL{Loc: s.Site.Link("/subscribe")})
	}
	for _, t := range s.Atlas.Topics() {
		all = append(all, sitemapURL{Loc: s.Site.Link("/?topic=" + url.QueryEscape(t.ID))})
	}
	titles, err := s.Store.Digests().Titles(ctx)
	if err != nil {
		return nil, err
	}
	for id := range titles {
		all = append(all, sitemapURL{Loc: s.Site.Link("/digests/" + id)})
		past, err := s.Store.Editions().Past(ctx, id, 0, maxSitemapEditions)
		if err != nil {
			return nil, err
		}
		for i := range past {
			all = append(all, sitemapURL{s.Site.Link("/editions/" + past[i].ID), past[i].Due.UTC().Format(time.RFC3339)})
		}
	}
	for _, pages := range []map[string]time.Time{s.overview.pages, s.overview.old} {
		for id, changed := range pages {
			all = append(all, sitemapURL{s.Site.Link("/bulletins/" + id), changed.UTC().Format(time.RFC3339)})
		}
	}
	slices.SortFunc(all, func(a, b sitemapURL) int { return cmp.Compare(a.Loc, b.Loc) })
	return all, nil
}

// maxSitemapEditions is how many editions of a digest a site map names.
const maxSitemapEditions = 1000

// guessedFeed leads from where people and programs guess a feed to the first one.
func (s *site) guessedFeed(_ http.ResponseWriter, r *http.Request) error {
	ext := ".rss"
	for _, f := range feed.Formats() {
		if strings.Contains(r.URL.Path, "atom") && f.Ext == "atom" || strings.Contains(r.URL.Path, "json") && f.Ext == "json" {
			ext = f.Ext
		}
	}
	for _, f := range s.FeedList() {
		if !f.Gone {
			return &movedError{to: s.path(feed.Path(f.ID, strings.TrimPrefix(ext, ".")))}
		}
	}
	return fmt.Errorf("feed %q: %w", r.URL.Path, bantin.ErrNotFound)
}
