package source

import (
	"strings"

	"bantin"
	"bantin/source/document"
)

// bulletin makes the bulletin of an item from what its document says.
func (s *Spec) bulletin(item Item, d *document.Draft) *bantin.Bulletin {
	b := d.Finish()
	b.ID, b.FeedID = NewID(item.Key), FeedID(item.Key)
	b.Source, b.SourceID = s.ID, item.ID
	return b
}

// Prose is the text of a bulletin in which places and clusters are looked for:
// title, lead, body, captions.
func Prose(b *bantin.Bulletin) string {
	parts := []string{b.Title, b.Lead, b.Text}
	for _, image := range b.Images {
		parts = append(parts, image.Caption)
	}
	return strings.Join(parts, "\n\n")
}
