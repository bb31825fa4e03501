package syndicate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// mostOnAPage is how many bulletins an archive page holds, unless the feed's
// own limit is lower.
const mostOnAPage = 100

// pageSize is small enough that what is in no archive yet, fewer than one
// page, always is in the subscription document.
func pageSize(one bantin.Feed) int {
	if one.Limit < 1 {
		return mostOnAPage
	}
	return min(one.Limit, mostOnAPage)
}

// leaf is an archive page of a feed and those beside it, zero where there is
// none. With another version it may say something else; what a numbered page
// holds is known by its run, and is not in it.
type leaf struct {
	page, older, newer feed.Page
	version            string
}

// current is the subscription document.
func (d *depth) current() leaf {
	switch {
	case d.pages > 0:
		return leaf{older: feed.Numbered(d.pages)}
	case !d.history.IsZero():
		return leaf{older: feed.OfMonth(d.history)}
	}
	return leaf{}
}

// numbered is the page with number n. The oldest leads on into history.
func (d *depth) numbered(n int) leaf {
	l := leaf{page: feed.Numbered(n), newer: feed.Numbered(n + 1)}
	switch {
	case n > 1:
		l.older = feed.Numbered(n - 1)
	case !d.history.IsZero():
		l.older, l.version = feed.OfMonth(d.history), d.history.String()
	}
	return l
}

// next is the page that the newest archive page names before it is there.
func (d *depth) next() (feed.Page, bool) {
	return feed.Numbered(d.pages + 1), d.pages > 0 || !d.history.IsZero()
}

// leaf finds an archive page, or gives bantin.ErrNotFound.
func (f *Feeds) leaf(ctx context.Context, d depth, page feed.Page) (leaf, error) {
	if n, ok := page.Number(); ok && n <= d.pages {
		return d.numbered(n), nil
	}
	if _, ok := page.Month(); ok {
		months, err := f.months(ctx, d)
		if err != nil {
			return leaf{}, err
		}
		if i := slices.IndexFunc(months, func(l leaf) bool { return l.page == page }); i >= 0 {
			return months[i], nil
		}
	}
	return leaf{}, fmt.Errorf("archive page %s of feed %s: %w", page, d.feed.ID, bantin.ErrNotFound)
}

// leaves gives all archive pages of a feed.
func (f *Feeds) leaves(ctx context.Context, d depth) ([]leaf, error) {
	var list []leaf
	for n := range d.pages {
		list = append(list, d.numbered(n+1))
	}
	months, err := f.months(ctx, d)
	return append(list, months...), err
}

// serveArchive answers for an archive page. It is rendered when it is asked
// for first and kept while nothing in it changes.
func (f *Feeds) serveArchive(w http.ResponseWriter, r *http.Request, id string, page feed.Page, format feed.Format) {
	d, ok := f.depthOf(id)
	if !ok {
		feed.ServeNotFound(w)
		return
	}
	if next, named := d.next(); named && page == next {
		w.Header().Set("Cache-Control", "no-cache")
		f.redirect(w, feed.Path(id, format.Ext), http.StatusTemporaryRedirect)
		return
	}
	l, err := f.leaf(r.Context(), d, page)
	var document *feed.Document
	again := true
	if err == nil {
		document, err = f.shelf.get(r.URL.Path, l.version, func() (*feed.Document, store.SeqRange, error) {
			again = false
			return f.archive(r.Context(), d, l, format)
		})
	}
	switch {
	case err == nil:
		if again { // most pages are asked for once, by whoever reads all of them
			f.Library.QueueCompression(document)
		}
		document.ServeHTTP(w, r)
	case errors.Is(err, bantin.ErrNotFound):
		feed.ServeNotFound(w)
	case r.Context().Err() == nil:
		f.Log.Error("an archive page cannot be made", "feed", id, "page", page.String(), "error", err)
		notNow(w)
	}
}

func (f *Feeds) depthOf(id string) (depth, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.deep[id]
	return d, ok
}

// archive makes one page in one format.
func (f *Feeds) archive(ctx context.Context, d depth, l leaf, format feed.Format) (*feed.Document, store.SeqRange, error) {
	channel, run, err := f.archiveChannel(ctx, d, l)
	if err != nil {
		return nil, run, err
	}
	rendered, err := feed.RenderAs(channel, format)
	if err != nil {
		return nil, run, err
	}
	documents, err := f.dated(ctx, []feed.Rendered{rendered})
	if err != nil {
		return nil, run, err
	}
	return documents[0], run, nil
}

// archiveChannel gives what a page holds, and its run if it is numbered.
func (f *Feeds) archiveChannel(ctx context.Context, d depth, l leaf) (*feed.Channel, store.SeqRange, error) {
	entries, run, err := f.archived(ctx, d, l.page)
	if err != nil {
		return nil, run, err
	}
	channel, err := f.channel(ctx, d, l, entries)
	return channel, run, err
}

func (f *Feeds) archived(ctx context.Context, d depth, page feed.Page) ([]bantin.Bulletin, store.SeqRange, error) {
	if month, ok := page.Month(); ok {
		entries, err := f.DB.History().OfMonth(ctx, month, d.tags)
		return entries, store.SeqRange{}, err
	}
	n, _ := page.Number()
	run, err := f.DB.Feeds().Archive(ctx, d.feed.ID, n)
	if err != nil {
		return nil, run, err
	}
	entries, err := f.DB.Bulletins().List(ctx, store.Filter{Tags: d.tags, After: run.After, Before: run.UpTo + 1})
	return entries, run, err
}

// Documents gives every document that there is by its path: those of the
// library, then the archive pages of all feeds that are wanted, of which one is
// in memory at a time. It may run beside Refresh: what that changes meanwhile
// is given as it was or as it is.
func (f *Feeds) Documents(ctx context.Context, wanted func(feedID string, l leaf) bool) iter.Seq2[string, exported] {
	return func(yield func(string, exported) bool) {
		for _, path := range f.Library.Paths() {
			if !yield(path, exported{f.Library.Get(path), ctx.Err()}) {
				return
			}
		}
		for _, one := range f.List() {
			d, _ := f.depthOf(one.ID)
			leaves, err := f.leaves(ctx, d)
			if err != nil {
				yield("", exported{err: fmt.Errorf("archives of feed %s: %w", one.ID, err)})
				return
			}
			for _, l := range leaves {
				if wanted(one.ID, l) && !f.exportPage(ctx, d, l, yield) {
					return
				}
			}
		}
	}
}

// exported is a document, or why it cannot be had.
type exported struct {
	*feed.Document
	err error
}

func (f *Feeds) exportPage(ctx context.Context, d depth, l leaf, yield func(string, exported) bool) bool {
	fail := func(err error) bool {
		yield("", exported{err: fmt.Errorf("archive page %s of feed %s: %w", l.page, d.feed.ID, err)})
		return false
	}
	channel, _, err := f.archiveChannel(ctx, d, l)
	if err != nil {
		return fail(err)
	}
	rendered, err := feed.Render(channel)
	if err != nil {
		return fail(err)
	}
	documents, err := f.dated(ctx, rendered)
	if err != nil {
		return fail(err)
	}
	for i, document := range documents {
		if !yield(rendered[i].Path, exported{Document: document}) {
			return false
		}
	}
	return true
}
