package syndicate

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"bantin/feed"
)

// serveOther answers for a path that holds no document: an archive page, a
// feed that has another name now, one that has ended. All others are 404: 301
// and 410 are remembered for good by readers, so neither is said of a path that
// never was a feed's.
func (f *Feeds) serveOther(w http.ResponseWriter, r *http.Request) {
	for _, plan := range f.Plans {
		if plan.Gone && isOf(r.URL.Path, plan.ID) {
			feed.ServeGone(w)
			return
		}
		for _, alias := range plan.Aliases {
			if rest, ok := below(r.URL.Path, alias); ok {
				f.serveMoved(w, r, plan, "/feeds/"+plan.ID+rest)
				return
			}
		}
	}
	if format, ok := chosenPath(r.URL.Path); ok {
		f.serveChosen(w, r, format)
		return
	}
	if id, page, format, ok := feed.ParseArchivePath(r.URL.Path); ok {
		f.serveArchive(w, r, id, page, format)
		return
	}
	feed.ServeNotFound(w)
}

// serveMoved sends to where a renamed feed, a place's feed below it or an
// archive page is now.
func (f *Feeds) serveMoved(w http.ResponseWriter, r *http.Request, plan FeedPlan, path string) {
	switch {
	case plan.Gone && isOf(path, plan.ID):
		feed.ServeGone(w)
	case f.has(r.Context(), path):
		f.redirect(w, path, http.StatusMovedPermanently)
	default:
		feed.ServeNotFound(w)
	}
}

// has reports whether there is a document or an archive page at path, or one
// that an archive page names already.
func (f *Feeds) has(ctx context.Context, path string) bool {
	if f.Library.Get(path) != nil {
		return true
	}
	id, page, _, ok := feed.ParseArchivePath(path)
	if !ok {
		return false
	}
	d, ok := f.depthOf(id)
	if !ok {
		return false
	}
	if next, named := d.next(); named && page == next {
		return true
	}
	_, err := f.leaf(ctx, d, page)
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
	for _, format := range feed.Formats() {
		if rest == "."+format.Ext || rest[0] == '/' && strings.HasSuffix(rest, "."+format.Ext) {
			return true
		}
	}
	return false
}

// redirect leads to another path of ours, also where the site stands below a
// path of its host.
func (f *Feeds) redirect(w http.ResponseWriter, path string, status int) {
	prefix := ""
	if site, err := url.Parse(f.Site.URL); err == nil {
		prefix = strings.TrimSuffix(site.EscapedPath(), "/")
	}
	w.Header().Set("Location", prefix+path)
	w.WriteHeader(status)
}
