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

// confirmTTL is how long a sign-up waits for its confirmation.
const confirmTTL = 7 * 24 * time.Hour

// signUp serves POST /subscribe. The response and the work are the same whether
// the address is known or not.
func (s *site) signUp(w http.ResponseWriter, r *http.Request) error {
	form, err := s.form(r)
	if err != nil {
		return err
	}
	requested, digests := s.requested(form)
	p := s.subscribePage(r, &requested, digests)
	p.Problems = signUpProblems(p.Language, &requested, digests)
	if len(p.Problems) > 0 {
		w.Header().Set("Cache-Control", "no-store")
		return s.render(w, http.StatusUnprocessableEntity, "subscribe", p)
	}
	if form.Get(honeypot) == "" { // a person does not see that field
		if err := s.Store.Contacts().RequestSignUp(r.Context(), s.request(&requested, digests), s.strangerLimits(r, requested.Email)); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.path(p.Href("/subscribe?sent=1")), http.StatusSeeOther)
	return nil
}

// honeypot is a field that bots fill in and people do not see.
const honeypot = "website"

// form parses a posted form; one that is too large is an *http.MaxBytesError.
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

// requested reads the form into the contact and the digests to subscribe to.
func (s *site) requested(form url.Values) (c bantin.Contact, digests []string) {
	c = bantin.Contact{
		Email: strings.TrimSpace(form.Get("email")), Name: strings.Join(strings.Fields(form.Get("name")), " "),
		Language: bantin.Language(form.Get("language")), Level: bantin.Level(form.Get("level")),
	}
	if slug, ok := place.Lookup(form.Get("place")); ok {
		c.Place = slug
	}
	c.Reads, c.Topics = readPlaces(form["reads"]), s.readTopics(form["topics"])
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

// readPlaces keeps the known places of a form, each once.
func readPlaces(values []string) []string {
	var list []string
	for _, v := range values {
		if slug, ok := place.Lookup(v); ok && !slices.Contains(list, slug) && len(list) < place.MaxChosen {
			list = append(list, slug)
		}
	}
	slices.Sort(list)
	return list
}

func (s *site) request(c *bantin.Contact, digests []string) store.SignUp {
	out := store.SignUp{Nonce: newNonce(), Contact: *c, Digests: digests, Expires: s.Now().Add(confirmTTL)}
	for _, d := range s.Digests {
		if slices.Contains(digests, d.ID) {
			out.Titles = append(out.Titles, d.Title)
		}
	}
	return out
}

// newNonce is 128 random bits in hexadecimal, as links carry them.
func newNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}
