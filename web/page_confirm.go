package web

import (
	"errors"
	"fmt"
	"net/http"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// confirmPage has one button, or reports that the confirmation is done.
type confirmPage struct {
	page
	Move   bool // confirms a new address instead of a sign-up
	Done   bool
	Titles []string // of the digests subscribed to
	Begun  []offer  // the same after confirmation
	Action string   // where the button posts to
	Choose string   // the preferences page after confirmation; "" without
}

// parseConfirmToken reads the token of a sign-up or, with move, of a new address.
func (s *site) parseConfirmToken(r *http.Request) (nonce string, move bool, err error) {
	token := r.PathValue("token")
	if nonce, err = s.Tokens.ParseLinkToken(mailer.PurposeChangeAddress, token, s.Now()); !errors.Is(err, mailer.ErrInvalidToken) {
		return nonce, true, err
	}
	nonce, err = s.Tokens.ParseLinkToken(mailer.PurposeConfirm, token, s.Now())
	return nonce, false, err
}

// confirmForm serves GET /confirm/{token}. It changes nothing: mail scanners open
// every link, and some run scripts.
func (s *site) confirmForm(w http.ResponseWriter, r *http.Request) error {
	s.setPrivateHeaders(w)
	nonce, move, err := s.parseConfirmToken(r)
	if err != nil {
		return err
	}
	p := s.confirmPage(r, move)
	if move {
		p.Done, err = s.Store.Contacts().AddressChanged(r.Context(), nonce)
	} else {
		var digests []string
		if digests, p.Done, err = s.Store.Contacts().SignUpState(r.Context(), nonce); err == nil && p.Done {
			p.Begun, err = s.offers(r, &p.page, digests)
		}
		p.Titles = s.titles(digests)
	}
	if err != nil {
		return expiredIfNotFound(err)
	}
	p.Bare = !p.Done
	return s.render(w, http.StatusOK, "confirm", p)
}

// confirm serves POST /confirm/{token}. It is idempotent.
func (s *site) confirm(w http.ResponseWriter, r *http.Request) error {
	s.setPrivateHeaders(w)
	nonce, move, err := s.parseConfirmToken(r)
	if err != nil {
		return err
	}
	p := s.confirmPage(r, move)
	p.Done = true
	if move {
		if err := s.Store.Contacts().ChangeAddress(r.Context(), nonce, s.Tokens.ErasedKey()); err != nil {
			return expiredIfNotFound(err)
		}
		return s.render(w, http.StatusOK, "confirm", p)
	}
	done, err := s.Store.Contacts().ConfirmSignUp(r.Context(), nonce, s.Tokens.ErasedKey(), s.welcome(r))
	if err != nil {
		return expiredIfNotFound(err)
	}
	if p.Begun, err = s.offers(r, &p.page, done.Digests); err != nil {
		return err
	}
	if done.ContactKey != "" && len(done.Digests) > 0 {
		token, err := s.Tokens.UnsubscribeToken(done.ContactKey, done.Digests[0])
		if err != nil {
			return fmt.Errorf("make preferences link: %w", err)
		}
		p.Choose = p.Href("/preferences/" + token)
	}
	s.Log.Info("sign-up confirmed", "digests", done.Digests)
	return s.render(w, http.StatusOK, "confirm", p)
}

// welcome is the mail of a confirmed sign-up. It counts as that which asked to confirm it.
func (s *site) welcome(r *http.Request) store.Welcome {
	w := store.Welcome{Limits: func(address string) store.RequestLimits { return s.strangerLimits(r, address) }}
	for _, d := range s.Digests {
		if !d.Welcome {
			continue
		}
		begins := store.WelcomeDigest{ID: d.ID, Title: d.Title}
		if d.Next != nil {
			begins.Next = d.Next(s.Now())
		}
		w.Digests = append(w.Digests, begins)
	}
	return w
}

func (s *site) confirmPage(r *http.Request, move bool) *confirmPage {
	p := &confirmPage{page: s.newPage(r, "subscribe", ""), Move: move}
	p.Title = p.Say("Xác nhận", "Confirm")
	p.Private = true
	p.Action = p.Href(r.URL.EscapedPath())
	return p
}

// titles returns the titles of offered digests.
func (s *site) titles(ids []string) []string {
	var list []string
	for _, id := range ids {
		for _, d := range s.Digests {
			if d.ID == id {
				list = append(list, d.Title)
			}
		}
	}
	return list
}

// expiredIfNotFound reports a signed link whose request is no longer kept as
// expired: it was valid once.
func expiredIfNotFound(err error) error {
	if errors.Is(err, bantin.ErrNotFound) {
		return fmt.Errorf("%w: %w", mailer.ErrExpiredToken, err)
	}
	return err
}
