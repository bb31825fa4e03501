package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/place"
	"bantin/store"
)

// confirmLives is how long a sign-up waits for its confirmation.
const confirmLives = 7 * 24 * time.Hour

// How often the form is taken from one network in an hour and for one mailbox
// in a day: an office at one address signs up, and nobody is buried in mail.
const (
	mostOfNetwork = 20
	mostOfMailbox = 3
)

// signUp serves POST /subscribe. The answer is the same, and as much is done
// for it, whether the address is known or not.
func (s *site) signUp(w http.ResponseWriter, r *http.Request) error {
	form, err := s.form(r)
	if err != nil {
		return err
	}
	asked, digests := s.asked(form)
	p := s.subscribePage(r, &asked, digests)
	p.Problems = signUpProblems(p.Language, &asked, digests)
	if len(p.Problems) > 0 {
		w.Header().Set("Cache-Control", "no-store")
		return s.render(w, http.StatusUnprocessableEntity, "subscribe", p)
	}
	if form.Get(honeypot) == "" { // a person does not see that field
		if err := s.Store.Contacts().RequestSignUp(r.Context(), s.request(&asked, digests), s.ofNetwork(r), s.ofMailbox(asked.Email)); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.path(p.Href("/subscribe?sent=1")), http.StatusSeeOther)
	return nil
}

// honeypot is a field that programs fill in and people do not see.
const honeypot = "website"

// form reads what was posted; what is too large is an *http.MaxBytesError.
func (s *site) form(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		tooLarge := (*http.MaxBytesError)(nil)
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, fmt.Errorf("read form: %w", errBadForm)
	}
	return r.PostForm, nil
}

// asked reads the form into what she wants to be known of her.
func (s *site) asked(form url.Values) (c bantin.Contact, digests []string) {
	c = bantin.Contact{
		Email: strings.TrimSpace(form.Get("email")), Name: strings.Join(strings.Fields(form.Get("name")), " "),
		Language: bantin.Language(form.Get("language")), Level: bantin.Level(form.Get("level")),
	}
	if slug, ok := place.Lookup(form.Get("place")); ok {
		c.Place = slug
	}
	c.Reads = readPlaces(form["reads"])
	if !slices.Contains(bantin.Levels(), c.Level) {
		c.Level = ""
	}
	if !c.Language.Known() {
		c.Language = s.Site.Language
	}
	for _, d := range s.Digests {
		if slices.Contains(form["digest"], d.ID) {
			digests = append(digests, d.ID)
		}
	}
	return c, digests
}

// readPlaces keeps of the places somebody sent those that there are, each once.
func readPlaces(values []string) []string {
	var list []string
	for _, v := range values {
		if slug, ok := place.Lookup(v); ok && !slices.Contains(list, slug) && len(list) < place.MostChosen {
			list = append(list, slug)
		}
	}
	slices.Sort(list)
	return list
}

func (s *site) request(c *bantin.Contact, digests []string) store.SignUp {
	out := store.SignUp{Nonce: newNonce(), Contact: *c, Digests: digests, Expires: s.Now().Add(confirmLives)}
	for _, d := range s.Digests {
		if slices.Contains(digests, d.ID) {
			out.Titles = append(out.Titles, d.Title)
		}
	}
	return out
}

// newNonce is 128 random bits, as links carry them.
func newNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

func (s *site) ofNetwork(r *http.Request) store.RequestLimit {
	return store.RequestLimit{Key: s.Tokens.RateLimitKey("network", s.network(r)), Max: mostOfNetwork, Window: time.Hour}
}

func (s *site) ofMailbox(address string) store.RequestLimit {
	return store.RequestLimit{Key: s.Tokens.RateLimitKey("mailbox", mailboxOf(address)), Max: mostOfMailbox, Window: 24 * time.Hour}
}
