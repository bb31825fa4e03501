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
	sources := append([]clock.Source{clock.Synchronized()}, w.clocks()...)
	return &publish.ClockWatch{DB: w.db, Log: w.log, Clock: w.clock, Sources: sources}
}

// clocks are the web sites that can be asked for the time.
func (w *deps) clocks() []clock.Source {
	var sources []clock.Source
	for i := range w.config.Sources {
		s := &w.config.Sources[i]
		if s.Kind == config.NukeViet || s.Kind == config.WebFeed {
			sources = append(sources, w.siteClock("source "+s.ID, s.URL))
		}
	}
	for _, hub := range w.config.WebSub {
		sources = append(sources, w.siteClock("hub "+hub, hub))
	}
	return sources
}

// siteClock asks a web site for the time; none inside the network, which may have the
// clock of this machine. Certificates are verified by the time that is believed: by a
// clock that is years ahead none is valid.
func (w *deps) siteClock(name, address string) clock.Source {
	client := fetch.New(fetch.Options{UserAgent: w.userAgent(), Timeout: 10 * time.Second, Now: w.now})
	return clock.Source{Name: name, Every: dateInterval, Ask: func(ctx context.Context) (time.Time, error) { return client.Date(ctx, address) }}
}

// believeClock has a command that mails take the time that a daemon would believe, where
// it is known that the clock was set since a daemon believed it last. After a new start
// of the machine nothing is known, and the person who mails is believed.
func (a *app) believeClock(ctx context.Context, w *deps) error {
	last, err := publish.LastHeartbeat(ctx, w.db, w.log)
	c := clock.New(clock.Options{})
	if err != nil || !c.Follows(last) {
		return err
	}
	c.Begin(last)
	c.Check(ctx, []clock.Source{clock.Synchronized()})
	if c.Sure() {
		return nil
	}
	a.note("Đồng hồ máy chỉ %s nhưng lẽ ra là %s; lấy %s. Xem lại bằng timedatectl.",
		"The clock of this machine shows %s and should show %s; the time is taken as %s. Check it with timedatectl.",
		a.formatTime(time.Now(), w.site.Location), a.formatTime(c.Expected(), w.site.Location), a.formatTime(c.Now(), w.site.Location))
	w.clock = c
	w.db.UseClock(c.Now)
	return nil
}
