package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"bantin"
	"bantin/mailer"
)

// holder is who opens a link that came by mail, and what the link is good for.
type holder struct {
	key    string // of the contact
	digest string // that the mail was of; "" with a fresh link
	title  string // of that digest
	fresh  bool   // the link was asked for within the hour: it may do all
}

// holder reads the token of a digest's mail, or a fresh link to her data.
func (s *site) holder(r *http.Request) (holder, error) {
	token := r.PathValue("token")
	key, err := s.Tokens.ParseLinkToken(mailer.PurposeAccount, token, s.Now())
	if !errors.Is(err, mailer.ErrInvalidToken) {
		return holder{key: key, fresh: true}, err
	}
	return s.leaver(r)
}

// leaver reads the token of a digest's mail: who leaves what. A digest that is
// gone from the configuration is still left by it.
func (s *site) leaver(r *http.Request) (holder, error) {
	titles, err := s.Store.Digests().Titles(r.Context())
	if err != nil {
		return holder{}, err
	}
	ids := slices.AppendSeq(slices.Collect(maps.Keys(titles)), maps.Keys(s.Renamed))
	key, digest, err := s.Tokens.ParseUnsubscribeToken(r.PathValue("token"), ids)
	if err != nil {
		return holder{}, err
	}
	if now, ok := s.Renamed[digest]; ok {
		digest = now
	}
	title := titles[digest]
	if title == "" {
		title = digest
	}
	return holder{key: key, digest: digest, title: title}, nil
}

// contact is who holds the link; errErased where nothing is kept of her.
func (s *site) contact(r *http.Request, h holder) (bantin.Contact, error) {
	c, err := s.Store.Contacts().ByKey(r.Context(), h.key)
	if errors.Is(err, bantin.ErrNotFound) {
		return c, fmt.Errorf("%w: %w", errErased, err)
	}
	return c, err
}

// getting gives which of the digests offered a contact gets now.
func (s *site) getting(r *http.Request, c *bantin.Contact) ([]string, error) {
	var list []string
	for _, d := range s.Digests {
		gets, err := s.gets(r, d.ID, c)
		if err != nil {
			return nil, err
		}
		if gets {
			list = append(list, d.ID)
		}
	}
	return list, nil
}

// gets is what she said of a digest; where she said nothing, whether she is in
// its audience.
func (s *site) gets(r *http.Request, digest string, c *bantin.Contact) (bool, error) {
	for _, sub := range c.Subscriptions {
		if sub.Digest == digest && sub.Status != bantin.SubscriptionPending {
			return sub.Status == bantin.SubscriptionActive, nil
		}
	}
	if s.Gets == nil {
		return false, nil
	}
	gets, err := s.Gets(r.Context(), digest, c.Email)
	if err != nil {
		return false, fmt.Errorf("ask who gets digest %q: %w", digest, err)
	}
	return gets, nil
}

// masked shows an address to whom it may have been forwarded: m•••@example.org.
func masked(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	for _, first := range local {
		return string(first) + "•••@" + domain
	}
	return "•••@" + domain
}
