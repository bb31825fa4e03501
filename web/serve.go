package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// handler answers a request or returns an error. It writes nothing before it knows
// that it can answer.
type handler func(http.ResponseWriter, *http.Request) error

// maxBody limits the body of a request in bytes; one-click posts have 26.
const maxBody = 64 << 10

// csp allows our own style sheet and images, and no scripts. Nothing that a reader
// opens asks another host.
const csp = "default-src 'self'; script-src 'none'; object-src 'none'; img-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// handle wraps a handler: it sets the headers common to all responses, limits the
// body, and answers errors.
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

// fail chooses status, page and log line for an error. Only server errors are
// logged.
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
		if !errors.Is(err, errNotReady) { // the probe's answer says it already
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

// movedError redirects permanently to another path.
type movedError struct{ to string }

func (e *movedError) Error() string { return "moved to " + e.to }

// withdrawnError means that the bulletin was withdrawn.
type withdrawnError struct{ title string }

func (e *withdrawnError) Error() string { return fmt.Sprintf("bulletin %q is withdrawn", e.title) }

var (
	errNotReady  = errors.New("not ready")
	errTryAgain  = errors.New("temporary failure, the request must be repeated")
	errErased    = errors.New("the contact of this link was erased")
	errBadForm   = errors.New("the form cannot be read")
	errNoWayBack = errors.New("the link does not bring back a contact who left")
	errTooLarge  = errors.New("the form is too large")
	errCrossSite = errors.New("the form comes from another site")
	errMethod    = errors.New("method not allowed")
)

// setPrivateHeaders marks the response to a link that was sent to one person: no
// cache keeps it, no search engine indexes it, and its URL is sent to no other
// site. With "no-referrer" browsers send "Origin: null" with forms too, which over
// plain http, without Sec-Fetch-Site, looks cross-site; "same-origin" reveals no
// more to other sites.
func (s *site) setPrivateHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if !strings.HasPrefix(s.Site.URL, "http:") {
		h.Set("Referrer-Policy", "no-referrer")
	}
}

// render buffers a page before it writes it, so that a template that fails leaves
// no half page.
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
	_, _ = w.Write(b.Bytes()) // the visitor may have gone
	return nil
}
