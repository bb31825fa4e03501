package schedule

import "time"

// LatestOfBoth gives the latest time in (after, until] at which both schedules are due;
// zero where there is none. It looks back a year: the caller wants the last time that
// was missed, and not one of long ago.
func LatestOfBoth(a, b *Schedule, after, until time.Time) time.Time {
	const day = 24 * time.Hour
	if a == nil || b == nil {
		return time.Time{}
	}
	for _, back := range []time.Duration{time.Hour, day, 7 * day, 31 * day, 366 * day} {
		from := until.Add(-back)
		if !from.After(after) {
			return latestCommon(a, b, after, until)
		}
		if latest := latestCommon(a, b, from, until); !latest.IsZero() {
			return latest
		}
	}
	return time.Time{}
}

// latestCommon goes through the due times of both, at most MaxCounted of them.
func latestCommon(a, b *Schedule, after, until time.Time) (latest time.Time) {
	for range MaxCounted {
		first, second := a.Next(after), b.Next(after)
		if first.IsZero() || second.IsZero() || first.After(until) || second.After(until) {
			return latest
		}
		if first.Equal(second) {
			latest, after = first, first
			continue
		}
		if after = first; second.After(first) {
			after = second
		}
		after = after.Add(-time.Nanosecond) // the later one may be due in both
	}
	return latest
}
