package statistics

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
	"bantin/place"
)

// Period is how far back statistics go.
type Period string

// The periods; each ends now.
const (
	Month   Period = "month"   // 31 days, day by day
	Quarter Period = "quarter" // 13 weeks
	Year    Period = "year"    // 12 months
	All     Period = "all"     // months, or years where there are many
)

// Periods lists them, the shortest first.
func Periods() []Period { return []Period{Month, Quarter, Year, All} }

// Words is a period for people.
func (p Period) Words() bantin.Words {
	return map[Period]bantin.Words{
		Month: {VI: "31 ngày qua", EN: "the last 31 days"}, Quarter: {VI: "13 tuần qua", EN: "the last 13 weeks"},
		Year: {VI: "12 tháng qua", EN: "the last 12 months"}, All: {VI: "tất cả", EN: "all"},
	}[p]
}

// Unit is how long a span of a plot is.
type Unit string

// The units.
const (
	ByDay   Unit = "day"
	ByWeek  Unit = "week"
	ByMonth Unit = "month"
	ByYear  Unit = "year"
)

// Filter says what is counted. The zero value is a year of everything.
type Filter struct {
	Period Period // "": Year
	Digest string // "": all
	Place  string // "": all; a unit counts with those that were merged into it
	Level  bantin.Level
	Feed   string // of which readers are plotted over time; "": of all
}

// SmallestGroup is of how many contacts a place or a level is told apart: what one of
// fewer people did is what they did, and figures are passed on.
const SmallestGroup = 5

// ErrSmallGroup tells that a filter leaves fewer people than SmallestGroup, or that these
// could be found by taking what it leaves from the whole.
var ErrSmallGroup = errors.New("fewer contacts than are told apart")

// ErrTwoFilters tells that both a place and a level were asked for: they are counted apart.
var ErrTwoFilters = errors.New("a place and a level together are not counted")

// Check fills in defaults and refuses what there is not.
func (f *Filter) Check() error {
	f.Period = cmp.Or(f.Period, Year)
	if !slices.Contains(Periods(), f.Period) {
		return fmt.Errorf("period %q: %w", f.Period, bantin.ErrNotFound)
	}
	if f.Place != "" {
		slug, ok := place.Lookup(f.Place)
		if !ok {
			return fmt.Errorf("place %q: %w", f.Place, bantin.ErrNotFound)
		}
		f.Place = today(slug)
	}
	if f.Level != "" && !slices.Contains(bantin.Levels(), f.Level) {
		return fmt.Errorf("level %q: %w", f.Level, bantin.ErrNotFound)
	}
	if f.Place != "" && f.Level != "" {
		return ErrTwoFilters
	}
	return nil
}

// today is what a unit is part of now.
func today(slug string) string {
	became := place.Became(slug)
	return became[len(became)-1]
}

// span is a stretch of days [from, until].
type span struct{ from, until time.Time }

// startOfDay is the beginning of the day of t in its zone.
func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// spans cuts the time from first to now into units. The first one is whole, the last one
// ends today.
func spans(unit Unit, first, now time.Time) (list []span) {
	next := func(t time.Time) time.Time {
		switch unit {
		case ByWeek:
			return t.AddDate(0, 0, 7)
		case ByMonth:
			return t.AddDate(0, 1, 0)
		case ByYear:
			return t.AddDate(1, 0, 0)
		}
		return t.AddDate(0, 0, 1)
	}
	for t := beginOf(unit, first); !t.After(now) && len(list) < maxSpans; t = next(t) {
		list = append(list, span{t, next(t).AddDate(0, 0, -1)})
	}
	if n := len(list); n > 0 && list[n-1].until.After(now) {
		list[n-1].until = startOfDay(now)
	}
	return list
}

// maxSpans bounds a plot; a clock may have been wrong once.
const maxSpans = 400

// beginOf is the first day of the unit in which t is.
func beginOf(unit Unit, t time.Time) time.Time {
	t = startOfDay(t)
	switch unit {
	case ByWeek:
		return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	case ByMonth:
		return t.AddDate(0, 0, 1-t.Day())
	case ByYear:
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
	}
	return t
}

// cut gives the unit and the spans of a period; first is the first month of which there
// is something, zero where there is nothing.
func (p Period) cut(first, now time.Time) (Unit, []span) {
	switch p {
	case Month:
		return ByDay, spans(ByDay, now.AddDate(0, 0, -30), now)
	case Quarter:
		return ByWeek, spans(ByWeek, now.AddDate(0, 0, -12*7), now)
	case All:
		if first.IsZero() {
			first = now
		}
		if now.Sub(first) > maxMonths*31*24*time.Hour {
			return ByYear, spans(ByYear, first, now)
		}
		return ByMonth, spans(ByMonth, first, now)
	}
	return ByMonth, spans(ByMonth, beginOf(ByMonth, now).AddDate(0, -11, 0), now)
}

// maxMonths is how many months are plotted before years are.
const maxMonths = 36
