package config

import (
	"fmt"
	"slices"
	"strings"

	"bantin"
)

// nearest is the known word that text is a likely typo or a prefix of, such as
// password_file; "" for none.
func nearest(text string, known []string) string {
	best, least := "", len([]rune(text))/3+2
	for _, word := range known {
		if strings.HasPrefix(word, strings.ToLower(text)+"_") {
			best = word
		}
	}
	if best != "" {
		return best
	}
	for _, word := range known {
		if d := distance(strings.ToLower(text), strings.ToLower(word)); d < least {
			best, least = word, d
		}
	}
	return best
}

// distance is the edit distance with transpositions (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 64 || len(t) > 64 {
		return 64 // nobody means this
	}
	var before []int
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		next := make([]int, len(t)+1)
		next[0] = i + 1
		for j := range t {
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+differ(s[i], t[j]))
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(t)]
}

func differ(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}

// didYouMean is " (did you mean …?)", or "" where no word is near.
func didYouMean(text string, known []string) bantin.Words {
	word := nearest(text, known)
	if word == "" {
		return bantin.Words{}
	}
	return asking(fmt.Sprintf("%q", word))
}

func asking(words string) bantin.Words {
	if words == "" {
		return bantin.Words{}
	}
	return both(" (có phải là %s?)", " (did you mean %s?)", words)
}

// possible lists the possible values.
func possible(words []string) bantin.Words {
	if len(words) == 0 {
		return both("ở đây chưa có giá trị nào", "there are no values to choose from yet")
	}
	list := strings.Join(words, ", ")
	return both("có thể dùng: %s", "possible: %s", list)
}

func joined(a, b bantin.Words) bantin.Words { return bantin.Words{VI: a.VI + b.VI, EN: a.EN + b.EN} }

func sorted(words []string) []string {
	words = slices.Clone(words)
	slices.Sort(words)
	return slices.Compact(words)
}
