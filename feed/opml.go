package feed

import (
	"encoding/xml"
	"fmt"
	"time"

	"bantin"
)

// OPMLMediaType is what lists of feeds are served as. There is no registered
// one; readers go by the name of the file and by what is in it.
const OPMLMediaType = "text/x-opml; charset=utf-8"

// Group is feeds under a common heading. Without a title they stand at the top.
type Group struct {
	Title string
	Feeds []bantin.Feed
}

// OPML lists feeds for readers to subscribe to at once (OPML 2.0,
// opml.org/spec2.opml), each in the format that every reader knows. It bears no
// date, so that the same feeds give the same bytes.
func OPML(site *bantin.Site, title string, groups []Group) ([]byte, error) {
	list := opml{Version: "2.0", Title: oneLine(title), Owner: oneLine(site.Title)}
	for _, g := range groups {
		var feeds []outline
		for _, f := range g.Feeds {
			feeds = append(feeds, newOutline(site, f))
		}
		if g.Title == "" {
			list.Outlines = append(list.Outlines, feeds...)
		} else if feeds != nil {
			list.Outlines = append(list.Outlines, outline{Text: oneLine(g.Title), Outlines: feeds})
		}
	}
	body, err := xml.MarshalIndent(list, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write list of feeds %q: %w", title, err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

// OPMLDocument makes a list ready to serve.
func OPMLDocument(body []byte, modified time.Time) *Document {
	return Head{MediaType: OPMLMediaType, Modified: modified, AnyOrigin: true}.Document(body)
}

type opml struct {
	XMLName  xml.Name  `xml:"opml"`
	Version  string    `xml:"version,attr"`
	Title    string    `xml:"head>title"`
	Owner    string    `xml:"head>ownerName"`
	Outlines []outline `xml:"body>outline"`
}

type outline struct {
	Type     string    `xml:"type,attr,omitempty"`
	Text     string    `xml:"text,attr"`
	Title    string    `xml:"title,attr,omitempty"`
	XMLURL   string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL  string    `xml:"htmlUrl,attr,omitempty"`
	Language string    `xml:"language,attr,omitempty"`
	Version  string    `xml:"version,attr,omitempty"`
	Outlines []outline `xml:"outline"`
}

func newOutline(site *bantin.Site, f bantin.Feed) outline {
	title := oneLine(f.Title)
	if title == "" {
		title = oneLine(site.Title)
	}
	return outline{
		Type: "rss", Text: title, Title: title, Version: "RSS2", Language: string(site.Language),
		XMLURL: site.Link(Path(f.ID, "rss")), HTMLURL: site.Link(PagePath(f.ID)),
	}
}

// PagePath is where people read of a feed: "/feeds/tinh/phu-tho".
func PagePath(feedID string) string { return "/feeds/" + feedID }
