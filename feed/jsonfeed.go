package feed

import (
	"bytes"
	"cmp"
	"encoding/json"

	"bantin"

	"github.com/gorilla/feeds"
)

// jsonFeed hides the fields of gorilla's feed that it writes wrongly: items
// must be there when empty.
type jsonFeed struct {
	feeds.JSONFeed
	Items []*jsonItem `json:"items"`
}

type jsonItem struct {
	feeds.JSONItem
	Published   string           `json:"date_published,omitempty"`
	Modified    string           `json:"date_modified,omitempty"`
	Language    string           `json:"language,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
}

// jsonAttachment has the names of JSON Feed 1.1 and room for large files.
type jsonAttachment struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type"`
	Title string `json:"title,omitempty"`
	Size  int64  `json:"size_in_bytes,omitempty"`
}

func renderJSON(c *Channel) ([]byte, error) {
	feed := &jsonFeed{
		JSONFeed: feeds.JSONFeed{
			Version:     "https://jsonfeed.org/version/1.1",
			Title:       c.title(),
			Language:    string(c.Site.Language),
			HomePageUrl: c.home(),
			FeedUrl:     c.self("json"),
			NextUrl:     c.older("json"),
			Icon:        c.Site.Link(IconPath),
			Favicon:     c.Site.Link(FaviconPath),
			Description: c.description(),
			Authors:     []*feeds.JSONAuthor{{Name: oneLine(c.Site.Title), Url: c.home()}},
		},
		Items: []*jsonItem{},
	}
	if c.Archive.IsZero() {
		for _, hub := range c.hubs() {
			feed.Hubs = append(feed.Hubs, &feeds.JSONHub{Type: "WebSub", Url: hub})
		}
	}
	items, err := c.written("json", func(e *entry) ([]byte, error) { return encodeJSON(newJSONItem(e, c.Site)) })
	if err != nil {
		return nil, err
	}
	head, err := encodeJSON(feed)
	if err != nil {
		return nil, err
	}
	const end = "]}" // of the items, which are its last field, and of the feed
	head = bytes.TrimSuffix(head, []byte(end))
	return append(append(head, bytes.Join(items, []byte(","))...), end+"\n"...), nil
}

// encodeJSON writes no line end and does not indent: that would copy the whole document.
func encodeJSON(v any) ([]byte, error) {
	var w bytes.Buffer
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(w.Bytes(), []byte("\n")), err
}

func newJSONItem(e *entry, site *bantin.Site) *jsonItem {
	item := &jsonItem{
		JSONItem: feeds.JSONItem{
			Id:          e.id,
			Url:         e.link,
			Title:       e.title,
			ContentHTML: e.content,
			Summary:     e.summary,
			Authors:     []*feeds.JSONAuthor{{Name: e.name(site)}},
			Tags:        e.names(),
		},
		Published: rfc3339(e.published),
		Modified:  rfc3339(e.updated),
		Language:  e.language,
	}
	if e.source != nil {
		item.ExternalUrl = e.via
	}
	if len(e.pictures) > 0 {
		item.Image = e.pictures[0].src
	}
	for _, f := range e.files {
		item.Attachments = append(item.Attachments, newJSONAttachment(f))
	}
	return item
}

// newJSONAttachment gives a file of unknown type the type of any bytes: the
// field is required.
func newJSONAttachment(f bantin.Attachment) jsonAttachment {
	f.Type = cmp.Or(f.Type, "application/octet-stream")
	return jsonAttachment{URL: f.Src, Type: f.Type, Title: oneLine(f.Title), Size: max(f.Length, 0)}
}
