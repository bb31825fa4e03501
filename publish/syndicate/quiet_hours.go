package syndicate

import (
	"time"

	"bantin/schedule"
)

// QuietHours gives the hours of the day in UTC, 0 to 23, in which none of the
// sources is read and none was in the hour before: those in which readers need
// not ask. It looks at a fixed span of days, so that the same schedules always
// give the same hours. A source without a schedule is read by hand, at any time.
func QuietHours(sources []*schedule.Schedule) []int {
	var busy [24]bool
	from := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, s := range sources {
		if s == nil {
			return nil
		}
		if every, ok := s.Every(); ok && every <= 24*time.Hour {
			return nil // from whenever the program was started
		}
		for due := range s.All(from) {
			if due.Sub(from) > 366*24*time.Hour {
				break
			}
			busy[due.UTC().Hour()], busy[(due.UTC().Hour()+1)%24] = true, true
		}
	}
	var quiet []int
	for hour, b := range busy {
		if !b && len(sources) > 0 {
			quiet = append(quiet, hour)
		}
	}
	return quiet
}
