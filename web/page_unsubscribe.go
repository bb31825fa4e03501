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

// unsubscribePage asks whether the contact wants to unsubscribe, or reports that
// they have, or that they are subscribed again.
type unsubscribePage struct {
	page
	Digest string // its title
	Masked string // the masked address; "" for an erased contact
	Action string // where the button posts to
	Choose string // the preferences page
	Others bool   // the contact gets other digests too
	Done   bool   // unsubscribed
	All    bool   // from all digests
	Back   bool   // subscribed again
	Had    string // digests subscribed to before, separated by commas
	Return bool   // the link brings back who left
}

// unsubscribeForm serves GET /unsubscribe/{token}. It changes nothing: mail
// scanners open every link.
func (s *site) unsubscribeForm(w http.ResponseWriter, r *http.Request) error {
	s.setPrivateHeaders(w)
	owner, err := s.digestLinkOwner(r)
	if err != nil {
		return err
	}
	return s.renderUnsubscribe(w, r, owner, func(*unsubscribePage) {})
}

// unsubscribe serves POST /unsubscribe/{token}: the page's buttons, named by the
// field "do", and the one-click request of mail programs (RFC 8058 3.2). One-click
// takes effect at once, whatever the body holds, without cookie or redirect, and
// is idempotent.
func (s *site) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	s.setPrivateHeaders(w)
	owner, err := s.digestLinkOwner(r)
	if err != nil {
		return err
	}
	_ = r.ParseForm() // an unreadable body counts as one-click
	switch r.PostForm.Get("do") {
	case "leave":
		return s.unsubscribeByForm(w, r, owner, r.PostForm)
	case "return":
		return s.resubscribe(w, r, owner, r.PostForm)
	}
	err = s.Store.Contacts().Unsubscribe(r.Context(), owner.key, owner.digest, s.Now())
	if err != nil && !errors.Is(err, bantin.ErrNotFound) { // erased since: nothing is sent either way
		return fmt.Errorf("unsubscribe from digest %q: %w: %w", owner.digest, errTryAgain, err)
	}
	if err == nil {
		s.Log.Info("contact unsubscribed", "digest", owner.digest, "by", "one click")
	}
	return s.renderUnsubscribe(w, r, owner, func(p *unsubscribePage) { p.Done = true })
}

func (s *site) unsubscribeByForm(w http.ResponseWriter, r *http.Request, owner linkClaims, form url.Values) error {
	everything := form.Get("scope") == "all"
	about := store.NoticeAbout{Titles: []string{owner.title}, Expires: s.Now().Add(returnLinkTTL)}
	var all, had []string
	if everything {
		titles, err := s.Store.Digests().Titles(r.Context())
		if err != nil {
			return err
		}
		all = slices.Sorted(maps.Keys(titles))
		about.Titles = nil
		c, err := s.contact(r, owner)
		if err == nil {
			had, err = s.subscribedDigests(r, &c)
		}
		if err != nil && !errors.Is(err, errErased) {
			return err
		}
	}
	err := s.Store.Contacts().UnsubscribeOnPage(r.Context(), owner.key, owner.digest, all, about)
	if err != nil && !errors.Is(err, bantin.ErrNotFound) {
		return fmt.Errorf("unsubscribe from digest %q: %w: %w", owner.digest, errTryAgain, err)
	}
	s.Log.Info("contact unsubscribed", "digest", owner.digest, "by", "page", "all", everything)
	return s.renderUnsubscribe(w, r, owner, func(p *unsubscribePage) { p.Done, p.All, p.Had = true, everything, strings.Join(had, ",") })
}

// resubscribe undoes the unsubscription, by the link of the goodbye.
func (s *site) resubscribe(w http.ResponseWriter, r *http.Request, owner linkClaims, form url.Values) error {
	if !owner.back {
		return errNoWayBack
	}
	var had []string
	before := strings.Split(form.Get("had"), ",")
	for _, d := range s.Digests {
		if slices.Contains(before, d.ID) {
			had = append(had, d.ID)
		}
	}
	if err := s.Store.Contacts().Resubscribe(r.Context(), owner.key, owner.digest, had); err != nil {
		if errors.Is(err, bantin.ErrNotFound) {
			return fmt.Errorf("%w: %w", errErased, err)
		}
		return err
	}
	s.Log.Info("contact resubscribed", "digest", owner.digest)
	return s.renderUnsubscribe(w, r, owner, func(p *unsubscribePage) { p.Back = true })
}

func (s *site) renderUnsubscribe(w http.ResponseWriter, r *http.Request, owner linkClaims, say func(*unsubscribePage)) error {
	p := &unsubscribePage{page: s.newPage(r, "", owner.title), Digest: owner.title}
	p.Action = p.Href(r.URL.EscapedPath())
	p.Choose = p.Href("/preferences/" + url.PathEscape(r.PathValue("token")))
	p.Private, p.Return = true, owner.back
	c, err := s.contact(r, owner)
	switch {
	case err == nil:
		p.Masked = maskAddress(c.Email)
		isSubscribed, err := s.subscribedDigests(r, &c)
		if err != nil {
			return err
		}
		p.Others = slices.ContainsFunc(isSubscribed, func(id string) bool { return id != owner.digest })
	case !errors.Is(err, errErased):
		return err
	}
	say(p)
	return s.render(w, http.StatusOK, "unsubscribe", p)
}
