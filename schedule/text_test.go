package schedule_test

import (
	"testing"
	"time"

	"bantin/schedule"
)

func skipping(t *testing.T, s *schedule.Schedule, days ...string) *schedule.Schedule {
	t.Helper()
	skip, err := schedule.ParseDays(days)
	if err != nil {
		t.Fatal(err)
	}
	return s.Skipping(skip)
}

// What is kept of a schedule has the same due times, and does not depend on how the
// schedule is written.
func TestText(t *testing.T) {
	loc := zone(t, "Asia/Ho_Chi_Minh")
	after := moment(t, loc, "2026-11-23 09:17")
	for _, s := range []*schedule.Schedule{
		parse(t, loc, "0 7 * * MON"),
		parse(t, loc, "0 7 L * *", "0 7 * * FRI#L"),
		parse(t, zone(t, "Europe/Berlin"), "30 2 * * *"),
		parse(t, loc, "@daily"),
		parse(t, loc, "@every 36h").Aligned(),
		parse(t, loc, "@every 36h"),
		skipping(t, parse(t, loc, "0 7 * * *"), "2026-11-24", "2026-11-26..2026-12-02"),
	} {
		kept, err := schedule.ParseText(s.Text())
		if err != nil {
			t.Fatal(err)
		}
		if kept.Text() != s.Text() {
			t.Errorf("%s is kept as %s", s.Text(), kept.Text())
		}
		was, is := s.Next(after), kept.Next(after)
		for range 20 {
			if !was.Equal(is) {
				t.Fatalf("%s: %v, kept as %v", s, was, is)
			}
			was, is = s.Next(was), kept.Next(is)
		}
	}
	for a, b := range map[string]string{
		"0 7 * * MON": "  0 7  *  * mon ",
		"@daily":      "@Daily",
	} {
		if a, b := parse(t, loc, a).Text(), parse(t, loc, b).Text(); a != b {
			t.Errorf("%s and %s are two", a, b)
		}
	}
	if a, b := parse(t, loc, "0 7 * * MON", "0 9 * * FRI").Text(), parse(t, loc, "0 9 * * FRI", "0 7 * * MON").Text(); a != b {
		t.Errorf("%s and %s are two", a, b)
	}
	var none *schedule.Schedule
	if kept, err := schedule.ParseText(none.Text()); kept != nil || err != nil {
		t.Errorf("no schedule is kept as %v, %v", kept, err)
	}
	for _, bad := range []string{"", "{", `{"lines":["0 7 * * MON"],"zone":"Mars/Phobos"}`, `{"lines":["bảy giờ"],"zone":"UTC"}`, `{"lines":["@daily"],"zone":"UTC","skip":["mai"]}`} {
		if s, err := schedule.ParseText(bad); err == nil {
			t.Errorf("%q is read as %v", bad, s)
		}
	}
}

func TestLatestOfBoth(t *testing.T) {
	const wall = "2006-01-02 15:04"
	for _, c := range []struct{ was, is, after, until, want string }{
		{"0 7 * * MON", "0 7 * * *", "2026-11-23 08:00", "2026-11-26 09:00", ""},
		{"0 7 * * MON", "0 7 * * *", "2026-11-20 08:00", "2026-11-26 09:00", "2026-11-23 07:00"},
		{"0 7 * * *", "0 6 * * *", "2026-11-20 08:00", "2026-11-26 09:00", ""},
		{"0 7 * * *", "0 6,7 * * *", "2026-11-20 08:00", "2026-11-26 09:00", "2026-11-26 07:00"},
		{"* * * * *", "*/7 * * * *", "2016-11-20 08:00", "2026-11-26 09:01", "2026-11-26 09:00"},
		{"0 7 1 1 *", "0 7 1 * *", "2016-11-20 08:00", "2026-11-26 09:01", "2026-01-01 07:00"},
		{"0 7 * * MON", "0 7 * * MON", "2026-11-23 07:00", "2026-11-23 07:00", ""},
	} {
		loc := zone(t, "Asia/Ho_Chi_Minh")
		got := schedule.LatestOfBoth(parse(t, loc, c.was), parse(t, loc, c.is), moment(t, loc, c.after), moment(t, loc, c.until))
		said := ""
		if !got.IsZero() {
			said = got.In(loc).Format(wall)
		}
		if said != c.want {
			t.Errorf("%s and %s in (%s, %s]: %q, want %q", c.was, c.is, c.after, c.until, said, c.want)
		}
	}
	daily := parse(t, time.UTC, "@daily")
	if got := schedule.LatestOfBoth(nil, daily, time.Time{}, time.Now()); !got.IsZero() {
		t.Error(got)
	}
}
