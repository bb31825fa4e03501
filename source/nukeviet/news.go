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
			if t := r.roughly(); !t.IsZero() && (oldest.IsZero() || t.Before(oldest)) {
				oldest = t
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
	var broken error // what ended the list; what it showed before is read all the same
	if !newest.complete && !known && !v.isHistory(oldest) && len(newest.rows) > 0 {
		broken = v.followList(newest.next, newest.rows, func(rows []row, _ int) (bool, error) {
			known, oldest := gather(rows)
			return !known && !v.isHistory(oldest), nil
		})
		if broken != nil && !isAnswered(broken) {
			return broken
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
	return broken
}

// reachesKnown reports whether rows end with known stories. One is not enough,
// because an old story comes to the top again when somebody changes its date.
func (v *visit) reachesKnown(rows []row) bool {
	const enough = 2
	list := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.roughly().IsZero() })
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
