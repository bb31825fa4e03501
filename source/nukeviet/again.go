package nukeviet

import (
	"cmp"
	"slices"

	"bantin"
	"bantin/source/document"
)

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
		m := readMemo(v.Seen[id])
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
	ids := make([]string, 0, len(v.Seen))
	for id := range v.Seen {
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
		err := v.give(Item{ID: r.id, Err: &document.Problem{Words: words(
			"trang không còn bài này; nếu mai vẫn không có, bản tin sẽ được rút",
			"the site no longer has this story; if it is still missing tomorrow, its bulletin is withdrawn")}})
		if err != nil {
			return err
		}
		return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
	case v.now.Sub(known.lost) < lostFor:
		return nil
	}
	return v.give(Item{ID: r.id, Vanished: true})
}
