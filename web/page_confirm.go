package web

import (
	"errors"
	"fmt"
	"net/http"

	"bantin"
	"bantin/mailer"
)

// confirmPage has one button, or says that it was pressed.
type confirmPage struct {
	page
	Move   bool // it is about a new address
	Done   bool
	Titles []string // of the digests she gets
	Action string   // where the button posts to
	Choose string   // the page of her choices, once she is known; "" without
}

// confirming reads the token: a sign-up or, with move, a new address.
func (s *site) confirming(r *http.Request) (nonce string, move bool, err error) {
	token := r.PathValue("token")
	if nonce, err = s.Tokens.ParseLinkToken(mailer.PurposeChangeAddress, token, s.Now()); !errors.Is(err, mailer.ErrInvalidToken) {
		return nonce, true, err
	}
	nonce, err = s.Tokens.ParseLinkToken(mailer.PurposeConfirm, token, s.Now())
	return nonce, false, err
}

// askToConfirm serves GET /confirm/{token}. It changes nothing: scanners of
// mail open every link, and some run what scripts they find there.
func (s *site) askToConfirm(w http.ResponseWriter, r *http.Request) error {
	s.secret(w)
	nonce, move, err := s.confirming(r)
	if err != nil {
		return err
	}
	p := s.confirmPage(r, move)
	if move {
		p.Done, err = s.Store.Contacts().AddressChanged(r.Context(), nonce)
	} else {
		var digests []string
		digests, p.Done, err = s.Store.Contacts().SignUpState(r.Context(), nonce)
		p.Titles = s.titles(digests)
	}
	if err != nil {
		return gone(err)
	}
	p.Bare = !p.Done
	return s.render(w, http.StatusOK, "confirm", p)
}

// confirm serves POST /confirm/{token}; the second time changes nothing.
func (s *site) confirm(w http.ResponseWriter, r *http.Request) error {
	s.secret(w)
	nonce, move, err := s.confirming(r)
	if err != nil {
		return err
	}
	p := s.confirmPage(r, move)
	p.Done = true
	if move {
		if err := s.Store.Contacts().ChangeAddress(r.Context(), nonce, s.Tokens.ErasedKey()); err != nil {
			return gone(err)
		}
		return s.render(w, http.StatusOK, "confirm", p)
	}
	done, err := s.Store.Contacts().ConfirmSignUp(r.Context(), nonce, s.Tokens.ErasedKey())
	if err != nil {
		return gone(err)
	}
	p.Titles = s.titles(done.Digests)
	if done.ContactKey != "" && len(done.Digests) > 0 {
		token, err := s.Tokens.UnsubscribeToken(done.ContactKey, done.Digests[0])
		if err != nil {
			return fmt.Errorf("link to choices: %w", err)
		}
		p.Choose = p.Href("/preferences/" + token)
	}
	s.Log.Info("a sign-up was confirmed", "digests", done.Digests)
	return s.render(w, http.StatusOK, "confirm", p)
}

func (s *site) confirmPage(r *http.Request, move bool) *confirmPage {
	p := &confirmPage{page: s.newPage(r, "subscribe", ""), Move: move}
	p.Title = p.Say("Xác nhận", "Confirm")
	p.Private = true
	p.Action = p.Href(r.URL.EscapedPath())
	return p
}

// titles names digests that are offered.
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

// gone says of a link whose request is kept no longer that it has expired: it
// was signed by us, so it was good once.
func gone(err error) error {
	if errors.Is(err, bantin.ErrNotFound) {
		return fmt.Errorf("%w: %w", mailer.ErrExpiredToken, err)
	}
	return err
}
