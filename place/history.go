package place

import "slices"

// Abolished reports whether the unit was merged away, and into which.
func Abolished(slug string) (successor string, ok bool) {
	u := gazetteer().bySlug[slug]
	if u == nil || u.Successor == "" {
		return "", false
	}
	return u.Successor, true
}

// Became gives what a unit counts as where bulletins meet contacts, clusters
// and feeds: itself, then the unit it was merged into, if it was.
func Became(slug string) []string {
	if successor, ok := Abolished(slug); ok {
		return []string{slug, successor}
	}
	return []string{slug}
}

// Predecessors lists the units that were merged into the unit, without itself.
func Predecessors(slug string) []string {
	return slices.Clone(gazetteer().predecessors[slug])
}

// sameToday reports whether two units are the same, or are parts of the same
// unit since the reform.
func sameToday(a, b string) bool {
	return a == b || lastOf(a) == lastOf(b)
}

// lastOf is what the unit is called today.
func lastOf(slug string) string {
	if u := gazetteer().bySlug[slug]; u != nil && u.Successor != "" {
		return u.Successor
	}
	return slug
}

// family lists every unit that counts as one of those given: themselves, what
// they became, and what was merged into any of these. The order is that of
// first mention.
func family(slugs []string) []string {
	var all []string
	add := func(slug string) {
		if !slices.Contains(all, slug) {
			all = append(all, slug)
		}
	}
	for _, slug := range slugs {
		for _, now := range Became(slug) {
			add(now)
			for _, was := range gazetteer().predecessors[now] {
				add(was)
			}
		}
	}
	return all
}
