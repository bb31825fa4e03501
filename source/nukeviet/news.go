package nukeviet

import (
	"cmp"
	"slices"
	"time"

	"bantin"
)

// readNews reads new stories, the oldest first.
func (v *visit) readNews(newest *listing) error {
	if newest.notModified {
		return nil
	}
	highest := int64(0)
	for id := range v.Seen {
		highest = max(highest, (&row{id: id}).number())
	}
	fresh := map[string]row{}
	gather := func(rows []row) (known bool, oldest time.Time) {
		for _, r := range rows {
			if !r.published.IsZero() && (oldest.IsZero() || r.published.Before(oldest)) {
				oldest = r.published
			}
			if v.isKnown(r.id) {
				continue
			}
			if _, met := fresh[r.id]; !met && (!v.isHistory(r.published) || highest > 0 && r.number() > highest) {
				fresh[r.id] = r
			}
		}
		return v.reachesKnown(rows), oldest
	}
	known, oldest := gather(newest.rows)
	if !newest.complete && !known && !v.isHistory(oldest) && len(newest.rows) > 0 {
		if err := v.followList(newest.next, newest.rows, func(rows []row, _ int) (bool, error) {
			known, oldest := gather(rows)
			return !known && !v.isHistory(oldest), nil
		}); err != nil {
			return err
		}
	}
	rows := make([]row, 0, len(fresh))
	for _, r := range fresh {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, compareAge)
	for _, r := range rows {
		if err := v.readStory(r, memo{}); err != nil {
			return err
		}
	}
	return nil
}

// reachesKnown reports whether rows end with known stories. One is not enough,
// because an old story comes to the top again when somebody changes its date.
func (v *visit) reachesKnown(rows []row) bool {
	const enough = 2
	list := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.published.IsZero() })
	if len(list) == 0 {
		list = rows
	}
	for _, r := range list[max(0, len(list)-enough):] {
		if !v.isKnown(r.id) {
			return false
		}
	}
	return len(list) > 0
}

// compareAge orders rows from the oldest on: by their times where both have one,
// else by their numbers.
func compareAge(a, b row) int {
	if !a.published.IsZero() && !b.published.IsZero() && !a.published.Equal(b.published) {
		return a.published.Compare(b.published)
	}
	return cmp.Compare(a.number(), b.number())
}

// maxPages is how many pages of a list are read: 40 years of a busy site.
const maxPages = 20_000

// followList reads a list downwards from a place and gives each page to act, with
// the place of the next one, until act wants no more. Stories that appear meanwhile
// push the others down, so that these are met twice. When stories vanish, others
// move up past the next place: a page that does not begin with the last story met,
// or a newer one, is read again from further up.
func (v *visit) followList(place int, before []row, act func(rows []row, next int) (bool, error)) error {
	last := lowestNumber(before)
	steps := 0
	for range maxPages {
		l, next, err := v.site.page(v.ctx, place)
		if err != nil {
			return err
		}
		if len(l.rows) == 0 {
			return nil
		}
		if next < 0 { // the page has no rows of a list
			return nil
		}
		if gap := last > 0 && highestNumber(l.rows) < last; gap && place > 0 && steps < 3 && next-place > 1 {
			steps++
			place = max(0, place-(next-place))
			continue
		}
		steps = 0
		deeper := lowestNumber(l.rows)
		more, err := act(l.rows, next)
		if err != nil || !more {
			return err
		}
		if last == 0 || deeper < last {
			last = deeper
		}
		place = next
	}
	return nil
}

func lowestNumber(rows []row) int64 {
	low := int64(0)
	for _, r := range rows {
		if n := r.number(); low == 0 || n < low {
			low = n
		}
	}
	return low
}

func highestNumber(rows []row) int64 {
	high := int64(0)
	for _, r := range rows {
		high = max(high, r.number())
	}
	return high
}

// oldestTime is the time of the oldest row; where a list knows the hour only, the
// last minute of it.
func oldestTime(rows []row) time.Time {
	var oldest time.Time
	for _, r := range rows {
		if !r.published.IsZero() && (oldest.IsZero() || r.published.Before(oldest)) {
			oldest = r.published
		}
	}
	if oldest.IsZero() || rows[len(rows)-1].precision == bantin.PrecisionMinute {
		return oldest
	}
	return oldest.Add(time.Hour - time.Minute)
}
