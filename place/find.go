package place

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
)

// Matches is what a text names, each once, in the order of first appearance.
type Matches struct {
	Places   []string   // slugs
	Clusters []string   // ids
	Evidence []Evidence // why: for each of them its first mention
}

// Reform is the first day of the 34 units.
func Reform() bantin.Day { return bantin.Day{Year: 2025, Month: 7, Day: 1} }

// Find finds the units and clusters that text names. Units are those of day: a
// name of before the reform in a later text gives what the unit became. The
// zero day takes each name for what it says.
//
// A name counts where it is a whole word, is written with capitals and with
// its own diacritics or none, is not part of a longer phrase that means
// something else ("Thái Bình Dương"), and no rule of rules.go says that it
// stands for somebody or something else ("Đỗ Hà Nam", "xã Long An"). Clusters count behind the word cụm: "Cụm I", "cụm công tác khuyến học
// các tỉnh Tây – Bắc". The time it takes is linear in the text.
func (a *Atlas) Find(text string, day bantin.Day) Matches {
	text = composed(text)
	tokens, keep := a.tokens(text)
	tokens = a.places.split(tokens, text, func(string) int32 { return unknownWord })
	defer func() { keep(tokens) }()
	s := search{atlas: a, text: text, tokens: tokens}
	s.run()
	if !day.IsZero() && !day.Before(Reform()) {
		s.found.today()
	}
	return s.found
}

// tokens gives room for the words of a text, and a function that takes it back: five times
// as much as the text is long would be thrown away with each.
func (a *Atlas) tokens(text string) (tokens []token, keep func([]token)) {
	const most = 1 << 16 // tokens that are kept
	if room, ok := a.scratch.Get().(*[]token); ok {
		tokens = (*room)[:0]
	}
	keep = func(used []token) {
		if cap(used) <= most {
			a.scratch.Put(&used)
		}
	}
	return slices.Grow(tokens, len(text)/5), keep // a Vietnamese word and its blank are about six bytes
}

// today gives each unit as what it became.
func (f *Matches) today() {
	for i, slug := range f.Places {
		f.Places[i] = lastOf(slug)
	}
	f.Places = unique(f.Places)
	var evidence []Evidence
	for _, e := range f.Evidence {
		if now := lastOf(e.Slug); now != e.Slug {
			e.Slug, e.Rule = now, RuleSuccessor
		}
		if !slices.ContainsFunc(evidence, func(had Evidence) bool { return had.Slug == e.Slug }) {
			evidence = append(evidence, e)
		}
	}
	f.Evidence = evidence
}

// search is one pass over one text.
type search struct {
	atlas  *Atlas
	text   string
	tokens []token
	found  Matches
	at     int     // the word that is looked at
	last   mention // the name before
	abroad *bool   // whether the Chinese Hà Nam is named; nil: not looked for yet
}

func (s *search) run() {
	for i := 0; i < len(s.tokens); {
		if s.tokens[i].word == unknownWord {
			i++
			continue
		}
		if n := s.cluster(i); n > 0 {
			i += n
			continue
		}
		s.at = i
		end, n := s.atlas.places.longest(s.tokens, i, s.accept)
		if n == 0 {
			i++
			continue
		}
		s.name(end, i, n)
		i += n
	}
}

// name takes the phrase of n words at i for what it is.
func (s *search) name(end ending, i, n int) {
	switch end.kind {
	case endCluster:
		s.add(end, i, n, RuleCluster)
	case endPlace:
		this := mention{first: i, behind: i + n, slug: end.id, bare: end.name == "Hồ Chí Minh"}
		this.rule = s.judge(&this)
		if !this.rule.rejects() {
			s.add(end, i, n, this.rule)
		}
		s.last = this
	}
}

// add notes a tag with its first mention.
func (s *search) add(end ending, i, n int, rule Rule) {
	list := &s.found.Places
	if end.kind == endCluster {
		list = &s.found.Clusters
	}
	if slices.Contains(*list, end.id) {
		return
	}
	*list = append(*list, end.id)
	from, to := s.tokens[i].start, s.tokens[i+n-1].end
	s.found.Evidence = append(s.found.Evidence, Evidence{Slug: end.id, Offset: from, Text: s.text[from:to], Rule: rule})
}

// accept reports whether the words are the phrase: spelt like it and, for a
// unit, with capitals.
func (s *search) accept(end ending, words []token) bool {
	if end.kind == endPlace && !s.capital(words) && !s.isDeclared() && !(allowsLowerCase(end.id) && s.capital(words[:1]) && !hasNoMarks(s.text, words)) {
		return false
	}
	return isSpelledLike(s.text, words, end)
}

