package feed

import (
	"encoding/xml"
	"strconv"
	"time"

	"github.com/gorilla/feeds"
)

// atomFeed hides the fields of gorilla's feed that it says better.
type atomFeed struct {
	*feeds.AtomFeed
	Language  string           `xml:"xml:lang,attr"`
	Media     string           `xml:"xmlns:media,attr"`
	History   string           `xml:"xmlns:fh,attr,omitempty"`
	Archive   *flag            `xml:"fh:archive"`
	Title     atomText         `xml:"title"`
	Subtitle  atomText         `xml:"subtitle"`
	Links     []feeds.AtomLink `xml:"link"`
	Generator string           `xml:"generator"`
}

// FeedXml gives feeds.WriteXML the whole document.
func (f *atomFeed) FeedXml() any { return f }

type atomEntry struct {
	*feeds.AtomEntry
	Language   string         `xml:"xml:lang,attr,omitempty"`
	Title      atomText       `xml:"title"`
	Categories []atomCategory `xml:"category"`
	Summary    *atomText      `xml:"summary,omitempty"`
	Source     *atomSource    `xml:"source"`
	Media      []mediaContent `xml:"media:content"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
	Label  string `xml:"label,attr"`
}

// atomSource says where an entry comes from (RFC 4287 4.2.11). Of a page
// elsewhere only the site is known, so that stands for its feed.
type atomSource struct {
	ID      string         `xml:"id"`
	Title   atomText       `xml:"title"`
	Updated string         `xml:"updated"`
	Link    feeds.AtomLink `xml:"link"`
}

// atomText is a text construct (RFC 4287 3.1). Text that looks like markup is
// said as HTML that shows it, so that a reader that forgets the type is right
// too.
type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func newAtomText(s string) atomText {
	if markup.MatchString(s) {
		return atomText{"html", escaped(s)}
	}
	return atomText{"text", s}
}

func renderAtom(c *Channel) ([]byte, error) {
	archive, history := c.archiveMark()
	feed := &atomFeed{
		AtomFeed: &feeds.AtomFeed{
			Xmlns:   "http://www.w3.org/2005/Atom",
			Id:      c.ID(),
			Updated: rfc3339(c.Changed()),
			Icon:    c.Site.Link(IconPath),
			Logo:    c.Site.Link(LogoPath),
			Rights:  c.rights(),
			Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{
				Name: oneLine(c.Site.Title), Uri: c.home(),
			}},
		},
		Language:  string(c.Site.Language),
		Media:     "http://search.yahoo.com/mrss/",
		History:   history,
		Archive:   archive,
		Title:     newAtomText(c.title()),
		Subtitle:  newAtomText(c.description()),
		Links:     []feeds.AtomLink{{Href: c.home(), Rel: "alternate", Type: "text/html"}},
		Generator: generator,
	}
	for _, l := range c.links("atom", "application/atom+xml") {
		feed.Links = append(feed.Links, feeds.AtomLink{Href: l.href, Rel: l.rel, Type: l.mediaType})
	}
	entries, err := c.written("atom", func(e *entry) ([]byte, error) {
		return xml.MarshalIndent(newAtomEntry(e), "  ", "  ")
	})
	if err != nil {
		return nil, err
	}
	return writeXML(feed, entries, "\n</feed>")
}

func newAtomEntry(e *entry) *atomEntry {
	out := &atomEntry{
		AtomEntry: &feeds.AtomEntry{
			Id:        e.id,
			Updated:   rfc3339(e.updated),
			Published: rfc3339(e.published),
			Content:   &feeds.AtomContent{Type: "html", Content: e.content},
			Links:     atomLinks(e),
		},
		Language: e.language,
		Title:    newAtomText(e.title),
		Media:    newMedia(e.pictures),
	}
	if e.summary != "" {
		summary := newAtomText(e.summary)
		out.Summary = &summary
	}
	if e.author != "" {
		out.Author = &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: e.author}}
	}
	if e.source != nil {
		out.Source = &atomSource{e.source.url, newAtomText(e.source.name), rfc3339(e.published),
			feeds.AtomLink{Href: e.source.url, Rel: "alternate", Type: "text/html"}}
	}
	for _, cat := range e.categories {
		out.Categories = append(out.Categories, atomCategory{cat.term, cat.scheme, cat.label})
	}
	return out
}

func atomLinks(e *entry) []feeds.AtomLink {
	links := []feeds.AtomLink{{Href: e.link, Rel: "alternate", Type: "text/html"}}
	if e.via != "" {
		links = append(links, feeds.AtomLink{Href: e.via, Rel: "via"})
	}
	for _, f := range e.enclosures() {
		link := feeds.AtomLink{Href: f.Src, Rel: "enclosure", Type: f.Type}
		if f.Length > 0 {
			link.Length = strconv.FormatInt(f.Length, 10)
		}
		links = append(links, link)
	}
	return links
}

// rfc3339 keeps fractions of a second: they tell bulletins that arrived
// together apart.
func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
