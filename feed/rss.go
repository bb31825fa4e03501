package feed

import (
	"encoding/xml"
	"fmt"
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
	History        string      `xml:"xmlns:fh,attr,omitempty"`
	Channel        *rssChannel `xml:"channel"`
}

// rssChannel hides the fields of gorilla's channel that it says better.
type rssChannel struct {
	*feeds.RssFeed
	Title       rssText   `xml:"title"`
	Description rssText   `xml:"description"`
	Image       rssImage  `xml:"image"`
	Links       []rssLink `xml:"atom:link"`
	Archive     *flag     `xml:"fh:archive"`
	SkipHours   *rssHours `xml:"skipHours"`

	history string // namespace of Archive
}

// FeedXml gives feeds.WriteXML the whole document.
func (c *rssChannel) FeedXml() any {
	root, _ := c.RssFeed.FeedXml().(*feeds.RssFeedXml)
	return &rssDocument{
		RssFeedXml:     root,
		AtomNamespace:  "http://www.w3.org/2005/Atom",
		DCNamespace:    "http://purl.org/dc/elements/1.1/",
		MediaNamespace: "http://search.yahoo.com/mrss/",
		History:        c.history,
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
	Source     *rssSource     `xml:"source"`
}

type rssLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
}

// rssImage is the logo; title and link are to be those of the channel.
type rssImage struct {
	URL    string  `xml:"url"`
	Title  rssText `xml:"title"`
	Link   string  `xml:"link"`
	Width  int     `xml:"width"`
	Height int     `xml:"height"`
}

type rssHours struct {
	Hours []int `xml:"hour"`
}

type rssSource struct {
	URL  string `xml:"url,attr"`
	Name string `xml:",chardata"`
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
	title := newRSSText(c.title())
	channel := &rssChannel{
		RssFeed: &feeds.RssFeed{
			Link:          c.home(),
			Language:      string(c.Site.Language),
			Copyright:     c.rights(),
			LastBuildDate: rfc822(c.Changed()),
			Generator:     generator,
			Docs:          "https://www.rssboard.org/rss-specification",
			Ttl:           int(maxAge / time.Minute),
		},
		Title:       title,
		Description: newRSSText(c.description()),
		Image:       rssImage{c.Site.Link(LogoPath), title, c.home(), logoWidth, logoHeight},
	}
	channel.Archive, channel.history = c.archiveMark()
	if len(c.Quiet) > 0 {
		channel.SkipHours = &rssHours{c.Quiet}
	}
	for _, l := range c.links("rss", "application/rss+xml") {
		channel.Links = append(channel.Links, rssLink{l.href, l.rel, l.mediaType})
	}
	items, err := c.written("rss", func(e *entry) ([]byte, error) {
		return xml.MarshalIndent(newRSSItem(e, c.Site), "    ", "  ")
	})
	if err != nil {
		return nil, err
	}
	return writeXML(channel, items, "\n  </channel>\n</rss>")
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
	if e.source != nil {
		item.Source = &rssSource{e.source.url, e.source.name}
	}
	for _, cat := range e.categories {
		item.Categories = append(item.Categories, rssCategory{cat.scheme, cat.label})
	}
	return item
}

// newEnclosure is the first enclosure whose length and type are known: RSS
// has one for an item and demands both.
func newEnclosure(e *entry) *feeds.RssEnclosure {
	for _, f := range e.enclosures() {
		if f.Length > 0 && f.Type != "" {
			return &feeds.RssEnclosure{Url: f.Src, Length: strconv.FormatInt(f.Length, 10), Type: f.Type}
		}
	}
	return nil
}

func rfc822(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }

// writeXML writes with gorilla's writer, the root on a line of its own, and puts the
// entries before the end of the document.
func writeXML(doc feeds.XmlFeed, entries [][]byte, end string) ([]byte, error) {
	s, err := feeds.ToXML(doc)
	if err != nil {
		return nil, err
	}
	header := strings.TrimSuffix(xml.Header, "\n")
	head, isWhole := strings.CutSuffix(strings.TrimPrefix(s, header), end)
	if !isWhole {
		return nil, fmt.Errorf("write a feed: its document does not end in %q", end)
	}
	size := len(header) + 1 + len(head) + len(end) + 1
	for _, e := range entries {
		size += 1 + len(e)
	}
	out := append(make([]byte, 0, size), header...)
	out = append(append(out, '\n'), head...)
	for _, e := range entries {
		out = append(append(out, '\n'), e...)
	}
	return append(append(out, end...), '\n'), nil
}
