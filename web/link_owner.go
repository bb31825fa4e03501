package web

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"bantin"
	"bantin/mailer"
)

// linkClaims is the contact to whom a link was mailed, and what the link allows.
type linkClaims struct {
	key    string // of the contact
	digest string // whose mail had the link; "" for a fresh link
	title  string // of that digest
	fresh  bool   // requested within the last hour: it allows everything
	back   bool   // mailed to this contact since they left: it brings them back
}

// linkOwner reads the token of a digest's mail, or of a fresh link to the contact's
// data.
func (s *site) linkOwner(r *http.Request) (linkClaims, error) {
	token := r.PathValue("token")
	key, err := s.Tokens.ParseLinkToken(mailer.PurposeAccount, token, s.Now())
	if !errors.Is(err, mailer.ErrInvalidToken) {
		return linkClaims{key: key, fresh: true, back: true}, err
	}
	return s.digestLinkOwner(r)
}

// digestLinkOwner reads the token of a digest's mail, or of a goodbye from it. It also
// works for a digest that has been removed from the configuration.
func (s *site) digestLinkOwner(r *http.Request) (linkClaims, error) {
	titles, err := s.Store.Digests().Titles(r.Context())
	if err != nil { // a mail program that asks to unsubscribe must come again
		return linkClaims{}, fmt.Errorf("%w: %w", errTryAgain, err)
	}
	ids := slices.AppendSeq(slices.Collect(maps.Keys(titles)), maps.Keys(s.RenamedDigests))
	key, digest, err := s.Tokens.ParseUnsubscribeToken(r.PathValue("token"), ids)
	back := false
	if err != nil {
		back = true
		key, digest, err = s.parseReturnToken(r.PathValue("token"), ids)
	}
	if err != nil {
		return linkClaims{}, err
	}
	if now, ok := s.RenamedDigests[digest]; ok {
		digest = now
	}
	title := titles[digest]
	title = cmp.Or(title, digest)
	return linkClaims{key: key, digest: digest, title: title, back: back}, nil
}

func (s *site) parseReturnToken(token string, digests []string) (key, digest string, err error) {
	err = mailer.ErrInvalidToken
	for _, id := range digests {
		key, err = s.Tokens.ParseLinkToken(mailer.PurposeReturn(id), token, s.Now())
		if !errors.Is(err, mailer.ErrInvalidToken) {
			return key, id, err
		}
	}
	return "", "", err
}

// hasLeft reports whether a contact left a digest. A digest's mail may have been forwarded:
// its link does not bring them back, the one in the goodbye does.
func hasLeft(c *bantin.Contact, digest string) bool {
	for _, sub := range c.Subscriptions {
		if sub.Digest == digest && sub.Status != bantin.SubscriptionPending {
			return sub.Status == bantin.SubscriptionUnsubscribed
		}
	}
	return c.LeftAll
}

// contact returns the owner of the link; errErased where no data is kept.
func (s *site) contact(r *http.Request, owner linkClaims) (bantin.Contact, error) {
	c, err := s.Store.Contacts().ByKey(r.Context(), owner.key)
	if errors.Is(err, bantin.ErrNotFound) {
		return c, fmt.Errorf("%w: %w", errErased, err)
	}
	return c, err
}

// subscribedDigests returns which of the offered digests a contact gets now.
func (s *site) subscribedDigests(r *http.Request, c *bantin.Contact) ([]string, error) {
	var list []string
	for _, d := range s.Digests {
		isSubscribed, err := s.isSubscribed(r, d.ID, c)
		if err != nil {
			return nil, err
		}
		if isSubscribed {
			list = append(list, d.ID)
		}
	}
	return list, nil
}

// isSubscribed is the contact's own choice about a digest; without one, whether
// they belong to its audience.
func (s *site) isSubscribed(r *http.Request, digest string, c *bantin.Contact) (bool, error) {
	for _, sub := range c.Subscriptions {
		if sub.Digest == digest && sub.Status != bantin.SubscriptionPending {
			return sub.Status == bantin.SubscriptionActive, nil
		}
	}
	if s.InAudience == nil {
		return false, nil
	}
	isSubscribed, err := s.InAudience(r.Context(), digest, c.Email)
	if err != nil {
		return false, fmt.Errorf("look up audience of digest %q: %w", digest, err)
	}
	return isSubscribed, nil
}

// maskAddress hides an address from those a mail may have been forwarded to:
// m•••@example.org.
func maskAddress(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	for _, first := range local {
		return string(first) + "•••@" + domain
	}
	return "•••@" + domain
}
