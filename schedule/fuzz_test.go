package schedule_test

import (
	"errors"
	"testing"
	"time"

	"bantin/schedule"
)

// FuzzParse looks for lines that are taken and then are never due, due in the
// past, or due at another time when they are asked from in between.
func FuzzParse(f *testing.F) {
	for _, spec := range []string{
		"0 7 * * MON", "*/15 6-22 * * *", "@daily", "@every 1m", "0 7 * * MON#1,FRI#L", "0 7 L * FRIL", "0 0 31 2 *",
		"0 7 29 2 *", ",,, * * * *", "0 7 * * 5-7/2", "TZ=", "? ? ? ? ?", "0 7 * 2 MON#5", "@every 2540400h10m",
	} {
		f.Add(spec)
	}
	loc := zone(f, "America/New_York")
	start := time.Date(2026, 11, 1, 0, 30, 0, 0, loc)
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := schedule.Parse([]string{spec}, loc)
		if err != nil {
			var wrong *schedule.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("%q: %T is no *schedule.Error", spec, err)
			}
			return
		}
		if _, interval := s.Every(); interval {
			return
		}
		after := start
		for range 5 {
			next := s.Next(after)
			if !next.After(after) {
				t.Fatalf("%q after %v: %v", spec, after, next)
			}
			middle := after.Add(next.Sub(after) / 2)
			if again := s.Next(middle); !again.Equal(next) {
				t.Fatalf("%q: %v after %v, but %v after %v", spec, next, after, again, middle)
			}
			after = next
		}
	})
}
