package doctor

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"bantin"
	"bantin/clock"
)

// clockTimeout is how long one source of the time may take; maxOff how far it may be off.
const (
	clockTimeout = 8 * time.Second
	maxOff       = time.Minute
)

// checkClock sets the clock of this machine beside that of other servers and of the
// database.
func checkClock(ctx context.Context, o *Options) Finding {
	hint := words("đồng bộ giờ cho máy này: timedatectl set-ntp true", "set the clock by a time server: timedatectl set-ntp true")
	type answer struct {
		name string
		off  time.Duration
		err  error
	}
	sources := o.timeSources()
	answers := make(chan answer, len(sources))
	for _, s := range sources {
		go func() {
			ctx, cancel := context.WithTimeout(ctx, clockTimeout)
			defer cancel()
			told, err := s.Ask(ctx)
			answers <- answer{s.Name, told.Sub(o.now()), err}
		}()
	}
	var agrees, differs []bantin.Words
	for range sources {
		a := <-answers
		switch {
		case a.err != nil:
		case a.off.Abs() > maxOff:
			differs = append(differs, words("%s chỉ giờ khác %s", "%s differs by %s", a.name, a.off.Round(time.Second)))
		default:
			agrees = append(agrees, words("%s", "%s", a.name))
		}
	}
	switch {
	case len(differs) > 0 && len(differs) >= len(agrees):
		return failed(join(differs...), hint)
	case len(differs) > 0:
		return warning(join(differs...), hint)
	case len(agrees) == 0:
		return skipped(words("không có nơi nào khác để hỏi giờ", "nobody else could be asked for the time"))
	}
	by := join(agrees...)
	return ok(bantin.Words{VI: "đúng giờ, theo " + by.VI, EN: "the clock is right, by " + by.EN})
}

// timeSources are all that can be asked: those that were given, the database server and
// the site, whose proxy may be another machine.
func (o *Options) timeSources() []clock.Source {
	sources := append([]clock.Source{}, o.Clocks...)
	if u, err := url.Parse(o.Site.URL); err == nil && !isLoopback(u.Hostname()) {
		sources = append(sources, o.siteClock())
	}
	if o.Store != nil && o.Store.Shared() {
		sources = append(sources, clock.Source{Name: "PostgreSQL", Ask: func(ctx context.Context) (time.Time, error) {
			t, _, ok, err := o.Store.ServerTime(ctx)
			if err == nil && !ok {
				err = clock.ErrUnknown
			}
			return t, err
		}})
	}
	return sources
}

// siteClock asks the site for the time.
func (o *Options) siteClock() clock.Source {
	return clock.Source{Name: o.Site.URL, Ask: func(ctx context.Context) (time.Time, error) {
		res, err := o.ask(ctx, http.MethodHead, "/healthz", "")
		if err != nil {
			return time.Time{}, err
		}
		defer res.Body.Close()
		if age := res.Header.Get("Age"); age != "" && age != "0" {
			return time.Time{}, clock.ErrUnknown // from a cache
		}
		return http.ParseTime(res.Header.Get("Date"))
	}}
}
