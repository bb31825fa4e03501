package feed

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"bantin"

	"github.com/gorilla/feeds"
)

// rssDocument is the root of RSS 2.0 with the namespaces that we use.
type rssDocument struct {
	*feeds.RssFeedXml
	AtomNamespace  string      `xml:"xmlns:atom,attr"`
	DCNamespace    string      `xml:"xmlns:dc,attr"`
	MediaNamespace string      `xml:"xmlns:media,attr"`
	Channel        *rssChannel `xml:"channel"`
}

// rssChannel hides the fields of gorilla's channel that it says better.
type rssChannel struct {
	*feeds.RssFeed
	Title       rssText    `xml:"title"`
	Description rssText    `xml:"description"`
	Self        rssSelf    `xml:"atom:link"`
	Items       []*rssItem `xml:"item"`
}

// FeedXml gives feeds.WriteXML the whole document.
func (c *rssChannel) FeedXml() any {
	root, _ := c.RssFeed.FeedXml().(*feeds.RssFeedXml)
	return &rssDocument{
		RssFeedXml:     root,
		AtomNamespace:  "http://www.w3.org/2005/Atom",
		DCNamespace:    "http://purl.org/dc/elements/1.1/",
		MediaNamespace: "http://search.yahoo.com/mrss/",
		Channel:        c,
	}
}

type rssItem struct {
	*feeds.RssItem
	Title      rssText        `xml:"title"`
	Categories []rssCategory  `xml:"category"`
	Creator    string         `xml:"dc:creator"` // author wants an e-mail address
	Language   string         `xml:"dc:language,omitempty"`
	Updated    string         `xml:"atom:updated"`
	Media      []mediaContent `xml:"media:content"`
}

type rssSelf struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr"`
	Name   string `xml:",chardata"`
}

// rssText is plain text in an element that readers take for HTML (RSS
// Advisory Board profile, "Character Data"): markup characters that would be
// read as such are escaped once for HTML, and numerically for XML.
type rssText struct {
	XML string `xml:",innerxml"`
}

func newRSSText(s string) rssText {
	if markup.MatchString(s) {
		s = strings.NewReplacer("&", "&#x26;amp;", "<", "&#x26;lt;", ">", "&#x26;gt;").Replace(s)
		return rssText{s}
	}
	return rssText{strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)}
}

func renderRSS(c *Channel) ([]byte, error) {
	channel := &rssChannel{
		RssFeed: &feeds.RssFeed{
			Link:          c.home(),
			Language:      string(c.Site.Language),
			LastBuildDate: rfc822(c.Changed()),
			Generator:     generator,
			Docs:          "https://www.rssboard.org/rss-specification",
			Ttl:           int(freshFor / time.Minute),
		},
		Title:       newRSSText(c.title()),
		Description: newRSSText(c.description()),
		Self:        rssSelf{c.self("rss"), "self", "application/rss+xml"},
	}
	for _, e := range c.entries() {
		channel.Items = append(channel.Items, newRSSItem(&e, c.Site))
	}
	return writeXML(channel)
}

func newRSSItem(e *entry, site *bantin.Site) *rssItem {
	item := &rssItem{
		RssItem: &feeds.RssItem{
			Link:        e.link,
			Description: escaped(e.summary),
			Content:     &feeds.RssContent{Content: e.content},
			Enclosure:   newEnclosure(e),
			Guid:        &feeds.RssGuid{Id: e.id, IsPermaLink: "false"},
			PubDate:     rfc822(e.published),
		},
		Title:    newRSSText(e.title),
		Creator:  e.name(site),
		Language: e.language,
		Updated:  rfc3339(e.updated),
		Media:    newMedia(e.pictures),
	}
	for _, cat := range e.categories {
		item.Categories = append(item.Categories, rssCategory{cat.scheme, cat.label})
	}
	return item
}

// newEnclosure is the first attachment whose length and type are known: RSS
// has one for an item and demands both.
func newEnclosure(e *entry) *feeds.RssEnclosure {
	for _, f := range e.files {
		if f.Length > 0 && f.Type != "" {
			return &feeds.RssEnclosure{Url: f.Src, Length: strconv.FormatInt(f.Length, 10), Type: f.Type}
		}
	}
	return nil
}

func rfc822(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }

// writeXML writes with gorilla's writer, the root on a line of its own.
func writeXML(doc feeds.XmlFeed) ([]byte, error) {
	s, err := feeds.ToXML(doc)
	if err != nil {
		return nil, err
	}
	head := strings.TrimSuffix(xml.Header, "\n")
	return []byte(head + "\n" + strings.TrimPrefix(s, head) + "\n"), nil
}
