package document

import "slices"

// closest gives the choice that word resembles most, or "" where half of it would
// have to change for any.
func closest(word string, choices []string) string {
	word = word[:min(len(word), 40)]
	near := slices.MinFunc(choices, func(a, b string) int { return editDistance(word, a) - editDistance(word, b) })
	if 2*editDistance(word, near) >= len(word) {
		return ""
	}
	return near
}

// editDistance is the Levenshtein distance.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
