package extract

import (
	"strings"
	"unicode"

	"bantin/place"
)

// Similar is the share of a's words that b has too, from 0 to 1. A changed file
// that shares under a third with its last version is a new bulletin.
//
// Vietnamese writes its syllables apart and has few of them, so that any two
// texts share most; what is counted are pairs of neighbours, which is what most
// of its words are. A text of one word is compared as it is.
func Similar(a, b string) float64 {
	mine, theirs := pairs(a), pairs(b)
	if len(mine) == 0 {
		return 1
	}
	common := 0
	for pair := range mine {
		if theirs[pair] {
			common++
		}
	}
	return float64(common) / float64(len(mine))
}

// pairs is the set of neighbouring words of a text, folded.
func pairs(text string) map[string]bool {
	words := strings.FieldsFunc(place.Fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(words) == 1 {
		return map[string]bool{words[0]: true}
	}
	set := make(map[string]bool, len(words))
	for i := range len(words) - 1 {
		set[words[i]+" "+words[i+1]] = true
	}
	return set
}
