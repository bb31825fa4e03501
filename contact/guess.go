package contact

import (
	"strings"

	"bantin/place"
)

// guessColumn is what a heading means where no other says it: lists of an office
// have a column of units, each a provincial association.
func guessColumn(heading string) column {
	switch key(heading) {
	case "don vi", "don vi cong tac", "ten don vi", "noi cong tac", "co quan", "hoi khuyen hoc", "hoi tinh", "ten tinh", "ten tinh thanh pho",
		"hoi khuyen hoc tinh", "hoi khuyen hoc tinh thanh pho", "hoi khuyen hoc cac tinh thanh pho", "unit", "organisation", "organization":
		return placeColumn
	case "ho va ten thu ky", "ho ten thu ky", "ten thu ky", "thu ky", "nguoi lien he", "ho ten nguoi lien he", "contact", "contact name":
		return nameColumn
	}
	return noColumn
}

// guess gives meanings that no heading has to the first that perhaps has it.
func (h *header) guess() {
	for i, heading := range h.names {
		if c := guessColumn(heading); h.columns[i] == noColumn && c != noColumn && !h.has(c) {
			h.columns[i] = c
		}
	}
}

// placeOf finds the unit that a cell names, or the one of the association that
// it names: what stands behind its last "tỉnh" or "thành phố".
func placeOf(cell string) (slug string, ok bool) {
	if slug, ok = place.Lookup(cell); ok {
		return slug, true
	}
	words := key(cell)
	from := -1
	for _, kind := range []string{" tinh ", " thanh pho ", " tp ", " province of ", " city of "} {
		if at := strings.LastIndex(words, kind); at >= 0 {
			from = max(from, at+len(kind))
		}
	}
	if from < 0 {
		return "", false
	}
	return place.Lookup(words[from:])
}
