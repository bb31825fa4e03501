package schedule

import "time"

// MaxCounted is how far Latest counts: a schedule of every minute that slept
// for years is to be noticed and not to be counted to the end.
const MaxCounted = 10_000

// Latest gives the latest due time in (after, until] and how many due times
// there are in it, counted no further than MaxCounted. Without any it gives
// the zero time and 0. The work is bounded however long the span is.
func (s *Schedule) Latest(after, until time.Time) (latest time.Time, missed int) {
	for due := range s.All(after) {
		if due.After(until) {
			return latest, missed
		}
		latest = due
		if missed++; missed == MaxCounted {
			return s.lastUpTo(latest, until), missed
		}
	}
	return latest, missed
}

// lastUpTo is the latest due time in [due, until], found by halving: some
// thirty looks for ten years of minutes.
func (s *Schedule) lastUpTo(due, until time.Time) time.Time {
	if s.floats() {
		return s.lastInterval(due, until)
	}
	for step := until.Sub(due); step >= time.Second; step /= 2 {
		for {
			next := s.Next(due.Add(step))
			if next.IsZero() || next.After(until) {
				break
			}
			due = next
		}
	}
	for next := s.Next(due); !next.IsZero() && !next.After(until); next = s.Next(due) {
		due = next
	}
	return due
}

// lastInterval is lastUpTo for "@every", whose Next has no steps of its own
// that could be looked for.
func (s *Schedule) lastInterval(due, until time.Time) time.Time {
	last := due.Add(until.Sub(due) / s.every * s.every)
	for {
		span, skipped := s.skip.spanOf(last)
		if !skipped {
			return last
		}
		begin := firstShown(span.First.In(time.UTC), s.loc)
		steps := last.Sub(begin)/s.every + 1
		last = last.Add(-steps * s.every)
	}
}
