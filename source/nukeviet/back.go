package nukeviet

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// How far a backfill came is noted after so many pages or stories.
const (
	pagesANote   = 10
	storiesANote = 100
)

// back reads what is older than news, from the newest down to the day that is
// wanted. How far it came is noted now and then, and gone on with.
func (v *visit) back(newest *listing) error {
	v.backwards = true
	since := v.options.Since.In(v.options.Location)
	done, place, last := readCursor(v.Notes["back"])
	if !done.IsZero() && !since.Before(done) {
		return nil
	}
	if newest.whole {
		if err := v.older(newest.rows, since); err != nil {
			return err
		}
	}
	var before []row
	if last > 0 {
		before = []row{{id: strconv.FormatInt(last, 10)}}
	}
	pages, noted := 0, v.read
	err := v.dig(place, before, func(rows []row, next int) (bool, error) {
		if err := v.older(rows, since); err != nil {
			return false, err
		}
		dated := slices.ContainsFunc(rows, func(r row) bool { return !r.published.IsZero() })
		more := slices.ContainsFunc(rows, func(r row) bool { return !r.published.IsZero() && !r.published.Before(since) })
		if dated && !more {
			return false, nil
		}
		low := lowest(rows)
		if last > 0 {
			low = min(low, last)
		}
		last, place = low, max(next, 0)
		// Each note is a flush to disk; without it pages of the list are read again.
		if pages++; pages < pagesANote && v.read-noted < storiesANote {
			return true, nil
		}
		pages, noted = 0, v.read
		return true, v.remember(map[string]string{"back": cursor(time.Time{}, place, last)})
	})
	if err != nil {
		return err
	}
	return v.remember(map[string]string{"back": cursor(since, place, last)})
}

// older reads what is unknown of rows and not older than since.
func (v *visit) older(rows []row, since time.Time) error {
	for _, r := range rows {
		if v.knows(r.id) || r.published.Before(since) && !r.published.IsZero() {
			continue
		}
		if err := v.take(r, memo{}); err != nil {
			return err
		}
	}
	return nil
}

// cursor writes how far back a site was read: done is the day that was reached.
func cursor(done time.Time, place int, last int64) string {
	day := "-"
	if !done.IsZero() {
		day = unix(done)
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
