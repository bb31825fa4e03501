package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"bantin"
)

// unsubscribePage asks whether she wants to leave, or says that she has.
type unsubscribePage struct {
	page
	Digest string // its title
	Action string // where the button posts to
	Done   bool
}

// askToLeave serves GET /unsubscribe/{token}. It changes nothing: mail
// scanners open every link.
func (s *site) askToLeave(w http.ResponseWriter, r *http.Request) error {
	_, _, title, err := s.leaver(r)
	if err != nil {
		return err
	}
	return s.leavePage(w, r, title, false)
}

// leave serves POST /unsubscribe/{token}, the button's and the one-click of
// mail programs (RFC 8058 3.2): whatever the body says, at once, without a
// cookie or a redirect, and as often as one likes.
func (s *site) leave(w http.ResponseWriter, r *http.Request) error {
	contactKey, digest, title, err := s.leaver(r)
	if err != nil {
		return err
	}
	err = s.Store.Unsubscribe(r.Context(), contactKey, digest, s.Now())
	if err != nil && !errors.Is(err, bantin.ErrNotFound) { // erased since: she gets nothing either way
		return fmt.Errorf("leave digest %q: %w", digest, err)
	}
	return s.leavePage(w, r, title, true)
}

// leaver reads the token: who leaves what.
func (s *site) leaver(r *http.Request) (contactKey, digest, title string, err error) {
	titles, err := s.Store.DigestIDs(r.Context())
	if err != nil {
		return "", "", "", err
	}
	ids := slices.AppendSeq(slices.Collect(maps.Keys(titles)), maps.Keys(s.Renamed))
	contactKey, digest, err = s.Tokens.ParseUnsubscribe(r.PathValue("token"), ids)
	if err != nil {
		return "", "", "", err
	}
	if now, ok := s.Renamed[digest]; ok {
		digest = now
	}
	if title = titles[digest]; title == "" {
		title = digest
	}
	return contactKey, digest, title, nil
}

func (s *site) leavePage(w http.ResponseWriter, r *http.Request, title string, done bool) error {
	p := &unsubscribePage{page: s.newPage(r, "", title), Digest: title, Done: done}
	p.Action = p.Href(r.URL.EscapedPath())
	p.Private = true
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, http.StatusOK, "unsubscribe", p)
}
