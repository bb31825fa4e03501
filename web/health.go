package web

import (
	"fmt"
	"io"
	"net/http"
)

// healthy serves /healthz: the process answers.
func (s *site) healthy(w http.ResponseWriter, _ *http.Request) error { return plain(w, "ok\n") }

// ready serves /readyz: whether it can serve now; the cause is in the log.
func (s *site) ready(w http.ResponseWriter, r *http.Request) error {
	if err := s.Ready(r.Context()); err != nil {
		return fmt.Errorf("%w: %w", errNotReady, err)
	}
	return plain(w, "ready\n")
}

// robots serves /robots.txt: personal links are nobody's to index.
func (s *site) robots(w http.ResponseWriter, _ *http.Request) error {
	return plain(w, "User-agent: *\nDisallow: /unsubscribe/\nDisallow: /preferences/\nDisallow: /confirm/\n")
}

func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, text)
	return nil
}
