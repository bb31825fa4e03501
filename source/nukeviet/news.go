package nukeviet

import (
	"cmp"
	"slices"
	"time"

	"bantin"
)

// news reads what is new, the oldest first.
func (v *visit) news(newest *listing) error {
	if newest.same {
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
			if v.knows(r.id) {
				continue
			}
			if _, met := fresh[r.id]; !met && (!v.isHistory(r.published) || highest > 0 && r.number() > highest) {
				fresh[r.id] = r
			}
		}
		return v.reached(rows), oldest
	}
	known, oldest := gather(newest.rows)
	if !newest.whole && !known && !v.isHistory(oldest) && len(newest.rows) > 0 {
		if err := v.dig(newest.next, newest.rows, func(rows []row, _ int) (bool, error) {
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
	slices.SortFunc(rows, older)
	for _, r := range rows {
		if err := v.take(r, memo{}); err != nil {
			return err
		}
	}
	return nil
}

// reached reports whether a list was followed to what is known: the end of it
// is. One row is not enough, for old stories come to the top again when somebody
// dates them anew.
func (v *visit) reached(rows []row) bool {
	const enough = 2
	list := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.published.IsZero() })
	if len(list) == 0 {
		list = rows
	}
	for _, r := range list[max(0, len(list)-enough):] {
		if !v.knows(r.id) {
			return false
		}
	}
	return len(list) > 0
}

// older puts the older of two rows first: by their times where both have one,
// else by their numbers.
func older(a, b row) int {
	if !a.published.IsZero() && !b.published.IsZero() && !a.published.Equal(b.published) {
		return a.published.Compare(b.published)
	}
	return cmp.Compare(a.number(), b.number())
}

// mostPages bounds how far a list is followed: 40 years of a busy site.
const mostPages = 20_000

// dig follows a list downwards from a place and gives each page to act, with
// the place that is next, until that has enough. Stories that appear meanwhile
// push the others down: they are met twice. Where some vanish, others move up
// past the place that comes next: a page that does not begin with what was the
// last one, or something newer, is read from further up.
func (v *visit) dig(place int, before []row, act func(rows []row, next int) (bool, error)) error {
	last := lowest(before)
	steps := 0
	for range mostPages {
		l, next, err := v.site.page(v.ctx, place)
		if err != nil {
			return err
		}
		if len(l.rows) == 0 {
			return nil
		}
		if next < 0 { // no row of a list
			return nil
		}
		if gap := last > 0 && highestOf(l.rows) < last; gap && place > 0 && steps < 3 && next-place > 1 {
			steps++
			place = max(0, place-(next-place))
			continue
		}
		steps = 0
		deeper := lowest(l.rows)
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

func lowest(rows []row) int64 {
	low := int64(0)
	for _, r := range rows {
		if n := r.number(); low == 0 || n < low {
			low = n
		}
	}
	return low
}

func highestOf(rows []row) int64 {
	high := int64(0)
	for _, r := range rows {
		high = max(high, r.number())
	}
	return high
}

// oldestOf gives the time of the oldest row, where a list knows the hour alone
// the last minute of that.
func oldestOf(rows []row) time.Time {
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
