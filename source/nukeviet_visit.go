package source

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bantin"
)

// news reads what is new, the oldest first.
func (v *visit) news(newest *listing) error {
	if newest.same {
		return nil
	}
	highest := int64(0)
	for id := range v.seen {
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
			if _, met := fresh[r.id]; !met && (!history(r.published, v.first) || highest > 0 && r.number() > highest) {
				fresh[r.id] = r
			}
		}
		return v.reached(rows), oldest
	}
	known, oldest := gather(newest.rows)
	if !newest.whole && !known && !history(oldest, v.first) && len(newest.rows) > 0 {
		if err := v.dig(newest.next, newest.rows, func(rows []row, _ int) (bool, error) {
			known, oldest := gather(rows)
			return !known && !history(oldest, v.first), nil
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

// mostChecks bounds what a look spends on stories that only may have changed.
const mostChecks = 5

// again reads stories again of which the list says something else, those that
// it does not show and should, and those whose time has come.
func (v *visit) again(newest *listing) error {
	listed := map[string]row{}
	for _, r := range newest.rows {
		listed[r.id] = r
	}
	oldest := oldestOf(newest.rows)
	checks := 0
	for _, id := range v.known() {
		m := readMemo(v.seen[id])
		r, here := listed[id]
		changed := here && m.mark != "" && r.kind == m.mark[0] && r.mark() != m.mark
		// A list is in the order of time: what is younger than its oldest row
		// should be on it.
		absent := !here && !newest.same && !newest.links[id] && !m.unseen && m.lost.IsZero() && !m.read.IsZero() &&
			!oldest.IsZero() && m.published.After(oldest)
		if !changed && !absent && !m.due(v.now) {
			continue
		}
		if !changed {
			if checks++; checks > mostChecks {
				continue
			}
		}
		if !here {
			r = v.site.row(id, m.address)
		}
		if r.published.IsZero() && !m.published.IsZero() {
			r.published, r.precision = m.published, bantin.PrecisionMinute
		}
		m.unseen = m.unseen || absent
		if err := v.take(r, m); err != nil {
			return err
		}
	}
	return nil
}

// known gives the ids of what was seen before this visit, the newest first.
func (v *visit) known() []string {
	ids := make([]string, 0, len(v.seen))
	for id := range v.seen {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Compare((&row{id: b}).number(), (&row{id: a}).number())
	})
	return ids
}

// lost notes a story that its site says it does not have. Two looks a day apart
// must find that before it has vanished.
func (v *visit) lost(r row, known memo) error {
	switch {
	case known.read.IsZero(): // never had: perhaps not yet published
		return v.failed(r, known, errNotStory)
	case known.lost.IsZero():
		known.lost, known.unseen = v.now, false
		err := v.give(Item{ID: r.id, Err: problem(
			"trang không còn bài này; nếu mai vẫn không có, bản tin sẽ được rút",
			"the site no longer has this story; if it is still missing tomorrow, its bulletin is withdrawn")})
		if err != nil {
			return err
		}
		return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
	case v.now.Sub(known.lost) < lostFor:
		return nil
	}
	return v.give(Item{ID: r.id, Vanished: true})
}

// How far a backfill came is noted after so many pages or stories.
const (
	pagesANote   = 10
	storiesANote = 100
)

// back reads what is older than news, from the newest down to the day that is
// wanted. How far it came is noted now and then, and gone on with.
func (v *visit) back(newest *listing) error {
	v.backwards = true
	since := v.spec.Since.In(v.spec.Location)
	done, place, last := readCursor(v.notes["back"])
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
