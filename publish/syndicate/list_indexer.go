package syndicate

import (
	"context"
	"strings"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// ListIndexer keeps what lists and search find bulletins by up to date with what
// was stored, by whatever process.
type ListIndexer struct {
	DB    *store.DB
	Atlas *place.Atlas
}

// Of each bulletin so many bytes of folded text are searched, and so many
// bulletins are a batch: a tenth of a second to write.
const (
	maxIndexedText = 64 << 10
	indexBatch     = 200
)

// Index goes on until all that is stored can be found, and tells how many
// bulletins that were.
func (s *ListIndexer) Index(ctx context.Context) (indexed int, err error) {
	for {
		batch, err := s.DB.Bulletins().Unindexed(ctx, indexBatch)
		if err != nil || len(batch) == 0 {
			return indexed, err
		}
		for i := range batch {
			s.fill(&batch[i])
		}
		if err := s.DB.Bulletins().Index(ctx, batch); err != nil {
			return indexed, err
		}
		indexed += len(batch)
	}
}

// fill says what a bulletin is found by: all that its page says in words, the
// names of its places included.
func (s *ListIndexer) fill(b *store.IndexEntry) {
	if !b.Listed {
		return
	}
	b.Tags = s.Atlas.Tags(&b.Bulletin)
	said := []string{b.Title, b.Lead, b.Text, b.Author}
	for _, slug := range b.Places {
		said = append(said, place.Name(slug, bantin.Vietnamese))
	}
	for _, image := range b.Images {
		said = append(said, image.Caption)
	}
	for _, ref := range b.LegalRefs {
		said = append(said, ref.Kind, ref.Ref)
	}
	words := place.Fold(strings.Join(said, " \n"))
	b.Words = strings.ToValidUTF8(words[:min(len(words), maxIndexedText)], "")
}
