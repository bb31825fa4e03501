package nukeviet

import (
	"cmp"
	"slices"

	"bantin/source/document"
)

// maxChecks is how many stories that only may have changed a visit reads.
const maxChecks = 5

// recheck reads known stories again: those of which the list says something else,
// those that it should show and does not, and those whose recheck is due.
func (v *visit) recheck(newest *listing) error {
	listed := map[string]row{}
	for _, r := range newest.rows {
		listed[r.id] = r
	}
	oldest := oldestTime(newest.rows)
	checks := 0
	for _, id := range v.knownIDs() {
		m := readMemo(v.Seen[id])
		r, here := listed[id]
		changed := here && m.mark != "" && r.kind == m.mark[0] && r.mark() != m.mark
		// A list is in the order of time: what is younger than its oldest row
		// should be on it.
		absent := !here && !newest.notModified && !newest.cut && !newest.links[id] && !m.unlisted && m.missingSince.IsZero() && !m.read.IsZero() &&
			!oldest.IsZero() && m.published.After(oldest)
		if !changed && !absent && !m.isDue(v.now) {
			continue
		}
		if !changed {
			if checks++; checks > maxChecks {
				continue
			}
		}
		if !here {
			r = v.site.row(id, m.address)
		}
		m.unlisted = m.unlisted || absent
		if err := v.readStory(r, m); err != nil {
			return err
		}
	}
	return nil
}

// knownIDs lists the stories that were seen before this visit, the newest first.
func (v *visit) knownIDs() []string {
	ids := make([]string, 0, len(v.Seen))
	for id := range v.Seen {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Compare((&row{id: b}).number(), (&row{id: a}).number())
	})
	return ids
}

// noteMissing notes that the site says it does not have a story. It has vanished
// when two visits a day apart found that.
func (v *visit) noteMissing(r row, known memo) error {
	switch {
	case known.read.IsZero(): // never had: perhaps not yet published
		return v.noteFailure(r, known, errNotStory)
	case known.missingSince.IsZero():
		known.missingSince, known.unlisted = v.now, false
		err := v.give(Item{ID: r.id, Err: &document.Problem{Words: words(
			"trang không còn bài này; nếu mai vẫn không có, bản tin sẽ được rút",
			"the site no longer has this story; if it is still missing tomorrow, its bulletin is withdrawn")}})
		if err != nil {
			return err
		}
		return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
	case v.now.Sub(known.missingSince) < vanishAfter:
		return nil
	}
	return v.give(Item{ID: r.id, Vanished: true})
}
