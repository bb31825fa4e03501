package syndicate

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// server answers for paths that hold no document of the library.
type server struct {
	archives *archives
	change   atomic.Int64 // the last change of news that the library shows
	chosen   chosenCache
	kept     keptBulletins // of feeds that readers made
}

// ServeHTTP answers for a path that holds no document: an archive page, a
// feed that has another name now, one that has ended. All others are 404: 301
// and 410 are remembered for good by readers, so neither is said of a path that
// never was a feed's.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, plan := range s.archives.Plans {
		if plan.Gone && isOf(r.URL.Path, plan.ID) {
			feed.ServeGone(w)
			return
		}
		for _, alias := range plan.Aliases {
			if rest, ok := below(r.URL.Path, alias); ok {
				s.serveMoved(w, r, plan, "/feeds/"+plan.ID+rest)
				return
			}
		}
	}
	if format, ok := unstoredPath(ChosenID, r.URL.Path); ok {
		s.serveChosen(w, r, format)
		return
	}
	if format, ok := unstoredPath(SearchID, r.URL.Path); ok {
		s.serveSearched(w, r, format)
		return
	}
	if id, page, format, ok := feed.ParseArchivePath(r.URL.Path); ok {
		s.serveArchive(w, r, id, page, format)
		return
	}
	feed.ServeNotFound(w)
}

// serveMoved sends to where a renamed feed, a place's feed below it or an
// archive page is now.
func (s *server) serveMoved(w http.ResponseWriter, r *http.Request, plan FeedPlan, path string) {
	switch {
	case plan.Gone && isOf(path, plan.ID):
		feed.ServeGone(w)
	case s.has(r.Context(), path):
		s.redirect(w, path, http.StatusMovedPermanently)
	default:
		feed.ServeNotFound(w)
	}
}

// has reports whether there is a document or an archive page at path, or one
// that an archive page names already.
func (s *server) has(ctx context.Context, path string) bool {
	if s.archives.Library.Get(path) != nil {
		return true
	}
	id, page, _, ok := feed.ParseArchivePath(path)
	if !ok {
		return false
	}
	d, ok := s.archives.published.feed(id)
	if !ok {
		return false
	}
	if next, named := d.next(); named && page == next {
		return true
	}
	_, err := s.archives.page(ctx, d, page)
	return err == nil
}

// below gives what follows the feed id in a path of its documents.
func below(path, id string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, "/feeds/"+id)
	return rest, ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/"))
}

// isOf reports whether path could be a document of the feed, of one below it,
// or an archive page.
func isOf(path, id string) bool {
	rest, ok := below(path, id)
	if !ok {
		return false
	}
	return slices.ContainsFunc(feed.Formats(), func(format feed.Format) bool {
		return rest == "."+format.Ext || rest[0] == '/' && strings.HasSuffix(rest, "."+format.Ext)
	})
}

// redirect leads to another path of ours, also where the site stands below a
// path of its host.
func (s *server) redirect(w http.ResponseWriter, path string, status int) {
	w.Header().Set("Location", s.archives.prefix()+path)
	w.WriteHeader(status)
}

// serveArchive answers for an archive page. It is rendered when it is asked
// for first and kept while nothing in it changes.
func (s *server) serveArchive(w http.ResponseWriter, r *http.Request, id string, page feed.Page, format feed.Format) {
	d, ok := s.archives.published.feed(id)
	if !ok {
		feed.ServeNotFound(w)
		return
	}
	if next, named := d.next(); named && page == next {
		w.Header().Set("Cache-Control", "no-cache")
		s.redirect(w, feed.Path(id, format.Ext), http.StatusTemporaryRedirect)
		return
	}
	l, err := s.archives.page(r.Context(), d, page)
	var document *feed.Document
	again := true
	if err == nil {
		document, err = s.archives.pages.get(r.URL.Path, l.version, func() (*feed.Document, store.SeqRange, error) {
			again = false
			return s.archives.render(r.Context(), d, l, format)
		})
	}
	switch {
	case err == nil:
		if again { // most pages are asked for once, by a reader of all of them
			s.archives.Library.QueueCompression(document)
		}
		document.ServeHTTP(w, r)
	case errors.Is(err, bantin.ErrNotFound):
		feed.ServeNotFound(w)
	case r.Context().Err() == nil:
		s.archives.Log.Error("archive page cannot be rendered", "feed", id, "page", page.String(), "error", err)
		serveUnavailable(w)
	}
}
