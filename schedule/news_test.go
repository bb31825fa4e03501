package schedule

import (
	"errors"
	"testing"
	"time"
)

func TestNewsDue(t *testing.T) {
	zone := mustLoad(t, "Asia/Ho_Chi_Minh")
	const layout = "2006-01-02 15:04:05"
	at := func(clock string) time.Time {
		v, err := time.ParseInLocation(layout, "2026-11-"+clock, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	s, err := Parse([]string{"@news"}, zone)
	if err != nil || !s.OnNews() || !s.Next(at("23 10:00:00")).IsZero() {
		t.Fatalf("%v %v", s, err)
	}
	days, err := ParseDays([]string{"2026-11-25..2026-11-26"})
	if err != nil {
		t.Fatal(err)
	}
	s = s.Skipping(days).Aligned()
	six := []string{"23 10:00:00", "23 11:00:00", "23 12:00:00", "23 13:00:00", "23 14:00:00", "23 15:00:00"}
	for _, c := range []struct {
		first  string
		before []string
		want   string
	}{
		{"23 10:00:00", nil, "23 10:10:00"},
		{"23 10:00:01", nil, "23 10:11:00"},                     // a whole minute, never before the ten are over
		{"23 10:20:00", []string{"23 10:10:00"}, "23 11:10:00"}, // at most once an hour
		{"23 12:00:00", []string{"23 10:10:00"}, "23 12:10:00"},
		{"23 16:00:00", six, "24 00:00:00"}, // at most six a day
		{"23 23:55:00", six, "24 00:05:00"},
		{"23 16:00:00", six[:5], "23 16:10:00"},
		{"24 23:58:00", nil, "27 00:00:00"}, // days that are skipped
	} {
		var before []time.Time
		for _, b := range c.before {
			before = append(before, at(b))
		}
		if got := s.NewsDue(at(c.first), before); !got.Equal(at(c.want)) {
			t.Errorf("%s after %v: %s, want %s", c.first, c.before, got.Format(layout), c.want)
		}
	}
	kept, err := ParseText(s.Text())
	if err != nil || !kept.OnNews() || kept.Text() != s.Text() {
		t.Errorf("kept as %s: %v %v", s.Text(), kept, err)
	}
	var wrong *Error
	if _, err := Parse([]string{"@news", "0 7 * * MON"}, zone); !errors.As(err, &wrong) {
		t.Errorf("with another line: %v", err)
	}
}

func TestFrequency(t *testing.T) {
	zone := mustLoad(t, "Europe/Berlin") // an hour more or less twice a year
	for _, c := range []struct {
		line string
		want Frequency
	}{
		{"@news", AtOnce}, {"0 7 * * *", Daily}, {"0 7 * * MON", Weekly}, {"0 7 1 * *", Monthly}, {"0 7 * * MON#1", Monthly},
		{"@every 24h", Daily}, {"0 7 * * MON-FRI", ""}, {"0 7 * * MON,THU", ""}, {"@yearly", ""}, {"0 * * * *", ""},
	} {
		s, err := Parse([]string{c.line}, zone)
		if err != nil {
			t.Fatal(err)
		}
		for day := range 400 {
			if got := s.Aligned().Frequency(time.Date(2026, 1, day, 12, 0, 0, 0, zone)); got != c.want {
				t.Fatalf("%s on day %d: %q", c.line, day, got)
			}
		}
	}
	if got := (*Schedule)(nil).Frequency(time.Now()); got != "" {
		t.Errorf("without a schedule: %q", got)
	}
}

func mustLoad(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
