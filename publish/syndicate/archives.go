package syndicate

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// maxOnPage is how many bulletins an archive page holds, unless the feed's
// own limit is lower.
const maxOnPage = 100

// pageSize is small enough that what is in no archive yet, fewer than one
// page, always is in the subscription document.
func pageSize(one bantin.Feed) int {
	if one.Limit < 1 {
		return maxOnPage
	}
	return min(one.Limit, maxOnPage)
}

// archives makes the archive pages of feeds. Any goroutine may use it.
type archives struct {
	*renderer
	published *feedRegistry
	history   atomic.Int64 // the last change of history that is shown, as the ListIndexer left it
	pages     pageCache
	calendars monthCache
}

// archivePage is a page of a feed's archive and those beside it, zero where there is
// none. With another version it may say something else; what a numbered page
// holds is known by its run, and is not in it.
type archivePage struct {
	page, older, newer feed.Page
	version            string
}

// current is the subscription document.
func (d *archivedFeed) current() archivePage {
	switch {
	case d.pages > 0:
		return archivePage{older: feed.Numbered(d.pages)}
	case !d.history.IsZero():
		return archivePage{older: feed.OfMonth(d.history)}
	}
	return archivePage{}
}

// numbered is the page with number n. The oldest leads on into history.
func (d *archivedFeed) numbered(n int) archivePage {
	l := archivePage{page: feed.Numbered(n), newer: feed.Numbered(n + 1)}
	switch {
	case n > 1:
		l.older = feed.Numbered(n - 1)
	case !d.history.IsZero():
		l.older, l.version = feed.OfMonth(d.history), d.history.String()
	}
	return l
}

// next is the page that the newest archive page names before it is there.
func (d *archivedFeed) next() (feed.Page, bool) {
	return feed.Numbered(d.pages + 1), d.pages > 0 || !d.history.IsZero()
}

// page finds an archive page, or gives bantin.ErrNotFound.
func (a *archives) page(ctx context.Context, d archivedFeed, page feed.Page) (archivePage, error) {
	if n, ok := page.Number(); ok && n <= d.pages {
		return d.numbered(n), nil
	}
	if _, ok := page.Month(); ok {
		months, err := a.months(ctx, d)
		if err != nil {
			return archivePage{}, err
		}
		if i := slices.IndexFunc(months, func(l archivePage) bool { return l.page == page }); i >= 0 {
			return months[i], nil
		}
	}
	return archivePage{}, fmt.Errorf("archive page %s of feed %s: %w", page, d.feed.ID, bantin.ErrNotFound)
}

// allPages gives all archive pages of a feed.
func (a *archives) allPages(ctx context.Context, d archivedFeed) ([]archivePage, error) {
	var list []archivePage
	for n := range d.pages {
		list = append(list, d.numbered(n+1))
	}
	months, err := a.months(ctx, d)
	return append(list, months...), err
}

// archive makes one page in one format.
func (a *archives) render(ctx context.Context, d archivedFeed, l archivePage, format feed.Format) (*feed.Document, store.SeqRange, error) {
	channel, run, err := a.channelOf(ctx, d, l)
	if err != nil {
		return nil, run, err
	}
	rendered, err := feed.RenderAs(channel, format)
	if err != nil {
		return nil, run, err
	}
	documents, err := a.dated(ctx, []feed.Rendered{rendered})
	if err != nil {
		return nil, run, err
	}
	return documents[0], run, nil
}

// channelOf gives what a page holds, and its run if it is numbered.
func (a *archives) channelOf(ctx context.Context, d archivedFeed, l archivePage) (*feed.Channel, store.SeqRange, error) {
	entries, run, err := a.entries(ctx, d, l.page)
	if err != nil {
		return nil, run, err
	}
	channel, err := a.channel(ctx, d, l, entries)
	return channel, run, err
}

func (a *archives) entries(ctx context.Context, d archivedFeed, page feed.Page) ([]bantin.Bulletin, store.SeqRange, error) {
	if month, ok := page.Month(); ok {
		entries, err := a.DB.History().OfMonth(ctx, month, d.tags)
		return entries, store.SeqRange{}, err
	}
	n, _ := page.Number()
	run, err := a.DB.Feeds().Archive(ctx, d.feed.ID, n)
	if err != nil {
		return nil, run, err
	}
	entries, err := a.DB.Bulletins().List(ctx, store.Filter{Tags: d.tags, After: run.After, Before: run.UpTo + 1})
	return entries, run, err
}
