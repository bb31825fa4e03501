package contact

import "strings"

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
	words := " " + key(heading) + " "
	const long = 60 // of a title
	if len(heading) <= long && !strings.Contains(heading, "@") {
		for _, word := range []string{" email ", " e mail ", " mail ", " gmail ", " thu dien tu ", " hop thu "} {
			if strings.Contains(words, word) {
				return emailColumn
			}
		}
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
