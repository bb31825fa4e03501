package web

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"

	"bantin"
)

// healthz serves /healthz: the process is alive.
func (s *site) healthz(w http.ResponseWriter, _ *http.Request) error { return plain(w, "ok\n") }

// proof serves /healthz/{challenge}: it proves to `bantin doctor` that an address leads to
// this installation.
func (s *site) proof(w http.ResponseWriter, r *http.Request) error {
	challenge := r.PathValue("challenge")
	if !isChallenge(challenge) {
		return fmt.Errorf("challenge %q: %w", challenge, bantin.ErrNotFound)
	}
	mark, err := s.Store.Mark(r.Context())
	if err != nil {
		return err
	}
	if mark == "" {
		return fmt.Errorf("no examination has begun: %w", bantin.ErrNotFound)
	}
	return plain(w, s.Tokens.ProveInstallation(challenge, mark)+"\n")
}

// isChallenge reports whether a text is 32 hexadecimal digits.
func isChallenge(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == 16
}

// ready serves /readyz: 503 while the program cannot serve; with ?write also while it can
// store nothing. The cause is logged where readiness is checked.
func (s *site) ready(w http.ResponseWriter, r *http.Request) error {
	if err := s.Ready(r.Context()); err != nil {
		return fmt.Errorf("%w: %w", errNotReady, err)
	}
	if !r.URL.Query().Has("write") {
		return plain(w, "ready\n")
	}
	if err := s.Writable(r.Context()); err != nil {
		return fmt.Errorf("%w: %w", errNotReady, err)
	}
	return plain(w, "ready to write\n")
}

// robots serves /robots.txt, which keeps personal links out of search engines and names
// the site map.
func (s *site) robots(w http.ResponseWriter, _ *http.Request) error {
	return plain(w, "User-agent: *\nDisallow: /unsubscribe/\nDisallow: /preferences/\nDisallow: /confirm/\nDisallow: /office\nSitemap: "+s.Site.Link("/sitemap.xml")+"\n")
}

func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, text)
	return nil
}
