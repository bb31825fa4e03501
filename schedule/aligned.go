package schedule

import (
	"time"

	"github.com/robfig/cron/v3"
)

// Aligned gives a schedule whose "@every" does not depend on when it was due
// last: it is due whenever the clock on the wall has gone through so many whole
// intervals since 1970-01-01 00:00. So all who ask give one answer, and "@every
// 24h" is midnight. A schedule of lines is aligned as it is.
func (s *Schedule) Aligned() *Schedule {
	if s.every == 0 {
		return s
	}
	c := *s
	c.lines = []cron.Schedule{interval(s.every)}
	return &c
}

// interval is a line that is due each so long on the wall.
type interval time.Duration

// Next is the first wall time of the interval after wall.
func (i interval) Next(wall time.Time) time.Time {
	begin, each := time.Unix(0, 0).UTC(), time.Duration(i)
	return begin.Add(wall.Sub(begin) / each * each).Add(each)
}
