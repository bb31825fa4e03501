package nukeviet

// met is what a visit came across of late: rows come twice while a list moves,
// though never far apart. It forgets the oldest, so that a visit of many years
// needs no more memory than one of a week.
type met struct {
	ids  map[string]bool
	ring []string
	next int
}

// mostMet is some seventy pages of a list.
const mostMet = 1000

func (m *met) add(id string) {
	if m.ids[id] {
		return
	}
	if m.ids == nil {
		m.ids = map[string]bool{}
	}
	if len(m.ring) < mostMet {
		m.ring = append(m.ring, id)
	} else {
		delete(m.ids, m.ring[m.next])
		m.ring[m.next] = id
		m.next = (m.next + 1) % mostMet
	}
	m.ids[id] = true
}

// knows reports whether a story was seen before this visit, or in it of late.
func (v *visit) knows(id string) bool {
	_, seen := v.Seen[id]
	return seen || v.met.ids[id]
}
