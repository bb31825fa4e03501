package web

import (
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

// maxPause limits how long a contact may pause.
const maxPause = 2 * 366 * 24 * time.Hour

// updatePreferences serves POST /preferences/{token}.
func (s *site) updatePreferences(w http.ResponseWriter, r *http.Request) error {
	s.setPrivateHeaders(w)
	owner, err := s.linkOwner(r)
	if err != nil {
		return err
	}
	form, err := s.form(r)
	if err != nil {
		return err
	}
	c, err := s.contact(r, owner)
	if err != nil {
		return err
	}
	switch do := form.Get("do"); {
	case do == "save":
		return s.savePreferences(w, r, owner, &c, form)
	case do == "return":
		return s.returnByGoodbye(w, r, owner)
	case do == "link":
		return s.requestAccountLink(w, r, owner)
	case do == "data" && owner.fresh:
		return s.exportData(w, r, &c)
	case do == "move" && owner.fresh:
		return s.requestAddressChange(w, r, owner, &c, form)
	case do == "erase" && owner.fresh:
		return s.erase(w, r, owner, &c, form)
	}
	return fmt.Errorf("%w: the link does not allow this action", errBadForm)
}

func (s *site) savePreferences(w http.ResponseWriter, r *http.Request, owner linkClaims, c *bantin.Contact, form url.Values) error {
	ch := s.choices(form, c)
	done := "saved"
	if !owner.back {
		asked := len(ch.Subscribe)
		ch.Subscribe = slices.DeleteFunc(ch.Subscribe, func(digest string) bool { return hasLeft(c, digest) })
		if len(ch.Subscribe) < asked {
			done = "some"
		}
	}
	if text := form.Get("pause"); text != "" {
		day, err := parseDay(text)
		if now := s.Now().In(s.Site.Location); err != nil || day.In(s.Site.Location).After(now.Add(maxPause)) {
			lang := s.language(r)
			return s.renderProblem(w, r, owner, c, form, problem{"pause", lang.Say("Ngày nhận lại không đúng", "The date is not valid"),
				lang.Say("Viết như 15/1/2027, trong hai năm tới, hoặc để trống.", "Write it as 15/1/2027, within two years, or leave it empty.")})
		}
		ch.Paused = day
	}
	if err := s.Store.Contacts().SavePreferences(r.Context(), owner.key, ch); err != nil {
		return err
	}
	s.Log.Info("contact changed preferences", "joined", ch.Subscribe, "left", ch.Unsubscribe, "paused", !ch.Paused.IsZero())
	return s.redirectBack(w, r, done)
}

// returnByGoodbye undoes leaving the digest whose goodbye had the link.
func (s *site) returnByGoodbye(w http.ResponseWriter, r *http.Request, owner linkClaims) error {
	if !owner.back || owner.digest == "" {
		return errNoWayBack
	}
	if err := s.Store.Contacts().Resubscribe(r.Context(), owner.key, owner.digest, nil); err != nil {
		return err
	}
	s.Log.Info("contact resubscribed", "digest", owner.digest)
	return s.redirectBack(w, r, "back")
}

// choices compares the form with what the page showed: a page that was open for a
// long time undoes no change made since.
func (s *site) choices(form url.Values, c *bantin.Contact) store.Preferences {
	ch := store.Preferences{Language: bantin.Language(form.Get("language")), Reads: readPlaces(form["reads"]), Topics: s.readTopics(form["topics"])}
	if !ch.Language.Known() {
		ch.Language = c.Language
	}
	if slug, ok := place.Lookup(form.Get("place")); ok {
		ch.Place = slug
	}
	before := strings.Split(form.Get("had"), ",")
	for _, d := range s.Digests {
		wants, had := slices.Contains(form["digest"], d.ID), slices.Contains(before, d.ID)
		if wants && !had {
			ch.Subscribe = append(ch.Subscribe, d.ID)
		}
		if had && !wants {
			ch.Unsubscribe = append(ch.Unsubscribe, d.ID)
		}
	}
	return ch
}

// parseDay parses a day as a date field sends it, or as people write it where the
// browser has no date field.
func parseDay(text string) (bantin.Day, error) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse("2/1/2006", text); err == nil {
		return bantin.DayOf(t), nil
	}
	return bantin.ParseDay(text)
}

// renderProblem shows the page again with a problem, and with the other input
// unchanged.
func (s *site) renderProblem(w http.ResponseWriter, r *http.Request, owner linkClaims, c *bantin.Contact, form url.Values, what problem) error {
	p, err := s.preferencesPage(r, owner, c)
	if err != nil {
		return err
	}
	p.Problems = []problem{what}
	p.NewEmail = form.Get("email")
	if form.Get("do") == "save" {
		ch := s.choices(form, c)
		p.choose(s, &ch, form["digest"])
		p.markLeft(owner, c)
		p.Had = form.Get("had")
		if day, err := parseDay(form.Get("pause")); err == nil { // a date field shows nothing else
			p.Paused = day.String()
		}
	}
	return s.render(w, http.StatusUnprocessableEntity, "preferences", p)
}

// redirectBack redirects to the page, so that reloading it repeats nothing.
func (s *site) redirectBack(w http.ResponseWriter, r *http.Request, done string) error {
	u := url.URL{Path: r.URL.Path, RawQuery: "done=" + done}
	http.Redirect(w, r, s.path(withLanguage(&u, s.language(r), s.Site.Language)), http.StatusSeeOther)
	return nil
}
