package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"bantin"
)

// routes is the site's table of contents. A GET route serves HEAD too; a known path
// with another method gets 405 with Allow.
func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.handle(s.home))
	mux.Handle("GET /bulletins/{id}", s.handle(s.bulletin))
	mux.Handle("GET /bulletins/{id}/event.ics", s.handle(s.eventOf))
	mux.Handle("GET /editions/{id}", s.handle(s.edition))
	mux.Handle("GET /editions/{id}/file", s.handle(s.editionFile))
	mux.Handle("GET /digests/{id}", s.handle(s.digest))
	mux.Handle("GET /feeds", s.handle(s.feeds))
	mux.Handle("GET /feeds.opml", s.Feeds)
	mux.Handle("GET /feeds/{id...}", http.HandlerFunc(s.feedRoute))
	mux.Handle("OPTIONS /feeds/", s.Feeds)
	mux.Handle("GET /subscribe", s.handle(s.subscribe))
	mux.Handle("POST /subscribe", s.handle(s.signUp))
	mux.Handle("GET /confirm/{token}", s.handle(s.confirmForm))
	mux.Handle("POST /confirm/{token}", s.handle(s.confirm))
	mux.Handle("GET /preferences/{token}", s.handle(s.preferences))
	mux.Handle("POST /preferences/{token}", s.handle(s.updatePreferences))
	mux.Handle("GET /unsubscribe/{token}", s.handle(s.unsubscribeForm))
	mux.Handle("POST /unsubscribe/{token}", s.handle(s.unsubscribe)) // open to other origins: mail programs post here (RFC 8058)
	mux.HandleFunc("POST /returns/{provider}", s.report)
	mux.Handle("GET /returns/{provider}", s.handle(s.notForPeople))
	mux.Handle("GET /images/{name}", s.handle(s.image))
	mux.Handle("GET /files/{name}", s.handle(s.document))
	mux.Handle("GET /static/{name}", s.handle(s.asset))
	mux.Handle("GET /favicon.ico", s.handle(s.favicon))
	mux.Handle("GET /events.ics", s.handle(s.calendar))
	mux.Handle("GET /events/{path...}", s.handle(s.calendar))
	mux.Handle("GET /robots.txt", s.handle(s.robots))
	mux.Handle("GET /sitemap.xml", s.handle(s.sitemap))
	mux.Handle("GET /sitemaps/{part}", s.handle(s.sitemapPart))
	for _, guess := range []string{"/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/feed.json"} {
		mux.Handle("GET "+guess, s.handle(s.guessedFeed))
	}
	mux.Handle("GET /healthz", s.handle(s.healthz))
	mux.Handle("GET /healthz/{challenge}", s.handle(s.proof))
	mux.Handle("GET /readyz", s.handle(s.ready))
	mux.Handle("GET /", s.handle(s.notFound))
	return s.serveFeedsFirst(s.rejectCrossSite(s.withMethodPage(mux)))
}

// withMethodPage answers a method that a path does not support with a page in the
// visitor's language. The mux supplies the Allow header (RFC 9110 15.5.6).
func (s *site) withMethodPage(mux *http.ServeMux) http.Handler {
	refuse := s.handle(func(http.ResponseWriter, *http.Request) error { return errMethod })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refusal, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		said := headerRecorder{}
		refusal.ServeHTTP(said, r)
		w.Header().Set("Allow", http.Header(said).Get("Allow"))
		refuse.ServeHTTP(w, r)
	})
}

// headerRecorder records the headers of a response and drops the rest.
type headerRecorder http.Header

func (h headerRecorder) Header() http.Header         { return http.Header(h) }
func (h headerRecorder) Write(p []byte) (int, error) { return len(p), nil }
func (h headerRecorder) WriteHeader(int)             {}

// notFound serves every path without a route. A known path with a trailing slash
// redirects to the path without it.
func (s *site) notFound(_ http.ResponseWriter, r *http.Request) error {
	if moved := s.withoutSlash(r); moved != nil {
		return moved
	}
	return fmt.Errorf("path %q: %w", r.URL.Path, bantin.ErrNotFound)
}

// withoutSlash redirects a path with a trailing slash; nil without one.
func (s *site) withoutSlash(r *http.Request) error {
	path := r.URL.EscapedPath()
	short := strings.TrimRight(path, "/")
	if short == path {
		return nil
	}
	if r.URL.RawQuery != "" {
		short += "?" + r.URL.RawQuery
	}
	return &movedError{to: s.path(short)}
}

// rejectCrossSite refuses forms posted from other sites, except for the one-click
// unsubscribe of mail programs (RFC 8058), which comes from anywhere.
func (s *site) rejectCrossSite(rest http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.AddInsecureBypassPattern("POST /unsubscribe/{token}")
	if u, err := url.Parse(s.Site.URL); err == nil && u.Host != "" {
		_ = protection.AddTrustedOrigin(u.Scheme + "://" + u.Host) // a proxy may hide the host that browsers see
	}
	protection.SetDenyHandler(s.handle(func(_ http.ResponseWriter, _ *http.Request) error { return errCrossSite }))
	return protection.Handler(rest)
}

// serveFeedsFirst serves feeds without a route lookup: polls are most of all
// requests, and each should cost as little as possible.
func (s *site) serveFeedsFirst(rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method == http.MethodGet || r.Method == http.MethodHead) && !isBrowser(r) {
			if d := s.Feeds.Get(r.URL.Path); d != nil {
				d.ServeHTTP(w, r)
				s.countReader(r)
				return
			}
		}
		rest.ServeHTTP(w, r)
	})
}
