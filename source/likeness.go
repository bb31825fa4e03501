package source

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"bantin/place"
)

// Shingles is a text as the set of its runs of five words, each a hash: what
// two tellings of one story share, in whatever spelling. Form letters share
// runs too; see Shingles.Numbers.
type Shingles struct {
	Runs    map[uint64]struct{}
	Numbers map[string]struct{} // words with a digit: days, sums, documents
}

// runLength is long enough that no two stories of an association share many
// runs by chance, and short enough that an edited sentence costs few.
const runLength = 5

// Shingle reads a text, in time that grows with it.
func Shingle(text string) Shingles {
	words := strings.FieldsFunc(place.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	s := Shingles{map[uint64]struct{}{}, map[string]struct{}{}}
	for i, word := range words {
		if strings.ContainsFunc(word, unicode.IsDigit) {
			s.Numbers[word] = struct{}{}
		}
		if i+runLength > len(words) {
			continue
		}
		h := fnv.New64a()
		for _, w := range words[i : i+runLength] {
			h.Write([]byte(w))
			h.Write([]byte{' '})
		}
		s.Runs[h.Sum64()] = struct{}{}
	}
	return s
}

// Sketch is the n smallest runs, as signed numbers for a database. Two texts of
// which four runs in five are the same share one of four with a chance of
// 998 in 1000 (Broder, On the resemblance and containment of documents, 1997).
func (s Shingles) Sketch(n int) []int64 {
	all := make([]int64, 0, len(s.Runs))
	for run := range s.Runs {
		all = append(all, int64(run>>1))
	}
	slices.Sort(all)
	return all[:min(n, len(all))]
}

// Resemblance is what two texts share of all that is in either, and Share what
// they share of the shorter one; both from 0 to 1.
func (s Shingles) Resemblance(t Shingles) (resemblance, share float64) {
	common := shared(s.Runs, t.Runs)
	if shorter := min(len(s.Runs), len(t.Runs)); shorter > 0 {
		share = float64(common) / float64(shorter)
	}
	if all := len(s.Runs) + len(t.Runs) - common; all > 0 {
		resemblance = float64(common) / float64(all)
	}
	return resemblance, share
}

// SameNumbers is the share of numbers that both texts name among all that
// either names; 1 where there is none.
func (s Shingles) SameNumbers(t Shingles) float64 {
	common := shared(s.Numbers, t.Numbers)
	all := len(s.Numbers) + len(t.Numbers) - common
	if all == 0 {
		return 1
	}
	return float64(common) / float64(all)
}

func shared[K comparable](a, b map[K]struct{}) int {
	common := 0
	for k := range a {
		if _, ok := b[k]; ok {
			common++
		}
	}
	return common
}
