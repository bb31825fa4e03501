package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// handler answers a request or says what went wrong. It writes nothing before
// it knows that it can answer.
type handler func(http.ResponseWriter, *http.Request) error

// maxBody is what a request may bring, in bytes: one-click posts are 26.
const maxBody = 64 << 10

// csp allows our own style sheet and pictures, pictures of bulletins that
// stayed where they were, and nothing that runs.
const csp = "default-src 'self'; script-src 'none'; object-src 'none'; img-src 'self' https: http:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// handle makes a handler part of the site: headers that hold for all answers,
// a limit on the body, and an answer to every error.
func (s *site) handle(serve handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("Referrer-Policy", "same-origin") // links in mails carry tokens
		h.Set("X-Content-Type-Options", "nosniff")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := serve(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fail chooses status, page and log line. Only faults of ours are logged.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if moved := (*movedError)(nil); errors.As(err, &moved) {
		http.Redirect(w, r, moved.to, http.StatusMovedPermanently)
		return
	}
	if r.Context().Err() != nil {
		return // the visitor has gone
	}
	page := s.failure(r, err)
	switch {
	case page.status >= 500:
		if !errors.Is(err, errNotReady) { // who asks whether it is ready is answered, and that is all
			s.Log.Error("request failed", "method", r.Method, "route", r.Pattern, "error", err)
		}
		w.Header().Set("Retry-After", "60")
	case page.status == http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "3600")
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := s.render(w, page.status, "message", page); err != nil {
		s.Log.Error("render the page of a failure", "error", err)
		http.Error(w, page.Title, page.status)
	}
}

// movedError says that what was asked for lives at another path for good.
type movedError struct{ to string }

func (e *movedError) Error() string { return "moved to " + e.to }

// withdrawnError says that the bulletin was taken back.
type withdrawnError struct{ title string }

func (e *withdrawnError) Error() string { return fmt.Sprintf("bulletin %q is withdrawn", e.title) }

var (
	errNotReady  = errors.New("not ready")
	errErased    = errors.New("nothing is kept of the holder of this link")
	errBadForm   = errors.New("the form cannot be read")
	errTooLarge  = errors.New("the form is too large")
	errCrossSite = errors.New("the form is another site's")
	errMethod    = errors.New("the page has no such method")
)

// secret marks the answer to a link that only one person was sent: it is kept
// by no cache, found by no search engine, and its address goes to nobody. The
// policy "no-referrer" has browsers send "Origin: null" with forms too, which
// over plain http, where they say no more of themselves, looks cross-site;
// "same-origin" tells other sites as little.
func (s *site) secret(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if !strings.HasPrefix(s.Site.URL, "http:") {
		h.Set("Referrer-Policy", "no-referrer")
	}
}

// render writes a page once it is whole, so that a template that fails leaves
// no half of one.
func (s *site) render(w http.ResponseWriter, status int, name string, page any) error {
	var b bytes.Buffer
	if err := s.Templates.Page(name).Execute(&b, page); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, max-age=60")
	}
	h.Set("Content-Length", fmt.Sprint(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a visitor who went away is no fault of ours
	return nil
}
