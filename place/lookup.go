package place

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Lookup finds the unit that name means: a slug, a name, a full name or an
// alias, folded, with or without its kind ("tỉnh", "TP.", "province").
// It takes all of name for the name; [Atlas.Find] is for running text.
func Lookup(name string) (slug string, ok bool) {
	key := nameKey(name)
	if slug, ok = gazetteer().byName[key]; ok {
		return slug, true
	}
	slug, ok = gazetteer().byName[withoutKind(key)]
	return slug, ok
}

// Nearest lists up to n units whose names resemble name, the likeliest first:
// for "did you mean" in messages. What differs in more than a third is left out.
func Nearest(name string, n int) []string {
	key := withoutKind(nameKey(name))
	type guess struct {
		slug     string
		distance int
	}
	var guesses []guess
	for _, u := range gazetteer().units {
		g := guess{u.Slug, len(key) + 1}
		for _, own := range append([]string{u.Name}, u.Aliases...) {
			g.distance = min(g.distance, distance(key, nameKey(own)))
		}
		if 3*g.distance <= len(key) {
			guesses = append(guesses, g)
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(a.distance, b.distance) })
	var slugs []string
	for _, g := range guesses[:min(n, len(guesses))] {
		slugs = append(slugs, g.slug)
	}
	return slugs
}

// nameKey joins the folded words of a name by one space, whatever stands
// between them, so that slugs, "TP.HCM" and "Bà Rịa – Vũng Tàu" have one key.
func nameKey(name string) string {
	return strings.Join(strings.FieldsFunc(Fold(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// withoutKind takes the words for province and city off a key.
func withoutKind(key string) string {
	for _, kind := range []string{"tinh ", "thanh pho ", "tp ", "thu do "} {
		if rest, ok := strings.CutPrefix(key, kind); ok {
			return rest
		}
	}
	for _, kind := range []string{" province", " city"} {
		if rest, ok := strings.CutSuffix(key, kind); ok {
			return rest
		}
	}
	return key
}

// distance is the number of bytes to insert, drop, change or swap with their
// neighbour to make b of a (optimal string alignment). Both are folded and
// short: what is longer than any name is not looked at.
func distance(a, b string) int {
	const longest = 64
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	var rows [3][longest + 1]int // before last, last, current
	for j := range len(b) + 1 {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		rows[2][0] = i
		for j := 1; j <= len(b); j++ {
			change := rows[1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			d := min(change, rows[1][j]+1, rows[2][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[0][j-2]+1)
			}
			rows[2][j] = d
		}
		rows[0], rows[1], rows[2] = rows[1], rows[2], rows[0]
	}
	return rows[1][len(b)]
}
