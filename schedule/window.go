package schedule

import (
	"strings"
	"time"

	"bantin"
)

// Window is a span of hours that comes each day, such as 06:00-21:00; where it
// ends before it begins it crosses midnight. It speaks of the clock on the
// wall, as a [Schedule] does. Make one with ParseWindow.
type Window struct{ opens, closes time.Duration } // since midnight

// ParseWindow reads "06:00-21:00". An error is an *Error.
func ParseWindow(text string) (Window, error) {
	from, to, ok := strings.Cut(text, "-")
	opens, good := parseClock(strings.TrimSpace(from))
	closes, well := parseClock(strings.TrimSpace(to))
	if !ok || !good || !well {
		return Window{}, wrong(text, bantin.Words{VI: "không phải một khoảng giờ trong ngày", EN: "not a span of hours"}, windowHint())
	}
	if opens == closes || opens == 24*time.Hour {
		return Window{}, wrong(text, bantin.Words{VI: "khoảng giờ này rỗng", EN: "a span without any time in it"}, windowHint())
	}
	return Window{opens, closes}, nil
}

func windowHint() bantin.Words {
	return bantin.Words{
		VI: "viết như 06:00-21:00; 21:00-06:00 là qua đêm",
		EN: "write it as 06:00-21:00; 21:00-06:00 is over night",
	}
}

// parseClock reads 06:00, to 24:00.
func parseClock(text string) (time.Duration, bool) {
	if text == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", text)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil
}

// Span is the window in the zone loc that t falls in, from opens up to but not
// at closes; where it falls in none, the next one.
func (w Window) Span(t time.Time, loc *time.Location) (opens, closes time.Time) {
	midnight := bantin.DayOf(t.In(loc)).In(time.UTC).AddDate(0, 0, -1) // it may have begun the day before
	for {
		end := w.closes
		if end < w.opens {
			end += 24 * time.Hour
		}
		opens, closes = firstShown(midnight.Add(w.opens), loc), firstShown(midnight.Add(end), loc)
		if closes.After(t) && opens.Before(closes) { // a gap of summer time can swallow one
			return opens, closes
		}
		midnight = midnight.AddDate(0, 0, 1)
	}
}

// After gives the moment at which the windows that begin with t have been open
// for so long.
func (w Window) After(t time.Time, long time.Duration, loc *time.Location) time.Time {
	for {
		opens, closes := w.Span(t, loc)
		if opens.After(t) {
			t = opens
		}
		if left := closes.Sub(t); left < long {
			t, long = closes, long-left
			continue
		}
		return t.Add(long)
	}
}
