package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"bantin"
	"bantin/mailer"
	"bantin/store"
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
	if page.status >= 500 {
		if !errors.Is(err, errNotReady) { // who asks whether it is ready is answered, and that is all
			s.Log.Error("request failed", "method", r.Method, "route", r.Pattern, "error", err)
		}
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := s.render(w, page.status, "message", page); err != nil {
		s.Log.Error("render the page of a failure", "error", err)
		http.Error(w, page.Title, page.status)
	}
}

// failure is the page for an error.
func (s *site) failure(r *http.Request, err error) *messagePage {
	withdrawn := (*withdrawnError)(nil)
	switch {
	case errors.As(err, &withdrawn):
		return s.withdrawn(r, withdrawn)
	case errors.Is(err, mailer.ErrBadToken):
		return s.badLink(r)
	case errors.Is(err, errErased):
		return s.erased(r)
	case errors.Is(err, errBadForm):
		return s.message(r, http.StatusBadRequest, s.language(r).Say("Biểu mẫu này không đọc được", "This form cannot be read"))
	case errors.Is(err, errCrossSite):
		return s.crossSite(r)
	case errors.Is(err, mailer.ErrExpired):
		return s.expired(r)
	case errors.Is(err, store.ErrTooOften):
		return s.tooOften(r)
	case errors.As(err, new(*http.MaxBytesError)):
		return s.tooLarge(r)
	case errors.Is(err, bantin.ErrNotFound):
		return s.notFound(r)
	case errors.Is(err, store.ErrLocked), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errNotReady):
		return s.busy(r)
	}
	return s.broken(r)
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
	errCrossSite = errors.New("the form is another site's")
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
