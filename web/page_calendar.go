package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"bantin"
	"bantin/feed"
	"bantin/place"
)

// calendar serves /events.ics, and /events/{place}.ics, /events/cum/{id}.ics and
// /events/chu-de/{id}.ics: the events of bulletins, for programs that subscribe to them.
func (s *site) calendar(w http.ResponseWriter, r *http.Request) error {
	selection, name, err := s.calendarOf(r)
	if err != nil {
		return err
	}
	now := s.Now()
	lang := s.language(r)
	doc, err := s.overview.document(r.Context(), r.URL.Path+"?"+string(lang), bantin.DayOf(now.In(s.Site.Location)), func() (*feed.Document, error) {
		events := s.overview.eventsOf(s.Atlas.SelectTags(selection), now)
		modified := s.linked(events, lang)
		return feed.NewDocument(feed.Calendar(name, events), feed.CalendarType, modified), nil
	})
	if err != nil {
		return err
	}
	doc.ServeHTTP(w, r)
	return nil
}

// calendarOf gives the selection of the address and the calendar's name.
func (s *site) calendarOf(r *http.Request) (sel bantin.Selection, name string, err error) {
	lang := s.language(r)
	name = lang.Say("Sự kiện", "Events")
	path, ics := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/events"), ".ics")
	notFound := fmt.Errorf("calendar %q: %w", r.URL.Path, bantin.ErrNotFound)
	switch {
	case !ics:
		return sel, "", notFound
	case path == "":
		return sel, name + " – " + s.Site.Title, nil
	}
	if id, ok := strings.CutPrefix(path, "/cum/"); ok {
		if _, known := s.Atlas.Cluster(id); !known {
			return sel, "", notFound
		}
		return bantin.Selection{Clusters: []string{id}}, name + " – " + s.clusterName(id), nil
	}
	if id, ok := strings.CutPrefix(path, "/chu-de/"); ok {
		if _, known := s.Atlas.Topic(id); !known {
			return sel, "", notFound
		}
		return bantin.Selection{Topics: []string{id}}, name + " – " + s.Atlas.TopicName(id), nil
	}
	slug, known := place.Lookup(strings.TrimPrefix(path, "/"))
	if !known {
		return sel, "", notFound
	}
	return bantin.Selection{Places: []string{slug}}, name + " – " + place.Name(slug, lang), nil
}

// eventOf serves /bulletins/{id}/event.ics: one event, to be put into a calendar.
func (s *site) eventOf(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Store.Bulletins().Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !b.Publishable() || b.Event == nil || !isDay(b.Event.Date) {
		return fmt.Errorf("event of %q: %w", b.ID, bantin.ErrNotFound)
	}
	e := calendarEvent(&b, s.Site.Location)
	events := []feed.CalendarEvent{e}
	modified := s.linked(events, s.language(r))
	feed.NewDocument(feed.Calendar(title(&b), events), feed.CalendarType, modified).ServeHTTP(w, r)
	return nil
}

// eventPath is where a bulletin's event is served.
func eventPath(id string) string { return "/bulletins/" + url.PathEscape(id) + "/event.ics" }
