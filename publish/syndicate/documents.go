package syndicate

import (
	"context"
	"fmt"
	"iter"

	"bantin/feed"
)

// Documents gives every document that there is by its path: those of the
// library, then the archive pages of all feeds that are wanted, of which one is
// in memory at a time. It may run beside Refresh: what that changes meanwhile
// is given as it was or as it is.
func (f *Feeds) Documents(ctx context.Context, wanted func(feedID string, l archivePage) bool) iter.Seq2[string, exportedDocument] {
	return func(yield func(string, exportedDocument) bool) {
		for _, path := range f.Library.Paths() {
			if !yield(path, exportedDocument{f.Library.Get(path), ctx.Err()}) {
				return
			}
		}
		for _, one := range f.List() {
			d, _ := f.published.feed(one.ID)
			pages, err := f.archives.allPages(ctx, d)
			if err != nil {
				yield("", exportedDocument{err: fmt.Errorf("archives of feed %s: %w", one.ID, err)})
				return
			}
			for _, l := range pages {
				if wanted(one.ID, l) && !f.exportPage(ctx, d, l, yield) {
					return
				}
			}
		}
	}
}

// exportedDocument is a document, or why it cannot be had.
type exportedDocument struct {
	*feed.Document
	err error
}

func (f *Feeds) exportPage(ctx context.Context, d archivedFeed, l archivePage, yield func(string, exportedDocument) bool) bool {
	fail := func(err error) bool {
		yield("", exportedDocument{err: fmt.Errorf("archive page %s of feed %s: %w", l.page, d.feed.ID, err)})
		return false
	}
	channel, _, err := f.archives.channelOf(ctx, d, l)
	if err != nil {
		return fail(err)
	}
	rendered, err := feed.Render(channel)
	if err != nil {
		return fail(err)
	}
	documents, err := f.renderer.dated(ctx, rendered)
	if err != nil {
		return fail(err)
	}
	for i, document := range documents {
		if !yield(rendered[i].Path, exportedDocument{Document: document}) {
			return false
		}
	}
	return true
}
