package main

import (
	"context"
	"time"

	"bantin/clock"
	"bantin/config"
	"bantin/fetch"
	"bantin/publish"
)

// dateInterval is how often a web site is asked for the time while the clock is in doubt.
const dateInterval = time.Minute

// clockWatch makes what looks after the clock, with all that can be asked for the time.
func (w *deps) clockWatch() *publish.ClockWatch {
	sources := []clock.Source{clock.Synchronized()}
	for i := range w.config.Sources {
		s := &w.config.Sources[i]
		if s.Kind == config.NukeViet || s.Kind == config.WebFeed {
			sources = append(sources, w.siteClock("source "+s.ID, s.URL))
		}
	}
	for _, hub := range w.config.WebSub {
		sources = append(sources, w.siteClock("hub "+hub, hub))
	}
	return &publish.ClockWatch{DB: w.db, Log: w.log, Clock: w.clock, Sources: sources}
}

// siteClock asks a web site for the time; none inside the network, which may have the
// clock of this machine. Certificates are verified by the time that is believed: by a
// clock that is years ahead none is valid.
func (w *deps) siteClock(name, address string) clock.Source {
	client := fetch.New(fetch.Options{UserAgent: fetch.UserAgent(w.site.URL, w.site.Contact), Timeout: 10 * time.Second, Now: w.now})
	return clock.Source{Name: name, Every: dateInterval, Ask: func(ctx context.Context) (time.Time, error) { return client.Date(ctx, address) }}
}
