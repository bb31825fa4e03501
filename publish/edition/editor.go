package edition

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// freezeBatch is how many recipients make a chunk, and about a transaction
// of the freeze: some ten milliseconds.
const freezeBatch = 500

// Editor makes editions: it freezes what goes to whom.
type Editor struct {
	DB    *store.DB
	Log   *slog.Logger
	Site  *bantin.Site
	Atlas *place.Atlas
	Hold  bantin.HoldLimits // when refusals hold an edition; the zero value: the default

	Digests []*DigestPlan // of the configuration
	Sources []string      // of the configuration: what is wrong with their items is told
	People  []string      // who is told of drafts; none: whom the digest's reports go to
}

// Make makes the edition of a digest for a due time, or finds the one that is
// there, and sees that its audience is frozen; a draft waits for that. store.ErrNoNews
// where there is nothing new and the digest skips empty editions, store.ErrNobody where
// nobody would get it: WhyNobody says why.
func (ed *Editor) Make(ctx context.Context, d *bantin.Digest, due time.Time) (bantin.Edition, error) {
	return ed.make(ctx, ed.plan(d, due))
}

// makeDue is Make for a due time of the schedule: it ends drafts of earlier ones.
func (ed *Editor) makeDue(ctx context.Context, d *bantin.Digest, due time.Time) (bantin.Edition, error) {
	p := ed.plan(d, due)
	p.EndsDrafts = true
	return ed.make(ctx, p)
}

func (ed *Editor) plan(d *bantin.Digest, due time.Time) store.EditionPlan {
	return store.EditionPlan{
		Digest: d, Due: due, Tags: ed.Atlas.SelectTags(d.Select), Audience: ed.Audience(d, due), NeedsRecipients: true, Hold: ed.Hold, Expected: expected(d),
	}
}

func (ed *Editor) make(ctx context.Context, p store.EditionPlan) (bantin.Edition, error) {
	d, due := p.Digest, p.Due
	e, made, err := ed.DB.Editions().Make(ctx, p)
	if err != nil {
		return e, err
	}
	if err := ed.endNotMade(ctx, d.ID); err != nil {
		return e, err
	}
	if made {
		ed.Log.Info("edition made", "edition", e.ID, "due", due, "bulletins", len(e.Bulletins), "status", e.Status)
		if err := ed.DB.Nodes().RecordGeneration(ctx); err != nil {
			ed.Log.Warn("generation file cannot be updated", "error", err)
		}
	}
	if e.Status == bantin.EditionDraft {
		return e, nil
	}
	if err := ed.Freeze(ctx, &e); err != nil {
		return e, err
	}
	return ed.DB.Editions().Get(ctx, e.ID)
}

// Freeze writes the recipients of an edition, batch after batch, and goes on
// where another process was stopped.
func (ed *Editor) Freeze(ctx context.Context, e *bantin.Edition) error {
	for done := false; !done; {
		var err error
		if done, err = ed.DB.Editions().Freeze(ctx, e.Row, freezeBatch); err != nil {
			return fmt.Errorf("freeze the recipients of %s: %w", e.ID, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return ed.DB.Editions().Finish(ctx, e.Row)
}

// Audience is who gets the digest at a time without having asked.
func (ed *Editor) Audience(d *bantin.Digest, at time.Time) store.Audience {
	zone := d.Location
	if zone == nil {
		zone = ed.Site.Location
	}
	slugs, all := ed.Atlas.ContactPlaces(d.Audience)
	return store.Audience{
		Levels: d.Audience.Levels, AnyPlace: all, Places: slugs,
		Languages: d.Audience.Languages, Tags: d.Audience.Tags, Site: ed.Site.Language,
		Day: bantin.DayOf(at.In(zone)),
	}
}
