package schedule_test

import (
	"testing"
	"time"
)

// A rule is a line of cron and what it means, said a second time in Go.
type rule struct {
	spec  string
	means func(wallTime) bool
}

// A wallTime is what clock and calendar on a wall show.
type wallTime struct {
	minute, hour, day, length int // length of the month in days
	month                     time.Month
	weekday                   time.Weekday
}

func rules() []rule {
	return []rule{
		{"0 7 * * MON", func(w wallTime) bool { return w.minute == 0 && w.hour == 7 && w.weekday == time.Monday }},
		{"30 2 * * *", func(w wallTime) bool { return w.minute == 30 && w.hour == 2 }},
		{"0 0 * * *", func(w wallTime) bool { return w.minute == 0 && w.hour == 0 }},
		{"0 * * * *", func(w wallTime) bool { return w.minute == 0 }},
		{"*/15 1-3 * * *", func(w wallTime) bool { return w.minute%15 == 0 && w.hour >= 1 && w.hour <= 3 }},
		{"45 1 13,L * SUN", func(w wallTime) bool {
			return w.minute == 45 && w.hour == 1 && (w.day == 13 || w.day == w.length || w.weekday == time.Sunday)
		}},
		{"5 2 * 3,4,10,11 SUN#1,SUN#2,SUN#L", func(w wallTime) bool {
			months := w.month == 3 || w.month == 4 || w.month == 10 || w.month == 11
			return w.minute == 5 && w.hour == 2 && months && w.weekday == time.Sunday && (w.day <= 14 || w.day > w.length-7)
		}},
	}
}

func zones() []string {
	return []string{
		"Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
		"America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia",
	}
}

// TestTenYears walks through ten years minute by minute and compares. The walk
// knows nothing of how the package does it: it looks at the clock each minute,
// and due is a minute at which the clock shows for the first time what a rule
// means, or jumps over it.
func TestTenYears(t *testing.T) {
	for _, name := range zones() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, name)
			from := time.Date(2011, 6, 1, 0, 0, 0, 0, time.UTC)
			until := from.AddDate(10, 0, 0)
			walked := walk(loc, from, until)
			for i, r := range rules() {
				compare(t, r.spec, loc, from, until, walked[i])
			}
		})
	}
}

// walk gives for each rule the minutes at which it is due, as Unix minutes.
func walk(loc *time.Location, from, until time.Time) [][]int64 {
	due := make([][]int64, len(rules()))
	all := rules()
	furthest := offsetMinutes(from, loc) + from.Unix()/60 - 1
	w := read(furthest)
	for minute := from.Unix() / 60; minute < until.Unix()/60; {
		// No zone of this test turns its clocks within a quarter of an hour.
		offset := offsetMinutes(time.Unix(minute*60, 0), loc)
		for range 15 {
			for furthest < minute+offset {
				furthest++
				w = w.next(furthest)
				for i := range all {
					if n := len(due[i]); all[i].means(w) && (n == 0 || due[i][n-1] != minute) {
						due[i] = append(due[i], minute)
					}
				}
			}
			minute++
		}
	}
	return due
}

func offsetMinutes(t time.Time, loc *time.Location) int64 {
	_, offset := t.In(loc).Zone()
	return int64(offset / 60)
}

// next goes on to wallMinute, the minute after w, and looks at the calendar at
// midnight only: there are five million minutes to walk through.
func (w wallTime) next(wallMinute int64) wallTime {
	if w.hour == 23 && w.minute == 59 {
		return read(wallMinute)
	}
	if w.minute++; w.minute == 60 {
		w.hour, w.minute = w.hour+1, 0
	}
	return w
}

func read(wallMinute int64) wallTime {
	at := time.Unix(wallMinute*60, 0).UTC()
	_, month, day := at.Date()
	return wallTime{
		minute: at.Minute(), hour: at.Hour(), day: day, month: month, weekday: at.Weekday(),
		length: time.Date(at.Year(), month+1, 0, 0, 0, 0, 0, time.UTC).Day(),
	}
}

func compare(t *testing.T, spec string, loc *time.Location, from, until time.Time, walked []int64) {
	t.Helper()
	s := parse(t, loc, spec)
	i := 0
	for due := range s.All(from.Add(-time.Second)) {
		if !due.Before(until) {
			break
		}
		if i == len(walked) || due.Unix() != walked[i]*60 {
			t.Fatalf("%s: due number %d at %s, which the walk does not have", spec, i, due.Format(stamp))
		}
		i++
	}
	if i != len(walked) {
		t.Fatalf("%s: due %d times, the walk has %d, the first more at %s", spec, i, len(walked), time.Unix(walked[i]*60, 0).In(loc).Format(stamp))
	}
}

// TestNextFromAnywhere asks from odd moments around each turn of the clocks:
// Next must not depend on where it is asked from.
func TestNextFromAnywhere(t *testing.T) {
	for _, name := range zones() {
		loc := zone(t, name)
		at := time.Date(2011, 6, 1, 0, 0, 0, 0, loc)
		for range 20 {
			_, turn := at.ZoneBounds()
			if turn.IsZero() {
				break
			}
			around(t, loc, turn)
			at = turn.In(loc)
		}
	}
}

func around(t *testing.T, loc *time.Location, turn time.Time) {
	t.Helper()
	for _, r := range rules()[:5] {
		s := parse(t, loc, r.spec)
		next := s.Next(turn.Add(-30 * time.Hour))
		for after := turn.Add(-30 * time.Hour); after.Before(turn.Add(30 * time.Hour)); after = after.Add(7*time.Minute + 13*time.Second) {
			for !next.After(after) {
				next = s.Next(next)
			}
			if got := s.Next(after); !got.Equal(next) {
				t.Fatalf("%s asked at %s: %s, want %s", r.spec, after.In(loc).Format(stamp), got.Format(stamp), next.Format(stamp))
			}
		}
	}
}
