package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bantin"
	"bantin/store"
)

// unsubscribePage asks whether she wants to leave, or says that she has, or
// that she is back.
type unsubscribePage struct {
	page
	Digest string // its title
	Masked string // her address; "" where she was erased
	Action string // where the button posts to
	Choose string // the page of her preferences
	Others bool   // she gets other digests too
	Done   bool   // she has left
	All    bool   // and everything
	Back   bool   // she is back
	Had    string // what she got before she left everything, apart by commas
}

// askToLeave serves GET /unsubscribe/{token}. It changes nothing: mail
// scanners open every link.
func (s *site) askToLeave(w http.ResponseWriter, r *http.Request) error {
	s.secret(w)
	h, err := s.leaver(r)
	if err != nil {
		return err
	}
	return s.leavePage(w, r, h, func(*unsubscribePage) {})
}

// leave serves POST /unsubscribe/{token}: the button's, with what it shall do,
// and the one click of mail programs (RFC 8058 3.2), which leaves at once,
// whatever else the body says, without a cookie or a redirect, and as often as
// one likes.
func (s *site) leave(w http.ResponseWriter, r *http.Request) error {
	s.secret(w)
	h, err := s.leaver(r)
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a body that cannot be read is one click
	switch r.PostForm.Get("do") {
	case "leave":
		return s.leaveByButton(w, r, h, r.PostForm)
	case "return":
		return s.comeBack(w, r, h, r.PostForm)
	}
	err = s.Store.Contacts().Unsubscribe(r.Context(), h.key, h.digest, s.Now())
	if err != nil && !errors.Is(err, bantin.ErrNotFound) { // erased since: she gets nothing either way
		return fmt.Errorf("leave digest %q: %w", h.digest, err)
	}
	s.Log.Info("somebody left a digest", "digest", h.digest, "by", "one click")
	return s.leavePage(w, r, h, func(p *unsubscribePage) { p.Done = true })
}

func (s *site) leaveByButton(w http.ResponseWriter, r *http.Request, h holder, form url.Values) error {
	everything := form.Get("scope") == "all"
	about := store.NoticeAbout{Titles: []string{h.title}}
	var all, had []string
	if everything {
		titles, err := s.Store.Digests().Titles(r.Context())
		if err != nil {
			return err
		}
		all = slices.Sorted(maps.Keys(titles))
		about.Titles = nil
		c, err := s.contact(r, h)
		if err == nil {
			had, err = s.getting(r, &c)
		}
		if err != nil && !errors.Is(err, errErased) {
			return err
		}
	}
	err := s.Store.Contacts().UnsubscribeOnPage(r.Context(), h.key, h.digest, all, about)
	if err != nil && !errors.Is(err, bantin.ErrNotFound) {
		return fmt.Errorf("leave digest %q: %w", h.digest, err)
	}
	s.Log.Info("somebody left a digest", "digest", h.digest, "by", "page", "all", everything)
	return s.leavePage(w, r, h, func(p *unsubscribePage) { p.Done, p.All, p.Had = true, everything, strings.Join(had, ",") })
}

// comeBack undoes leaving, by the button that the page offers then.
func (s *site) comeBack(w http.ResponseWriter, r *http.Request, h holder, form url.Values) error {
	var had []string
	before := strings.Split(form.Get("had"), ",")
	for _, d := range s.Digests {
		if slices.Contains(before, d.ID) {
			had = append(had, d.ID)
		}
	}
	if err := s.Store.Contacts().Resubscribe(r.Context(), h.key, h.digest, had); err != nil {
		if errors.Is(err, bantin.ErrNotFound) {
			return fmt.Errorf("%w: %w", errErased, err)
		}
		return err
	}
	s.Log.Info("somebody came back", "digest", h.digest)
	return s.leavePage(w, r, h, func(p *unsubscribePage) { p.Back = true })
}

func (s *site) leavePage(w http.ResponseWriter, r *http.Request, h holder, say func(*unsubscribePage)) error {
	p := &unsubscribePage{page: s.newPage(r, "", h.title), Digest: h.title}
	p.Action = p.Href(r.URL.EscapedPath())
	p.Choose = p.Href("/preferences/" + url.PathEscape(r.PathValue("token")))
	p.Private = true
	c, err := s.contact(r, h)
	switch {
	case err == nil:
		p.Masked = masked(c.Email)
		gets, err := s.getting(r, &c)
		if err != nil {
			return err
		}
		p.Others = slices.ContainsFunc(gets, func(id string) bool { return id != h.digest })
	case !errors.Is(err, errErased):
		return err
	}
	say(p)
	return s.render(w, http.StatusOK, "unsubscribe", p)
}
