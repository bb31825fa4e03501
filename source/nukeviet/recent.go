package nukeviet

// recentIDs are the stories that a visit met last: while a list moves, rows come
// twice, never far apart. It is a ring that forgets the oldest, so that a visit of
// many years needs no more memory than one of a week.
type recentIDs struct {
	ids  map[string]bool
	ring []string
	next int
}

// maxRecent is some seventy pages of a list.
const maxRecent = 1000

func (m *recentIDs) add(id string) {
	if m.ids[id] {
		return
	}
	if m.ids == nil {
		m.ids = map[string]bool{}
	}
	if len(m.ring) < maxRecent {
		m.ring = append(m.ring, id)
	} else {
		delete(m.ids, m.ring[m.next])
		m.ring[m.next] = id
		m.next = (m.next + 1) % maxRecent
	}
	m.ids[id] = true
}

// isKnown reports whether a story was seen before this visit, or recently in it.
func (v *visit) isKnown(id string) bool {
	_, seen := v.Seen[id]
	return seen || v.recent.ids[id]
}
