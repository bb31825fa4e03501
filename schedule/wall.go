package schedule

import "time"

// A wall time is what a clock on the wall shows, kept as a time in UTC so that
// it can be counted through without gaps and repetitions.

// zoneReach is more than any zone has ever been away from UTC, and more than
// any clock was ever put back (a day, where the date line moved).
const zoneReach = 26 * time.Hour

// wallOf is what the clock in loc shows at t.
func wallOf(t time.Time, loc *time.Location) time.Time {
	_, offset := t.In(loc).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// firstShown is the first moment at which the clock in loc shows wall or later:
// the first of two where it is put back, the end of the gap where it is put
// forward. time.Date is no help, for it leaves open which of them it gives.
func firstShown(wall time.Time, loc *time.Location) time.Time {
	at := wall.Add(-zoneReach).In(loc)
	for {
		start, end := at.ZoneBounds()
		_, offset := at.Zone()
		moment := wall.Add(-time.Duration(offset) * time.Second)
		if !start.IsZero() && moment.Before(start) {
			return wholeMinute(start, loc)
		}
		if end.IsZero() || moment.Before(end) {
			return moment.In(loc)
		}
		at = end.In(loc)
	}
}

// wholeMinute is t, or the next full minute on the wall: before clocks had
// zones a gap could end at 00:06:28.
func wholeMinute(t time.Time, loc *time.Location) time.Time {
	if odd := wallOf(t, loc).Second(); odd != 0 {
		t = t.Add(time.Duration(60-odd) * time.Second)
	}
	return t.In(loc)
}

// furthestWall is the latest wall time that the clock in loc has shown up to t.
// That is later than what it shows at t while an hour comes for the second time.
func furthestWall(t time.Time, loc *time.Location) time.Time {
	furthest := wallOf(t, loc)
	for at := t.Add(-zoneReach).In(loc); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(t) {
			return furthest
		}
		_, offset := at.Zone()
		// The clock came up to this moment without showing it.
		turn := end.UTC().Add(time.Duration(offset)*time.Second - time.Nanosecond)
		if turn.After(furthest) {
			furthest = turn
		}
		at = end.In(loc)
	}
}
