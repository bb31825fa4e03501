package extract

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"bantin/place"
)

// Shingles is a text as the set of its runs of five words (w-shingles), each a
// hash. Two versions of one story share most of them, in any spelling. Form
// letters share them too, but not their Numbers.
type Shingles struct {
	Runs    map[uint64]struct{}
	Numbers map[string]struct{} // words with a digit: days, sums, documents
}

// shingleWords is long enough that no two stories of an association share many
// runs by chance, and short enough that an edited sentence costs few.
const shingleWords = 5

// Shingle makes the shingles of a text, in time linear in its length.
func Shingle(text string) Shingles {
	words := strings.FieldsFunc(place.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	s := Shingles{map[uint64]struct{}{}, map[string]struct{}{}}
	for i, word := range words {
		if strings.ContainsFunc(word, unicode.IsDigit) {
			s.Numbers[word] = struct{}{}
		}
		if i+shingleWords > len(words) {
			continue
		}
		h := fnv.New64a()
		for _, w := range words[i : i+shingleWords] {
			h.Write([]byte(w))
			h.Write([]byte{' '})
		}
		s.Runs[h.Sum64()] = struct{}{}
	}
	return s
}

// MinHash is the n smallest runs, as signed numbers for a database. Two texts that
// have four runs in five in common share one of four with a probability of 0.998 (Broder, On the resemblance and containment of documents, 1997).
func (s Shingles) MinHash(n int) []int64 {
	all := make([]int64, 0, len(s.Runs))
	for run := range s.Runs {
		all = append(all, int64(run>>1))
	}
	slices.Sort(all)
	return all[:min(n, len(all))]
}

// Resemblance is the share of common runs among those of either text (the Jaccard
// index), and share that among those of the shorter text; both from 0 to 1.
func (s Shingles) Resemblance(t Shingles) (resemblance, share float64) {
	common := intersection(s.Runs, t.Runs)
	if shorter := min(len(s.Runs), len(t.Runs)); shorter > 0 {
		share = float64(common) / float64(shorter)
	}
	if all := len(s.Runs) + len(t.Runs) - common; all > 0 {
		resemblance = float64(common) / float64(all)
	}
	return resemblance, share
}

// NumberOverlap is the share of numbers that both texts name among those that
// either names; 1 where neither names any.
func (s Shingles) NumberOverlap(t Shingles) float64 {
	common := intersection(s.Numbers, t.Numbers)
	all := len(s.Numbers) + len(t.Numbers) - common
	if all == 0 {
		return 1
	}
	return float64(common) / float64(all)
}

func intersection[K comparable](a, b map[K]struct{}) int {
	common := 0
	for k := range a {
		if _, ok := b[k]; ok {
			common++
		}
	}
	return common
}
