package collect

import (
	"context"
	"fmt"

	"bantin"
	"bantin/source"
	"bantin/store"
)

// UploadSource is the source of bulletins that people of the office upload or type. It has
// no folder: its bulletins stay, and a file of the same name revises the one it had.
const UploadSource = "office-pages"

// AddUploaded stores the one file of a folder and gives its bulletin: a new one, the one
// that it revises, or that of another source with the same text. hold has it wait until a
// person releases it. An error may be a *source.Problem.
func (c *Collector) AddUploaded(ctx context.Context, folder source.Source, hold bool) (b bantin.Bulletin, err error) {
	if err := c.sketchRecent(ctx); err != nil {
		return b, err
	}
	a, err := c.uploaded(ctx, folder)
	if err != nil {
		return b, err
	}
	if hold {
		a.Bulletin.Held = bantin.NewNote("văn phòng giữ lại", "the office holds it")
	}
	outcomes, err := c.DB.Bulletins().Store(ctx, []store.Arrival{a}, c.rules())
	if err != nil {
		return b, err
	}
	return c.DB.Bulletins().Get(ctx, outcomes[0].ID)
}

// ReadUploaded reads the one file of a folder as AddUploaded would, and stores nothing.
func (c *Collector) ReadUploaded(ctx context.Context, folder source.Source) (bantin.Bulletin, error) {
	a, err := c.uploaded(ctx, folder)
	if err != nil {
		return bantin.Bulletin{}, err
	}
	return *a.Bulletin, nil
}

func (c *Collector) uploaded(ctx context.Context, folder source.Source) (store.Arrival, error) {
	for item, err := range folder.Read(ctx, nil) {
		switch {
		case err != nil:
			return store.Arrival{}, err
		case item.Err != nil:
			return store.Arrival{}, item.Err
		case item.Bulletin != nil:
			return c.arrival(&Reading{Source: folder}, &item), nil
		}
	}
	return store.Arrival{}, fmt.Errorf("the file is of no kind that bulletins have: %w", bantin.ErrNotFound)
}
