package web

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// overview is what the site map and the calendars need of all bulletins: where they are,
// when they changed, and the events among them. It is read once and then follows the
// change numbers, so that a request costs a look at a counter. It is safe for concurrent
// use.
type overview struct {
	store *store.DB
	atlas tagger
	zone  *time.Location // in which bulletins name hours

	mu      sync.Mutex
	change  int64
	history int64                 // change of the history that is read
	pages   map[string]time.Time  // of news: when it changed, by id
	old     map[string]time.Time  // the same of history
	events  map[string]knownEvent // by id
	made    map[string]madeDocument
}

// tagger gives the tags of a bulletin.
type tagger interface {
	Tags(b *bantin.Bulletin) []string
}

type knownEvent struct {
	feed.CalendarEvent
	tags []string
}

// madeDocument is a document, and what it was made from.
type madeDocument struct {
	change, history int64
	day             bantin.Day
	doc             *feed.Document
}

func newOverview(db *store.DB, atlas tagger, zone *time.Location) *overview {
	return &overview{store: db, atlas: atlas, zone: zone, pages: map[string]time.Time{}, old: map[string]time.Time{}, events: map[string]knownEvent{}, made: map[string]madeDocument{}}
}

// overviewBatch is how many bulletins are read at once.
const overviewBatch = 500

// document gives the document of this name, made again where a bulletin changed or a day
// passed since it was made.
func (o *overview) document(ctx context.Context, name string, today bantin.Day, render func() (*feed.Document, error)) (*feed.Document, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.follow(ctx); err != nil {
		return nil, err
	}
	if m, ok := o.made[name]; ok && m.change == o.change && m.history == o.history && m.day == today {
		return m.doc, nil
	}
	doc, err := render()
	if err != nil {
		return nil, err
	}
	o.made[name] = madeDocument{o.change, o.history, today, doc}
	return doc, nil
}

// follow reads what changed.
func (o *overview) follow(ctx context.Context) error {
	for {
		list, err := o.store.Bulletins().Changes(ctx, o.change, overviewBatch)
		if err != nil {
			return err
		}
		for i := range list {
			if err := o.take(ctx, &list[i]); err != nil {
				return err
			}
			o.change = list[i].Change
		}
		if len(list) < overviewBatch {
			return o.followHistory(ctx)
		}
	}
}

// followHistory reads all history where any of it changed, which is rare.
func (o *overview) followHistory(ctx context.Context) error {
	last, err := o.store.History().LastChange(ctx)
	if err != nil || last == o.history {
		return err
	}
	old := map[string]time.Time{}
	for before := int64(0); ; {
		list, err := o.store.History().ByChange(ctx, before, overviewBatch)
		if err != nil {
			return err
		}
		for i := range list {
			old[list[i].ID], before = list[i].ChangedAt, list[i].Change
		}
		if len(list) < overviewBatch {
			o.old, o.history = old, last
			return nil
		}
	}
}

// take notes one changed bulletin.
func (o *overview) take(ctx context.Context, b *bantin.Bulletin) error {
	delete(o.pages, b.ID)
	if b.Publishable() {
		o.pages[b.ID] = b.ChangedAt
	}
	known, was := o.events[b.ID]
	delete(o.events, b.ID)
	e := b.Event
	switch {
	case b.Publishable() && e != nil && isDay(e.Date):
		o.events[b.ID] = knownEvent{calendarEvent(b, o.zone), o.atlas.Tags(b)}
	case b.Withdrawn && e != nil && isDay(e.Date):
		_, err := o.store.Bulletins().Get(ctx, b.ID)
		if merged := (*store.MergedError)(nil); errors.As(err, &merged) {
			return nil // it lives on in another
		}
		if err != nil {
			return err
		}
		if !was {
			known = knownEvent{calendarEvent(b, o.zone), o.atlas.Tags(b)}
		}
		known.Sequence, known.Changed, known.Cancelled, known.Text, known.URL = int(b.Change), b.ChangedAt, true, "", ""
		o.events[b.ID] = known
	}
	return nil
}

// calendarEvent is the event of a bulletin that has one. A correction by hand is no
// revision, so the change number counts what calendars shall take over.
func calendarEvent(b *bantin.Bulletin, zone *time.Location) feed.CalendarEvent {
	start, _ := b.Event.Start(zone)
	return feed.CalendarEvent{
		UID: cmp.Or(strings.TrimPrefix(b.FeedID, "urn:uuid:"), b.ID), Sequence: int(b.Change), Changed: b.ChangedAt,
		Day: b.Event.Date, At: start, Title: title(b), Place: b.Event.Place, Text: b.Summary(summaryLimit), URL: "/bulletins/" + b.ID,
	}
}

// linked makes the addresses of events absolute, in a language, and gives the time of the
// last change.
func (s *site) linked(events []feed.CalendarEvent, lang bantin.Language) (modified time.Time) {
	modified = firstModified
	for i := range events {
		e := &events[i]
		if e.URL != "" {
			e.URL = s.Site.LinkIn(lang, e.URL)
			e.Text = strings.TrimSpace(e.Text + "\n\n" + e.URL)
		}
		if e.Changed.After(modified) {
			modified = e.Changed
		}
	}
	return modified
}

// firstModified is the time of a document of nothing.
var firstModified = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// isDay reports whether the calendar has such a day: there is no 30 February.
func isDay(d bantin.Day) bool { return !d.IsZero() && bantin.DayOf(d.In(time.UTC)) == d }

// How long events stay: past ones for a year, cancelled ones for 31 days.
const (
	pastEvents      = 366 * 24 * time.Hour
	cancelledEvents = 31 * 24 * time.Hour
)

// eventsOf gives the events of a selection's tags, the first day first. o.mu is held.
func (o *overview) eventsOf(tags [][]string, now time.Time) []feed.CalendarEvent {
	var list []feed.CalendarEvent
	for _, e := range o.events {
		if e.Day.In(time.UTC).Before(now.Add(-pastEvents)) || e.Cancelled && e.Changed.Before(now.Add(-cancelledEvents)) || !hasAll(e.tags, tags) {
			continue
		}
		list = append(list, e.CalendarEvent)
	}
	slices.SortFunc(list, func(a, b feed.CalendarEvent) int {
		return cmp.Or(a.Day.In(time.UTC).Compare(b.Day.In(time.UTC)), a.At.Compare(b.At), cmp.Compare(a.UID, b.UID))
	})
	return list
}

// hasAll reports whether the tags have one of each list.
func hasAll(tags []string, wanted [][]string) bool {
	return !slices.ContainsFunc(wanted, func(any []string) bool {
		return !slices.ContainsFunc(any, func(tag string) bool { return slices.Contains(tags, tag) })
	})
}
