package publish

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"sync"

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

// serveArchive answers for an archive page. It is rendered when it is asked
// for first and kept while nothing in it changes.
func (f *Feeds) serveArchive(w http.ResponseWriter, r *http.Request, id string, page int, format feed.Format) {
	d, ok := f.depthOf(id)
	switch {
	case !ok || d.pages == 0 || page > d.pages+1:
		feed.NotFound(w)
		return
	case page == d.pages+1: // the newest page names it before it is there
		w.Header().Set("Cache-Control", "no-cache")
		f.redirect(w, feed.Path(id, format.Ext), http.StatusTemporaryRedirect)
		return
	}
	document, err := f.shelf.get(r.URL.Path, func() (*feed.Document, store.Run, error) {
		return f.archive(r.Context(), d, page, format)
	})
	switch {
	case err == nil:
		document.ServeHTTP(w, r)
	case r.Context().Err() == nil:
		f.Log.Error("an archive page cannot be made", "feed", id, "page", page, "error", err)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "Tạm thời chưa xem được, xin thử lại sau một phút.\nNot available for the moment; please try again in a minute.", http.StatusServiceUnavailable)
	}
}

func (f *Feeds) depthOf(id string) (depth, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.deep[id]
	return d, ok
}

// archive makes one page in one format.
func (f *Feeds) archive(ctx context.Context, d depth, page int, format feed.Format) (*feed.Document, store.Run, error) {
	channel, run, err := f.archiveChannel(ctx, d, page)
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

func (f *Feeds) archiveChannel(ctx context.Context, d depth, page int) (*feed.Channel, store.Run, error) {
	run, err := f.DB.Archive(ctx, d.feed.ID, page)
	if err != nil {
		return nil, run, err
	}
	entries, err := f.DB.Bulletins(ctx, store.Filter{Tags: d.tags, After: run.After, Before: run.UpTo + 1})
	if err != nil {
		return nil, run, err
	}
	channel, err := f.channel(ctx, d, page, entries)
	return channel, run, err
}

// Documents gives every document that there is by its path: those of the
// library, then the archive pages of all feeds that are wanted, of which one is
// in memory at a time. It may run beside Refresh: what that changes meanwhile
// is given as it was or as it is.
func (f *Feeds) Documents(ctx context.Context, wanted func(feedID string, page int) bool) iter.Seq2[string, exported] {
	return func(yield func(string, exported) bool) {
		for _, path := range f.Library.Paths() {
			if !yield(path, exported{f.Library.Get(path), ctx.Err()}) {
				return
			}
		}
		for _, one := range f.List() {
			d, _ := f.depthOf(one.ID)
			for page := 1; page <= d.pages; page++ {
				if wanted(one.ID, page) && !f.exportPage(ctx, d, page, yield) {
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

func (f *Feeds) exportPage(ctx context.Context, d depth, page int, yield func(string, exported) bool) bool {
	fail := func(err error) bool {
		yield("", exported{err: fmt.Errorf("archive page %d of feed %s: %w", page, d.feed.ID, err)})
		return false
	}
	channel, _, err := f.archiveChannel(ctx, d, page)
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

// shelf keeps the archive pages that were asked for lately. The zero shelf is
// empty and ready.
type shelf struct {
	mu      sync.Mutex
	pages   map[string]shelved // by path
	order   []string           // of their arrival
	changes int                // how often something was taken off

	making sync.Mutex // one page is made at a time: whoever wants all gets them one by one
}

type shelved struct {
	document *feed.Document
	run      store.Run
}

// shelfSize is how many pages are kept: some tens of megabytes.
const shelfSize = 64

// get gives the page at path, and makes it where it is not there.
func (s *shelf) get(path string, make func() (*feed.Document, store.Run, error)) (*feed.Document, error) {
	if document, _ := s.look(path); document != nil {
		return document, nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	document, changes := s.look(path) // another may have made it meanwhile
	if document != nil {
		return document, nil
	}
	document, run, err := make()
	if err != nil {
		return nil, err
	}
	s.put(path, shelved{document, run}, changes)
	return document, nil
}

func (s *shelf) look(path string) (document *feed.Document, changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pages[path].document, s.changes
}

// put keeps a page, unless something changed since it was begun: it may be of
// before that.
func (s *shelf) put(path string, page shelved, changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if changes != s.changes {
		return
	}
	if s.pages == nil {
		s.pages = map[string]shelved{}
	}
	if len(s.order) == shelfSize {
		delete(s.pages, s.order[0])
		s.order = s.order[1:]
	}
	s.pages[path], s.order = page, append(s.order, path)
}

// drop takes off the pages that bulletins are in or were in.
func (s *shelf) drop(changed []bantin.Bulletin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	var kept []string
	for _, path := range s.order {
		if holds(s.pages[path].run, changed) {
			delete(s.pages, path)
			continue
		}
		kept = append(kept, path)
	}
	s.order = kept
}

// clear takes off all.
func (s *shelf) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	s.pages, s.order = nil, nil
}

func holds(run store.Run, changed []bantin.Bulletin) bool {
	for i := range changed {
		if seq := changed[i].Seq; seq > run.After && seq <= run.UpTo {
			return true
		}
	}
	return false
}
