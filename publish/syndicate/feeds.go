package syndicate

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// Feeds keeps the published feeds up to date with the store. One goroutine calls
// Refresh and TakeChanged; the Library may be served meanwhile, and any goroutine
// may ask for the List.
type Feeds struct {
	Config
	renderer  renderer
	published feedRegistry
	archives  archives
	server    server

	// Of the goroutine that calls Refresh.
	change  int64                // the last change that was looked at
	built   map[string]builtFeed // by feed id
	digests digestFeeds
	output  output
}

// NewFeeds makes the feeds of a configuration. None is built yet.
func NewFeeds(c Config) *Feeds {
	f := &Feeds{Config: c}
	f.renderer.Config = &f.Config
	f.archives.renderer, f.archives.published = &f.renderer, &f.published
	f.server.archives = &f.archives
	f.output.library = c.Library
	f.digests.renderer, f.digests.output = &f.renderer, &f.output
	return f
}

// List gives the feeds that are published, in the order of the configuration.
// Any goroutine may ask.
func (f *Feeds) List() []bantin.Feed { return f.published.all() }

// TakeChanged reports whether any document or archive page may have changed since
// it was asked last.
func (f *Feeds) TakeChanged() bool { return f.output.takeChanged() }

// builtFeed is what must be known of a feed to see whether a change is in it.
type builtFeed struct {
	tags    [][]string
	entries map[string]bool
}

// Refresh brings the library up to date with the store and tells how many
// feeds were written: none where nothing changed, only those that a changed
// bulletin is or was in, all of them the first time. History is shown as the
// ListIndexer left it. The notifications of hubs are stored when it returns.
func (f *Feeds) Refresh(ctx context.Context) (written int, err error) {
	last, err := f.DB.Bulletins().LastChange(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	f.renderer.change.Store(last)
	history, err := f.DB.History().LastChange(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	if f.built == nil || last != f.change || history != f.archives.history.Load() {
		if written, err = f.rebuild(ctx, last, history); err != nil {
			return written, err
		}
	}
	if err := f.digests.refresh(ctx, last); err != nil {
		return written, fmt.Errorf("refresh feeds: %w", err)
	}
	return written, f.output.announce(ctx, f.DB, f.Hubs)
}

// rebuild writes the feeds that the changes since the last time concern.
func (f *Feeds) rebuild(ctx context.Context, last, history int64) (written int, err error) {
	if f.built == nil {
		if err := f.begin(ctx); err != nil {
			return 0, err
		}
	}
	feeds, err := f.expand(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	touched, news, err := f.touched(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	if history != f.archives.history.Load() {
		touched = f.orHistoryChanged(ctx, touched)
	}
	var stale []bantin.Feed
	for _, one := range feeds {
		is, err := touched(one.ID)
		if err != nil {
			return 0, fmt.Errorf("refresh feed %s: %w", one.ID, err)
		}
		if is {
			stale = append(stale, one)
		}
	}
	if written, err = f.buildAll(ctx, stale); err != nil {
		return written, err
	}
	f.output.changed = f.output.changed || news || written > 0 // if no document, a page of an archive
	if f.built == nil {                                        // there is no feed at all
		f.built = map[string]builtFeed{}
	}
	if err := f.renderer.putLists(ctx, feeds); err != nil {
		return written, fmt.Errorf("list feeds: %w", err)
	}
	f.change = last
	if news {
		f.server.change.Store(last)
	}
	f.archives.history.Store(history)
	f.published.setAll(feeds)
	return written, nil
}

// begin carries over what is known of feeds under their old ids, and has the
// library ask for what is no document in it.
func (f *Feeds) begin(ctx context.Context) error {
	for _, plan := range f.Plans {
		for _, alias := range plan.Aliases {
			if err := f.DB.Feeds().Rename(ctx, alias, plan.ID); err != nil {
				return err
			}
		}
	}
	f.Library.SetFallback(&f.server)
	return nil
}

// madeFeed is a feed with its documents.
type madeFeed struct {
	archivedFeed
	entries   []bantin.Bulletin
	rendered  []feed.Rendered
	documents []*feed.Document
}

// maxBuilders leaves connections of the database to others: each builder may wait for one.
const maxBuilders = 4

// buildAll builds feeds, as many at once as there are processors, up to maxBuilders: a start
// waits for all of them. Those before one that fails are in the library.
func (f *Feeds) buildAll(ctx context.Context, feeds []bantin.Feed) (written int, err error) {
	made, errs := make([]madeFeed, len(feeds)), make([]error, len(feeds))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), maxBuilders, len(feeds)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(feeds)); i = next.Add(1) - 1 {
				made[i], errs[i] = f.build(ctx, feeds[i])
			}
		})
	}
	workers.Wait()
	for i, m := range made {
		if errs[i] != nil {
			return written, fmt.Errorf("build feed %s: %w", feeds[i].ID, errs[i])
		}
		for k, document := range m.documents {
			f.output.put(m.rendered[k], document)
		}
		f.note(m.archivedFeed, m.entries)
		written++
	}
	return written, nil
}

// build makes the documents of a feed from the store. Any goroutine may call it.
func (f *Feeds) build(ctx context.Context, one bantin.Feed) (m madeFeed, err error) {
	tags := f.Atlas.SelectTags(one.Select)
	m.entries, err = f.DB.Bulletins().List(ctx, store.Filter{Tags: tags, Limit: one.Limit})
	if err != nil {
		return m, err
	}
	// After the entries were read, so that what is in no archive is among them.
	pages, err := f.DB.Feeds().SealArchives(ctx, one.ID, tags, pageSize(one))
	if err != nil {
		return m, err
	}
	born, err := f.DB.Feeds().OriginalID(ctx, one.ID)
	if err != nil {
		return m, err
	}
	history, err := f.DB.History().LatestMonth(ctx, tags)
	if err != nil {
		return m, err
	}
	m.archivedFeed = archivedFeed{one, tags, born, pages, history}
	channel, err := f.renderer.channel(ctx, m.archivedFeed, m.current(), m.entries)
	if err != nil {
		return m, err
	}
	if m.rendered, err = feed.Render(channel); err != nil {
		return m, err
	}
	m.documents, err = f.renderer.dated(ctx, m.rendered)
	return m, err
}

func (f *Feeds) note(d archivedFeed, entries []bantin.Bulletin) {
	ids := make(map[string]bool, len(entries))
	for _, b := range entries {
		ids[b.ID] = true
	}
	if f.built == nil {
		f.built = map[string]builtFeed{}
	}
	f.built[d.feed.ID] = builtFeed{d.tags, ids}
	f.published.setFeed(d)
}
