package schedule

import (
	"iter"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a set of due times. The zero Schedule is never due; make one
// with Parse. It does not change and may be used by many goroutines.
type Schedule struct {
	lines []cron.Schedule // over the clock on the wall, shown as if it were UTC
	every time.Duration   // of "@every"; instead of lines, unless they are its own (Aligned)
	loc   *time.Location
	news  bool // due when there is news; without lines
	skip  Days
	specs []string // as they were written
}

// Location is the zone in which the schedule's lines are read.
func (s *Schedule) Location() *time.Location { return s.loc }

// Every gives the interval of an "@every" schedule, and whether it is one.
func (s *Schedule) Every() (time.Duration, bool) { return s.every, s.every > 0 }

// floats reports whether a due time depends on the one before.
func (s *Schedule) floats() bool { return s.every > 0 && s.lines == nil }

// Skipping gives the same schedule without the due times that fall on one of
// the days, in the schedule's zone.
func (s *Schedule) Skipping(days Days) *Schedule {
	c := *s
	c.skip = days
	return &c
}

// Next is the first due time later than after, in the schedule's zone. It is
// the zero time where the schedule is never due again.
func (s *Schedule) Next(after time.Time) time.Time {
	if s.floats() {
		return s.nextInterval(after)
	}
	var first time.Time
	for _, line := range s.lines {
		due := s.nextOf(line, after)
		if !due.IsZero() && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	return first
}

// All yields the due times later than after, for as long as there are any.
func (s *Schedule) All(after time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for due := s.Next(after); !due.IsZero() && yield(due); {
			due = s.Next(due)
		}
	}
}

// nextOf is Next for one line. Both the day that the line means and the day on
// which a gap puts it must be free: somebody who skips the 31st wants no mail
// on the 31st, and somebody who skips the 30th does not want its mail later.
func (s *Schedule) nextOf(line cron.Schedule, after time.Time) time.Time {
	wall := furthestWall(after, s.loc)
	for {
		wall = line.Next(wall)
		if wall.IsZero() {
			return time.Time{}
		}
		due := firstShown(wall, s.loc)
		span, skipped := s.skip.spanOf(wall)
		if !skipped {
			span, skipped = s.skip.spanOf(due)
		}
		if !skipped {
			return due
		}
		wall = span.Last.In(time.UTC).AddDate(0, 0, 1).Add(-time.Second)
	}
}

// nextInterval is Next for "@every". It stays in step with after across the
// days that are skipped.
func (s *Schedule) nextInterval(after time.Time) time.Time {
	due := after.Add(s.every).In(s.loc)
	for {
		span, skipped := s.skip.spanOf(due)
		if !skipped {
			return due
		}
		free := firstShown(span.Last.In(time.UTC).AddDate(0, 0, 1), s.loc)
		steps := max(1, (free.Sub(due)+s.every-1)/s.every)
		due = due.Add(steps * s.every)
	}
}
