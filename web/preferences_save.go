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

// longestPause bounds how long somebody is forgotten at her own wish.
const longestPause = 2 * 366 * 24 * time.Hour

// prefer serves POST /preferences/{token}.
func (s *site) prefer(w http.ResponseWriter, r *http.Request) error {
	s.secret(w)
	h, err := s.holder(r)
	if err != nil {
		return err
	}
	form, err := s.form(r)
	if err != nil {
		return err
	}
	c, err := s.contact(r, h)
	if err != nil {
		return err
	}
	switch do := form.Get("do"); {
	case do == "save":
		return s.savePreferences(w, r, h, &c, form)
	case do == "link":
		return s.askForLink(w, r, h)
	case do == "data" && h.fresh:
		return s.sendData(w, r, &c)
	case do == "move" && h.fresh:
		return s.askToMove(w, r, h, &c, form)
	case do == "erase" && h.fresh:
		return s.erase(w, r, h, &c, form)
	}
	return fmt.Errorf("%w: this link may not do that", errBadForm)
}

func (s *site) savePreferences(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, form url.Values) error {
	ch := s.choices(form, c)
	if text := form.Get("pause"); text != "" {
		day, err := parseDay(text)
		if now := s.Now().In(s.Site.Location); err != nil || day.In(s.Site.Location).After(now.Add(longestPause)) {
			lang := s.language(r)
			return s.mend(w, r, h, c, form, problem{"pause", lang.Say("Ngày nhận lại không đúng", "The day to go on is not right"),
				lang.Say("Viết như 15/1/2027, trong hai năm tới, hoặc để trống.", "Write it as 15/1/2027, within two years, or leave it empty.")})
		}
		ch.Paused = day
	}
	if err := s.Store.Contacts().SavePreferences(r.Context(), h.key, ch); err != nil {
		return err
	}
	s.Log.Info("somebody changed what she gets", "joined", ch.Subscribe, "left", ch.Unsubscribe, "paused", !ch.Paused.IsZero())
	return s.again(w, r, "saved")
}

// choices is what she chose, against what the page showed her: a page that
// was open for long undoes nothing that happened since.
func (s *site) choices(form url.Values, c *bantin.Contact) store.Preferences {
	ch := store.Preferences{Language: bantin.Language(form.Get("language")), Reads: readPlaces(form["reads"])}
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

// parseDay reads a day as the field sends it, or as people write it where
// their browser has no field for days.
func parseDay(text string) (bantin.Day, error) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse("2/1/2006", text); err == nil {
		return bantin.DayOf(t), nil
	}
	return bantin.ParseDay(text)
}

// mend shows the page again with what is to be mended, and all else as she
// left it.
func (s *site) mend(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, form url.Values, what problem) error {
	p, err := s.preferencesPage(r, h, c)
	if err != nil {
		return err
	}
	p.Problems = []problem{what}
	p.NewEmail = form.Get("email")
	if form.Get("do") == "save" {
		ch := s.choices(form, c)
		p.choose(s, &ch, form["digest"])
		p.Had = form.Get("had")
		if day, err := parseDay(form.Get("pause")); err == nil { // browsers show no other
			p.Paused = day.String()
		}
	}
	return s.render(w, http.StatusUnprocessableEntity, "preferences", p)
}

// again leads back to the page, so that reloading it repeats nothing.
func (s *site) again(w http.ResponseWriter, r *http.Request, done string) error {
	u := url.URL{Path: r.URL.Path, RawQuery: "done=" + done}
	http.Redirect(w, r, s.path(withLanguage(&u, s.language(r), s.Site.Language)), http.StatusSeeOther)
	return nil
}
