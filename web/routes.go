package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"bantin"
)

// routes is the site's table of contents. A GET route answers HEAD too; a path
// that is here under another method is 405 with Allow.
func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.handle(s.home))
	mux.Handle("GET /bulletins/{id}", s.handle(s.bulletin))
	mux.Handle("GET /editions/{id}", s.handle(s.edition))
	mux.Handle("GET /digests/{id}", s.handle(s.digest))
	mux.Handle("GET /feeds", s.handle(s.feeds))
	mux.Handle("GET /feeds.opml", s.Feeds)
	mux.Handle("GET /feeds/{id...}", http.HandlerFunc(s.feedRoute))
	mux.Handle("OPTIONS /feeds/", s.Feeds)
	mux.Handle("GET /subscribe", s.handle(s.subscribe))
	mux.Handle("POST /subscribe", s.handle(s.signUp))
	mux.Handle("GET /confirm/{token}", s.handle(s.askToConfirm))
	mux.Handle("POST /confirm/{token}", s.handle(s.confirm))
	mux.Handle("GET /preferences/{token}", s.handle(s.preferences))
	mux.Handle("POST /preferences/{token}", s.handle(s.prefer))
	mux.Handle("GET /unsubscribe/{token}", s.handle(s.askToLeave))
	mux.Handle("POST /unsubscribe/{token}", s.handle(s.leave)) // open to other origins: mail programs post here (RFC 8058)
	mux.Handle("GET /images/{name}", s.handle(s.image))
	mux.Handle("GET /files/{name}", s.handle(s.document))
	mux.Handle("GET /static/{name}", s.handle(s.asset))
	mux.Handle("GET /favicon.ico", s.handle(s.favicon))
	mux.Handle("GET /robots.txt", s.handle(s.robots))
	mux.Handle("GET /healthz", s.handle(s.healthy))
	mux.Handle("GET /readyz", s.handle(s.ready))
	mux.Handle("GET /", s.handle(s.nothing))
	return s.pollsFirst(s.ownForms(s.allowed(mux)))
}

// allowed gives who asks for a page under a method that it does not have a page
// too, in her language; the mux knows the others, for Allow (RFC 9110 15.5.6).
func (s *site) allowed(mux *http.ServeMux) http.Handler {
	refuse := s.handle(func(http.ResponseWriter, *http.Request) error { return errMethod })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refusal, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		said := headers{}
		refusal.ServeHTTP(said, r)
		w.Header().Set("Allow", http.Header(said).Get("Allow"))
		refuse.ServeHTTP(w, r)
	})
}

// headers keeps those of an answer and nothing else.
type headers http.Header

func (h headers) Header() http.Header         { return http.Header(h) }
func (h headers) Write(p []byte) (int, error) { return len(p), nil }
func (h headers) WriteHeader(int)             {}

// nothing serves every path that is not in the table of contents; one that is
// but for the slash at its end leads there.
func (s *site) nothing(_ http.ResponseWriter, r *http.Request) error {
	if moved := s.withoutSlash(r); moved != nil {
		return moved
	}
	return fmt.Errorf("path %q: %w", r.URL.Path, bantin.ErrNotFound)
}

// withoutSlash is where a path with a slash at its end leads; nil without one.
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

// ownForms refuses what another site has a visitor's browser post, but for the
// one click of mail programs (RFC 8058), which come from anywhere.
func (s *site) ownForms(rest http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.AddInsecureBypassPattern("POST /unsubscribe/{token}")
	if u, err := url.Parse(s.Site.URL); err == nil && u.Host != "" {
		_ = protection.AddTrustedOrigin(u.Scheme + "://" + u.Host) // a proxy may hide the host that browsers see
	}
	protection.SetDenyHandler(s.handle(func(_ http.ResponseWriter, _ *http.Request) error { return errCrossSite }))
	return protection.Handler(rest)
}

// pollsFirst answers for feeds without the search for a route: polls are most
// of all requests, and each as short as possible.
func (s *site) pollsFirst(rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method == http.MethodGet || r.Method == http.MethodHead) && !isVisit(r) {
			if d := s.Feeds.Get(r.URL.Path); d != nil {
				d.ServeHTTP(w, r)
				return
			}
		}
		rest.ServeHTTP(w, r)
	})
}
