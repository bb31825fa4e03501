package place

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// The limits of SentenceCase: from which share of capitals a title is one in capitals,
// how many words a name has at most, and how many words of the text are read.
const (
	capitalShare = 0.8
	minCapitals  = 8
	maxNameWords = 6
	maxTextWords = 4000

	maxOccurrences = 40 // of a word that are looked at
)

// SentenceCase writes a title in capitals as a sentence: HỘI NGHỊ TẠI SƠN LA becomes
// "Hội nghị tại Sơn La". A name is kept as the text beside it writes it; those of places
// and the given ones are known without a text. A word stays in capitals that the text
// has so, that has no vowel (THCS), that has a digit, or that is a Roman number. A title
// with a fifth of small letters, or a short one, is returned as it is.
func SentenceCase(title, text string, names ...string) string {
	if !isCapitals(title) {
		return title
	}
	words := strings.Fields(title)
	s := sentence{text: textWords(text), at: map[string][]int{}}
	for i, w := range s.text {
		key := strings.ToLower(bare(w))
		if len(s.at[key]) < maxOccurrences {
			s.at[key] = append(s.at[key], i)
		}
	}
	s.known = knownNames()
	if len(names) > 0 {
		s.known = slices.Clone(s.known)
		for _, n := range names {
			s.known = append(s.known, strings.Fields(n))
		}
	}
	first := true // of a sentence or a quotation
	for i := 0; i < len(words); {
		n := s.write(words[i:], previous(words, i))
		if first || opensQuotation(words[i]) {
			words[i] = capitalize(words[i])
		}
		i += n
		first = endsSentence(words[i-1])
	}
	return strings.Join(words, " ")
}

// isCapitals reports whether more than capitalShare of the letters are capitals.
func isCapitals(s string) bool {
	upper, lower := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return upper >= minCapitals && float64(upper) > capitalShare*float64(upper+lower)
}

// sentence is what is known about how words are written.
type sentence struct {
	text  []string         // words of the bulletin, with their punctuation
	at    map[string][]int // where each stands, by the word in small letters
	known [][]string       // names, word by word
}

// write rewrites the first words of a title in place and returns how many: the longest
// name that is known or stands in the text, else one word.
func (s *sentence) write(words []string, before string) int {
	for n := min(maxNameWords, len(words)); n >= 2; n-- {
		if form := s.name(words[:n]); form != nil {
			for i := range n {
				words[i] = replaceBare(words[i], form[i])
			}
			return n
		}
	}
	words[0] = s.word(words[0], before)
	return 1
}

// name finds how these words are written, nil where that is not known.
func (s *sentence) name(words []string) []string {
	for _, k := range s.known {
		if len(k) == len(words) && sameWords(k, words) {
			return k
		}
	}
	for _, i := range s.at[strings.ToLower(bare(words[0]))] {
		if i+len(words) > len(s.text) || s.startsSentence(i) {
			continue // its first word is a capital whatever it is
		}
		form := s.text[i : i+len(words)]
		if startsCapital(s.text[i-1]) && !isPerson(form) {
			continue // it is the end of a longer name
		}
		if sameWords(form, words) && !allCapitals(form) {
			bared := make([]string, len(form))
			for j := range form {
				bared[j] = bare(form[j])
			}
			return bared
		}
	}
	return nil
}

// word writes a word that is part of no name.
func (s *sentence) word(w, before string) string {
	core := bare(w)
	lower := strings.ToLower(core)
	if strings.ContainsFunc(core, unicode.IsDigit) || !hasVowel(core) || isRoman(core, before) {
		return w
	}
	for _, i := range s.at[lower] {
		if form := bare(s.text[i]); form != core && hasInnerCapital(form) { // TTg
			return replaceBare(w, form)
		}
	}
	if s.keepsCapitals(core, lower) {
		return w
	}
	for _, k := range s.known {
		if len(k) == 1 && strings.EqualFold(k[0], core) {
			return replaceBare(w, k[0])
		}
	}
	return replaceBare(w, lower)
}

// keepsCapitals reports whether the text has the word in capitals amid small letters, as
// it has UBND. A line in capitals says nothing about its words.
func (s *sentence) keepsCapitals(core, lower string) bool {
	for _, i := range s.at[lower] {
		around := s.text[max(0, i-1):min(len(s.text), i+2)]
		if len(core) > 1 && bare(s.text[i]) == core && !allCapitals(around) {
			return true
		}
	}
	return false
}

func (s *sentence) startsSentence(i int) bool { return i == 0 || endsSentence(s.text[i-1]) }

// knownNames are names that titles have without a text beside them: of places, and of
// what every office of the country names.
var knownNames = sync.OnceValue(func() [][]string {
	list := [][]string{strings.Fields("Việt Nam"), strings.Fields("Hồ Chí Minh"), strings.Fields("Nhà giáo Việt Nam"), strings.Fields("Tết Nguyên đán"), {"Đảng"}, {"Tết"}}
	for _, u := range All() {
		for _, name := range []string{u.Name, u.FullName} {
			if words := strings.Fields(name); words[0] != "Tỉnh" {
				list = append(list, words)
			}
		}
	}
	return list
})

func textWords(text string) []string {
	words := make([]string, 0, 256)
	for w := range strings.FieldsSeq(text) {
		if len(words) == maxTextWords {
			break
		}
		words = append(words, w)
	}
	return words
}

func previous(words []string, i int) string {
	if i == 0 {
		return ""
	}
	return bare(words[i-1])
}
