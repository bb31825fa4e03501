package web

import (
	"net/http"
	"strings"
)

// digestFeed begins the names of the feeds of digests' editions, which may have the id of
// another feed.
const digestFeed = "digest:"

// countReader counts who asked for a document that was served. Only the documents of
// feeds that there are come here, so no visitor makes a name.
func (s *site) countReader(r *http.Request) {
	if s.Readers == nil || r.Method != http.MethodGet {
		return
	}
	name, isFeed := cutFormat(r.URL.Path)
	if !isFeed {
		name, isFeed = strings.CutPrefix(r.URL.Path, "/digests/")
		name, _, _ = strings.Cut(name, ".")
		name = digestFeed + name
	}
	if isFeed {
		s.Readers.Count(name, r.UserAgent(), clientPrefix(r, s.TrustedProxies, 32, 64))
	}
}

// serveChosen serves a feed that a reader put together, and counts who got one: all under
// one name.
func (s *site) serveChosen(w http.ResponseWriter, r *http.Request) {
	said := &statusRecorder{w, http.StatusOK}
	s.Feeds.ServeHTTP(said, r)
	if said.status == http.StatusOK || said.status == http.StatusNotModified {
		s.countReader(r)
	}
}

// statusRecorder remembers the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
