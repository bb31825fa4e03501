package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"bantin"
	"bantin/place"
	"bantin/source"
	"bantin/store"
)

// maxBatch is how many bulletins are stored in one transaction: few
// enough that it never lasts.
const maxBatch = 100

// Collector reads sources into the store. It is not safe for use by several
// goroutines with the same source.
type Collector struct {
	DB    *store.DB
	Log   *slog.Logger
	Now   func() time.Time // of Run
	Atlas *place.Atlas
	Known []string // ids of all configured sources and their aliases
	Homes []Home   // the same sources, as far as they say whose a bulletin is
	Place string   // where bulletins belong that name no place; "" for nowhere
	Reads *Reads   // has Run wait for other reads of its source; nil: there are none

	compared atomic.Bool
}

// Reading is a source and the versions of its items at the last look.
type Reading struct {
	Source  source.Source
	Aliases []string
	Once    bool              // it is read once: nothing is kept in memory for a next look
	Listed  bool              // each read says which items are gone; else what is wrong with one is forgotten after a month
	seen    map[string]string // item → version; nil before the first look

	problems map[string]bantin.ProblemKind // items with a stored problem
}

// Collect reads the source once. An item that cannot be taken is reported and the
// rest goes on; an error means the source could not be read (to its end): what
// came before is stored.
func (c *Collector) Collect(ctx context.Context, r *Reading) (done Collected, err error) {
	done.Source = r.Source.ID()
	if err := c.prepare(ctx, r); err != nil {
		return done, err
	}
	removedItems, err := c.removedItems(ctx, r)
	if err != nil {
		return done, err
	}
	asBefore, gone := len(r.seen), []string(nil)
	writer := batchWriter{collector: c, reading: r, done: &done}
	defer func() { err = errors.Join(err, writer.end(ctx)) }()
	for item, err := range r.Source.Read(ctx, maps.Clone(r.seen)) {
		if err != nil {
			return done, fmt.Errorf("read source %s: %w", done.Source, err)
		}
		if _, known := r.seen[item.ID]; known && !item.Seen {
			asBefore--
		}
		if other := removedItems[item.ID]; other != "" {
			return done, &RenamedSourceError{ID: done.Source, Was: other, Item: item.ID}
		}
		switch {
		case item.Mended:
			writer.mended(item.ID)
		case item.Seen || item.Notes != nil:
			if err := writer.saveVersion(ctx, &item); err != nil {
				return done, err
			}
		case item.Vanished:
			if err := writer.withdraw(ctx, item.ID); err != nil {
				return done, err
			}
		case item.Gone:
			gone = append(gone, item.ID)
			if !item.Absorbed {
				done.Gone = append(done.Gone, item.ID)
			}
		case item.Err != nil:
			if err := writer.unread(ctx, &item); err != nil {
				return done, err
			}
		default:
			if err := writer.add(ctx, c.arrival(r, &item)); err != nil {
				return done, err
			}
		}
	}
	if err := writer.flushAll(ctx); err != nil {
		return done, err
	}
	done.Unchanged += asBefore
	if err := c.forget(ctx, r, gone); err != nil || r.Listed || len(r.problems) == 0 {
		return done, err
	}
	return done, c.DB.Sources().ExpireProblems(ctx, done.Source, bantin.NewsWindow)
}

// prepare carries over what is known under the source's old ids, and loads
// what it had at its last look.
func (c *Collector) prepare(ctx context.Context, r *Reading) (err error) {
	if r.seen != nil {
		return nil
	}
	for _, alias := range r.Aliases {
		if err := c.DB.Sources().Rename(ctx, alias, r.Source.ID()); err != nil {
			return err
		}
	}
	if r.seen, err = c.DB.Sources().Items(ctx, r.Source.ID()); err != nil {
		return err
	}
	if r.problems, err = c.DB.Sources().ProblemItems(ctx, r.Source.ID()); err != nil {
		return err
	}
	return c.sketchRecent(ctx)
}

// see notes for the next look what an item is now.
func (r *Reading) see(item, version string) {
	if !r.Once {
		r.seen[item] = version
	}
}

// RenamedSourceError says that a source's items are known under an id that is
// gone from the configuration. Reading them would make each a second bulletin.
type RenamedSourceError struct{ ID, Was, Item string }

func (e *RenamedSourceError) Error() string {
	return fmt.Sprintf("source %s is not read: its item %q is known as one of source %q, which is gone from the configuration; if it was renamed, write `aliases: [%s]` under it", e.ID, e.Item, e.Was, e.Was)
}

// removedItems gives, for a source that was never read, the items of sources that
// are gone from the configuration.
func (c *Collector) removedItems(ctx context.Context, r *Reading) (map[string]string, error) {
	if len(r.seen) > 0 {
		return nil, nil
	}
	ids, err := c.DB.Sources().WithItems(ctx)
	if err != nil {
		return nil, err
	}
	items := map[string]string{}
	for _, id := range ids {
		if slices.Contains(c.Known, id) {
			continue
		}
		theirs, err := c.DB.Sources().Items(ctx, id)
		if err != nil {
			return nil, err
		}
		for item := range theirs {
			items[item] = id
		}
	}
	return items, nil
}

// arrival makes ready to be stored what a source has read.
func (c *Collector) arrival(r *Reading, item *source.Item) store.Arrival {
	b := item.Bulletin
	addFacts(b, c.Atlas)
	if len(b.Places) == 0 && c.Place != "" {
		b.Places = []string{c.Place}
	}
	return store.Arrival{
		Source: r.Source.ID(), Aliases: r.Aliases, Item: item.ID, Version: item.Version, Digest: item.Digest,
		Identity: item.Key, Before: item.Before, Bulletin: b, Tags: c.Atlas.Tags(b), History: item.History,
		Moved: item.Moved, Completes: item.Absorbs, Similarity: c.similarity(b),
		Problem: problemOf(item.ID, bantin.ProblemPart, item.Missing), HadProblem: r.problems[item.ID] != "",
	}
}

func (c *Collector) forget(ctx context.Context, r *Reading, gone []string) error {
	if len(gone) == 0 {
		return nil
	}
	for _, item := range gone {
		delete(r.seen, item)
		delete(r.problems, item)
	}
	return c.DB.Sources().MarkItemsGone(ctx, r.Source.ID(), gone)
}
