package schedule_test

import (
	"errors"
	"testing"
	"time"

	"bantin/schedule"
)

func TestWindow(t *testing.T) {
	const wall = "2006-01-02 15:04"
	for _, c := range []struct{ zone, hours, at, opens, closes string }{
		{"Asia/Ho_Chi_Minh", "06:00-21:00", "2026-11-23 05:59", "2026-11-23 06:00", "2026-11-23 21:00"},
		{"Asia/Ho_Chi_Minh", "06:00-21:00", "2026-11-23 06:00", "2026-11-23 06:00", "2026-11-23 21:00"},
		{"Asia/Ho_Chi_Minh", "06:00-21:00", "2026-11-23 20:59", "2026-11-23 06:00", "2026-11-23 21:00"},
		{"Asia/Ho_Chi_Minh", "06:00-21:00", "2026-11-23 21:00", "2026-11-24 06:00", "2026-11-24 21:00"},
		{"Asia/Ho_Chi_Minh", "6:00 - 21:00", "2026-12-31 22:00", "2027-01-01 06:00", "2027-01-01 21:00"},
		// Over midnight.
		{"Asia/Ho_Chi_Minh", "21:00-05:30", "2026-11-23 03:00", "2026-11-22 21:00", "2026-11-23 05:30"},
		{"Asia/Ho_Chi_Minh", "21:00-05:30", "2026-11-23 05:30", "2026-11-23 21:00", "2026-11-24 05:30"},
		{"Asia/Ho_Chi_Minh", "21:00-05:30", "2026-11-23 23:00", "2026-11-23 21:00", "2026-11-24 05:30"},
		{"Asia/Ho_Chi_Minh", "18:00-24:00", "2026-11-23 12:00", "2026-11-23 18:00", "2026-11-24 00:00"},
		{"Asia/Ho_Chi_Minh", "00:00-24:00", "2026-11-23 12:00", "2026-11-23 00:00", "2026-11-24 00:00"},
		// The hour that summer time leaves out, and the one that comes twice.
		{"Europe/Berlin", "02:30-06:00", "2027-03-28 01:00", "2027-03-28 03:00", "2027-03-28 06:00"},
		{"Europe/Berlin", "02:10-02:50", "2027-03-28 01:00", "2027-03-29 02:10", "2027-03-29 02:50"},
		{"Europe/Berlin", "02:30-06:00", "2026-10-25 01:00", "2026-10-25 02:30", "2026-10-25 06:00"},
	} {
		loc := zone(t, c.zone)
		w, err := schedule.ParseWindow(c.hours)
		if err != nil {
			t.Fatal(err)
		}
		opens, closes := w.Span(moment(t, loc, c.at), loc)
		if opens.Format(wall) != c.opens || closes.Format(wall) != c.closes {
			t.Errorf("%s at %s: %s to %s, want %s to %s", c.hours, c.at, opens.Format(wall), closes.Format(wall), c.opens, c.closes)
		}
	}
}

func TestWindowAfter(t *testing.T) {
	loc := zone(t, "Asia/Ho_Chi_Minh")
	for _, c := range []struct{ hours, from, want string }{
		{"06:00-21:00", "2026-11-23 07:00", "2026-11-23 09:00"},
		{"06:00-21:00", "2026-11-23 05:00", "2026-11-23 08:00"},
		{"06:00-21:00", "2026-11-23 20:30", "2026-11-24 07:30"},
		{"06:00-06:30", "2026-11-23 06:15", "2026-11-27 06:15"},
	} {
		w, err := schedule.ParseWindow(c.hours)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.After(moment(t, loc, c.from), 2*time.Hour, loc).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("two hours of %s from %s end at %s, want %s", c.hours, c.from, got, c.want)
		}
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, text := range []string{"06:00-21:00", "21:00-06:00", "00:00-24:00", "24:00-06:00", "6-21", "", "06:00-06:00", "từ sáng đến tối", "06:00-21:00-22:00"} {
		f.Add(text)
	}
	loc := zone(f, "America/New_York")
	at := time.Date(2026, 11, 1, 1, 30, 0, 0, loc)
	f.Fuzz(func(t *testing.T, text string) {
		w, err := schedule.ParseWindow(text)
		if err != nil {
			var wrong *schedule.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("%q: %T is no *schedule.Error", text, err)
			}
			return
		}
		opens, closes := w.Span(at, loc)
		if !closes.After(at) || !opens.Before(closes) || closes.Sub(opens) > 25*time.Hour {
			t.Fatalf("%q at %v: %v to %v", text, at, opens, closes)
		}
	})
}

// At whatever time it is asked: the due times of an aligned interval are the same.
func TestAligned(t *testing.T) {
	const wall = "2006-01-02 15:04"
	for _, c := range []struct{ zone, spec, after, want string }{
		{"Asia/Ho_Chi_Minh", "@every 24h", "2026-11-23 09:17", "2026-11-24 00:00"},
		{"Asia/Ho_Chi_Minh", "@every 24h", "2026-11-24 00:00", "2026-11-25 00:00"},
		{"Asia/Ho_Chi_Minh", "@every 6h", "2026-11-23 09:17", "2026-11-23 12:00"},
		{"Asia/Ho_Chi_Minh", "@every 15m", "2026-11-23 09:17", "2026-11-23 09:30"},
		{"Asia/Ho_Chi_Minh", "@every 7d", "2026-11-23 09:17", "2026-11-26 00:00"}, // a Thursday, as 1970-01-01 was
		{"Europe/Berlin", "@every 30m", "2027-03-28 01:45", "2027-03-28 03:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * MON", "2026-11-23 09:17", "2026-11-30 07:00"},
	} {
		loc := zone(t, c.zone)
		s := parse(t, loc, c.spec).Aligned()
		after := moment(t, loc, c.after)
		if got := s.Next(after).Format(wall); got != c.want {
			t.Errorf("%s after %s: %s, want %s", c.spec, c.after, got, c.want)
		}
		latest, _ := s.Latest(after.AddDate(-1, 0, 0), s.Next(after))
		if got := latest.Format(wall); got != c.want {
			t.Errorf("the latest of %s up to then: %s, want %s", c.spec, got, c.want)
		}
	}
	days, err := schedule.ParseDays([]string{"2026-11-24"})
	if err != nil {
		t.Fatal(err)
	}
	loc := zone(t, "Asia/Ho_Chi_Minh")
	s := parse(t, loc, "@every 24h").Aligned().Skipping(days)
	if got := s.Next(moment(t, loc, "2026-11-23 09:17")).Format(wall); got != "2026-11-25 00:00" {
		t.Errorf("without the 24th: %s", got)
	}
	if every, ok := s.Every(); !ok || every != 24*time.Hour {
		t.Errorf("it is an interval of %v, %v", every, ok)
	}
}
