package syndicate

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// SearchID is the id of feeds of a search; the words follow it as a query. No feed of the
// configuration may have it.
const SearchID = "tim"

// serveSearched answers for the feed of a search, as for one that a reader chose: one
// address for the same words, made once for each change, nothing of it stored.
func (s *server) serveSearched(w http.ResponseWriter, r *http.Request, format feed.Format) {
	words := place.QueryWords(r.URL.Query().Get("q"))
	if len(words) == 0 {
		http.Error(w, "Thiếu từ cần tìm: ?q=hoc+bong\nThe words are missing: ?q=hoc+bong", http.StatusBadRequest)
		return
	}
	query := url.Values{"q": {strings.Join(words, " ")}}.Encode()
	found := bantin.Feed{ID: SearchID + "?" + query, Title: titled(s.archives.Site.Title, s.archives.Site.Language.Say("tìm: ", "search: ")+strings.Join(words, " ")), Limit: chosenLimit}
	path := feed.Path(found.ID, format.Ext)
	if r.URL.RawQuery != query {
		s.redirect(w, path, http.StatusMovedPermanently)
		return
	}
	isCurrent := true
	document, err := s.chosen.get(path, s.change.Load(), func() (*feed.Document, error) {
		behind, err := s.archives.DB.Bulletins().Unindexed(r.Context(), 1)
		if err != nil {
			return nil, err
		}
		isCurrent = len(behind) == 0
		return s.renderSearched(r.Context(), found, words, format)
	})
	switch {
	case err == nil:
		document.ServeHTTP(w, r)
	case r.Context().Err() == nil:
		s.archives.Log.Error("feed of a search cannot be rendered", "feed", found.ID, "error", err)
		serveUnavailable(w)
	}
	if !isCurrent { // the search does not find the last bulletins yet
		s.chosen.forget(path)
	}
}

// renderSearched makes a document of the newest news that has all the words. History is
// found by searches and stands in no feed.
func (s *server) renderSearched(ctx context.Context, found bantin.Feed, words []string, format feed.Format) (*feed.Document, error) {
	hits, err := s.archives.DB.Bulletins().Find(ctx, store.SearchQuery{Words: words, Limit: chosenLimit})
	if err != nil {
		return nil, err
	}
	hits = slices.DeleteFunc(hits, func(h store.Hit) bool { return h.Pos <= 0 })
	entries, err := s.read(ctx, hits)
	if err != nil {
		return nil, err
	}
	return s.renderUnstored(ctx, archivedFeed{feed: found}, entries, format)
}

// read gives the bulletins that were found. Those that are kept are not read again.
func (s *server) read(ctx context.Context, hits []store.Hit) ([]bantin.Bulletin, error) {
	entries := make([]bantin.Bulletin, 0, len(hits))
	var unknown []int64
	for _, hit := range hits {
		if b, ok := s.kept.get(hit.Change); ok {
			entries = append(entries, b)
		} else {
			unknown = append(unknown, hit.Pos)
		}
	}
	if len(unknown) == 0 {
		return entries, nil
	}
	read, err := s.archives.DB.Bulletins().At(ctx, unknown)
	for i := range read {
		entries = append(entries, read[i].Bulletin)
	}
	return entries, err
}