// capital reports whether each word begins with a capital, as proper names do.
// "Gia-lai" may go on small behind the hyphen, and "Tp.HCM" begin so.
func (s *search) capital(words []token) bool {
	for i, t := range words {
		r, _ := utf8.DecodeRuneInString(s.text[t.start:])
		if unicode.IsUpper(r) || i > 0 && t.before == sepHyphen {
			continue
		}
		if i == 0 && len(words) > 1 && words[1].before == sepPoint {
			continue
		}
		return false
	}
	return true
}

// cluster takes "cụm", what may stand behind it and the cluster's name, and
// gives the number of words; 0 where none is named. Names may be listed: "Cụm
// I, II và IV".
func (s *search) cluster(i int) int {
	const patience = 16 // words between "cụm" and the name
	if !s.has(i, roleGroup) {
		return 0
	}
	between := sepBlank | sepHyphen | sepDash
	for j := i + 1; j < len(s.tokens) && j <= i+patience && s.tokens[j].before&between != 0; j++ {
		between |= sepComma // "các tỉnh, thành phố"
		if end, n := s.core(j); n > 0 {
			s.add(end, i, j+n-i, RuleCluster)
			return j + n - i + s.more(j+n)
		}
		if !s.has(j, roleFiller) || s.textOf(j) == "thi" && j+1 < len(s.tokens) && s.textOf(j+1) != "đua" {
			break // "cụm thi" is one of examinations
		}
	}
	return 0
}

// more takes the rest of a list of cluster names.
func (s *search) more(i int) int {
	from := i
	for i < len(s.tokens) && s.tokens[i].before != sepOther {
		j := i
		if s.text[s.tokens[i].start:s.tokens[i].end] == "và" {
			j++
		} else if s.tokens[i].before != sepComma {
			break
		}
		if j == len(s.tokens) {
			break
		}
		end, n := s.core(j)
		if n == 0 {
			break
		}
		s.add(end, j, n, RuleCluster)
		i = j + n
	}
	return i - from
}

// core takes the name of a cluster without its "cụm".
func (s *search) core(i int) (ending, int) {
	end, n := s.atlas.cores.longest(s.tokens, i, s.acceptCore)
	if n == 1 && s.local(i+1) {
		return ending{}, 0
	}
	return end, n
}

// acceptCore is accept for what stands behind "cụm": Roman numerals want
// capitals, names do not.
func (s *search) acceptCore(end ending, words []token) bool {
	if len(words) == 1 {
		word := s.text[words[0].start:words[0].end]
		if upper := strings.ToUpper(word); word != upper && otherNumeral(upper) != "" {
			return false
		}
	}
	return isSpelledLike(s.text, words, end)
}

// local reports whether what stands behind the number of a cluster makes it a
// count ("cụm 8 tỉnh") or one of a smaller unit ("cụm 4, phường Tứ Liên").
func (s *search) local(i int) bool {
	if i >= len(s.tokens) {
		return false
	}
	t := s.tokens[i]
	switch {
	case t.before == sepBlank && s.numeral(i-1) && s.has(i, roleUnit):
		return true
	case t.before&(sepBlank|sepComma) != 0 && s.has(i, roleParish):
		return true
	case t.before == sepBlank && s.has(i, roleMany) && i+1 < len(s.tokens):
		return s.has(i+1, roleParish) || s.textOf(i+1) == "trường"
	}
	return false
}

// numeral reports whether the word is a number in Arabic digits.
func (s *search) numeral(i int) bool {
	c := s.text[s.tokens[i].start]
	return '0' <= c && c <= '9'
}

// has reports whether the word has the role and is spelt so: "cùm" is no "cụm".
func (s *search) has(i int, r role) bool {
	word := s.tokens[i].word
	if word < 0 || int(word) >= len(s.atlas.roles) {
		return false
	}
	for _, known := range s.atlas.roles[word] {
		if known.role == r && s.spelled(i, known) {
			return true
		}
	}
	return false
}

// spelled reports whether the word is the one of the role. Only what names
// clusters and people may have lost its diacritics: "cho" is not "chợ".
func (s *search) spelled(i int, known roleWord) bool {
	if known.role > roleSurname && strings.EqualFold(s.textOf(i), known.name) {
		return true
	}
	word := s.tokens[i : i+1]
	return isSpelledLike(s.text, word, known.ending) && (known.role <= roleSurname || !hasNoMarks(s.text, word))
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

func unique(list []string) []string {
	var once []string
	for _, item := range list {
		once = appendNew(once, item)
	}
	return once
}
