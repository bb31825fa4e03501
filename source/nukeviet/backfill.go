package nukeviet

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// After how many pages or stories a backfill notes how far it came.
const (
	pagesPerNote   = 10
	storiesPerNote = 100
)

// backfill reads what is older than news, from the newest back to the day of Since.
// It notes its position from time to time and resumes there.
func (v *visit) backfill(newest *listing) error {
	v.backfilling = true
	since := v.options.Since.In(v.options.Location)
	done, place, last := readCursor(v.Notes["back"])
	if !done.IsZero() && !since.Before(done) {
		return nil
	}
	if newest.complete {
		if err := v.readOlder(newest.rows, since); err != nil {
			return err
		}
	}
	var before []row
	if last > 0 {
		before = []row{{id: strconv.FormatInt(last, 10)}}
	}
	pages, noted := 0, v.storiesRead
	err := v.followList(place, before, func(rows []row, next int) (bool, error) {
		if err := v.readOlder(rows, since); err != nil {
			return false, err
		}
		dated := slices.ContainsFunc(rows, func(r row) bool { return !r.roughly().IsZero() })
		more := slices.ContainsFunc(rows, func(r row) bool { return !r.roughly().Before(since) })
		if dated && !more {
			return false, nil
		}
		low := lowestNumber(rows)
		if last > 0 {
			low = min(low, last)
		}
		last, place = low, max(next, 0)
		// Each note is a flush to disk; without it pages of the list are read again.
		if pages++; pages < pagesPerNote && v.storiesRead-noted < storiesPerNote {
			return true, nil
		}
		pages, noted = 0, v.storiesRead
		return true, v.remember(map[string]string{"back": cursor(time.Time{}, place, last)})
	})
	if err != nil {
		return err
	}
	return v.remember(map[string]string{"back": cursor(since, place, last)})
}

// readOlder reads the unknown stories among rows that are not older than since.
func (v *visit) readOlder(rows []row, since time.Time) error {
	for _, r := range rows {
		if v.isKnown(r.id) || r.published.Before(since) && !r.published.IsZero() {
			continue
		}
		if err := v.readStory(r, memo{}); err != nil {
			return err
		}
	}
	return nil
}

// cursor writes how far back a site was read: done is the day that was reached.
func cursor(done time.Time, place int, last int64) string {
	day := "-"
	if !done.IsZero() {
		day = unixString(done)
	}
	return day + " " + strconv.Itoa(place) + " " + strconv.FormatInt(last, 10)
}

func readCursor(text string) (done time.Time, place int, last int64) {
	parts := strings.Fields(text)
	if len(parts) != 3 {
		return time.Time{}, 0, 0
	}
	if n, err := strconv.ParseInt(parts[0], 10, 64); err == nil {
		done = time.Unix(n, 0)
	}
	place, _ = strconv.Atoi(parts[1])
	last, _ = strconv.ParseInt(parts[2], 10, 64)
	return done, max(place, 0), last
}
