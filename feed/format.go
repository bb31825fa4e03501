package feed

import "fmt"

// Format is one way to write a Channel.
type Format struct {
	Name      string // for people: "RSS"
	Ext       string // of the path: "rss"
	MediaType string // with charset
	Render    func(*Channel) ([]byte, error)
}

// Formats lists every format, the best known first.
func Formats() []Format {
	return []Format{
		{"RSS", "rss", "application/rss+xml; charset=utf-8", renderRSS},
		{"Atom", "atom", "application/atom+xml; charset=utf-8", renderAtom},
		{"JSON Feed", "json", "application/feed+json; charset=utf-8", renderJSON},
	}
}

// Publish renders the channel in every format, ready to serve, by path.
func Publish(c *Channel) (map[string]*Document, error) {
	channel := *c
	channel.told = c.entries()
	out := make(map[string]*Document)
	for _, f := range Formats() {
		body, err := f.Render(&channel)
		if err != nil {
			return nil, fmt.Errorf("render feed %q as %s: %w", c.Feed.ID, f.Name, err)
		}
		out[Path(c.Feed.ID, f.Ext)] = NewDocument(body, f.MediaType, c.Changed())
	}
	return out, nil
}
