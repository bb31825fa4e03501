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

// Rendered is a document before HTTP knows it.
type Rendered struct {
	Path string
	Body []byte
	Head Head // Modified is when the bulletins last changed
}

// Render writes the channel in every format, in the order of Formats.
func Render(c *Channel) ([]Rendered, error) {
	channel := *c
	channel.told = make([]*entry, len(c.Entries))
	var list []Rendered
	for _, f := range Formats() {
		one, err := channel.render(f)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// RenderAs writes the channel in one format.
func RenderAs(c *Channel, f Format) (Rendered, error) { return c.render(f) }

func (c *Channel) render(f Format) (Rendered, error) {
	body, err := f.Render(c)
	if err != nil {
		return Rendered{}, fmt.Errorf("render feed %q as %s: %w", c.Feed.ID, f.Name, err)
	}
	path := c.path(f.Ext)
	if !c.Archive.IsZero() {
		path = ArchivePath(c.Feed.ID, c.Archive, f.Ext)
	}
	return Rendered{path, body, c.head(f)}, nil
}
