package place

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// separator says what stands between two words of a text; as a set, what may.
type separator uint8

const (
	sepBlank  separator = 1 << iota
	sepHyphen           // a dash between the words: "Gia-lai"
	sepDash             // a dash between blanks: "Bà Rịa – Vũng Tàu"
	sepPoint            // "TP.HCM", "TP. HCM"
	sepComma            // a comma or a bracket
	sepOther  separator = 0
)

// token is one word of a text.
type token struct {
	start, end int       // bytes of the text
	word       int32     // number of the folded word, or unknownWord
	before     separator // what stands between it and the word before
}

const unknownWord = -1

// phrases finds which of many phrases begin at a word of a text. It is a trie
// over whole folded words, so that its cost is that of reading the text and
// does not grow with the number of phrases.
type phrases struct {
	words map[string]int32
	edges map[edgeKey]edge
	first []bool     // by word: whether a phrase begins with it
	ends  [][]ending // by node; node 0 is the root
}

type edgeKey struct{ node, word int32 }

type edge struct {
	node  int32
	allow separator
}

// ending is what a phrase means that ends at a node.
type ending struct {
	kind     phraseKind
	id       string // slug, or id of a cluster or topic
	name     string // the phrase
	spelling string // its spelling
}

type phraseKind uint8

const (
	endPlace phraseKind = iota
	endCluster
	endTopic
	endNothing // a phrase that is no place
)

func newPhrases(words map[string]int32) *phrases {
	return &phrases{words: words, edges: map[edgeKey]edge{}, ends: make([][]ending, 1)}
}

// number gives the folded word its number.
func (p *phrases) number(word string) int32 {
	n, ok := p.words[word]
	if !ok {
		n = int32(len(p.words))
		p.words[word] = n
	}
	return n
}

// add enters a phrase. The text may have between its words what the phrase has,
// a blank where it has a dash or a point, and, if loose, a hyphen for a blank.
func (p *phrases) add(phrase string, loose bool, end ending) {
	tokens := p.split(nil, phrase, p.number)
	node := int32(0)
	for i, t := range tokens {
		allow := t.before
		switch {
		case i == 0:
			allow = sepOther
		case allow&(sepHyphen|sepDash) != 0:
			allow = sepBlank | sepHyphen | sepDash
		case allow == sepPoint:
			allow = sepBlank | sepHyphen | sepPoint
		case allow == sepBlank && loose:
			allow |= sepHyphen
		}
		node = p.step(node, t.word, allow)
	}
	if node == 0 {
		return
	}
	end.name, end.spelling = phrase, string(spellingOf(nil, phrase, tokens))
	p.ends[node] = append(p.ends[node], end)
}

func (p *phrases) step(node, word int32, allow separator) int32 {
	if node == 0 {
		p.first = append(p.first, make([]bool, max(0, int(word)+1-len(p.first)))...)
		p.first[word] = true
	}
	key := edgeKey{node, word}
	e, ok := p.edges[key]
	if !ok {
		e.node = int32(len(p.ends))
		p.ends = append(p.ends, nil)
	}
	e.allow |= allow
	p.edges[key] = e
	return e.node
}

// longest gives the longest phrase that begins at tokens[i] and that accept
// takes, and how many words it has; 0 where there is none.
func (p *phrases) longest(tokens []token, i int, accept func(e ending, words []token) bool) (ending, int) {
	var best ending
	var length int
	node := int32(0)
	if first := int(tokens[i].word); first < 0 || first >= len(p.first) || !p.first[first] {
		return best, 0
	}
	for j := i; j < len(tokens) && tokens[j].word != unknownWord; j++ {
		e, ok := p.edges[edgeKey{node, tokens[j].word}]
		if !ok || j > i && e.allow&tokens[j].before == 0 {
			break
		}
		node = e.node
		for _, end := range p.ends[node] {
			if accept(end, tokens[i:j+1]) {
				best, length = end, j+1-i
				break
			}
		}
	}
	return best, length
}

// split cuts text into words and appends them to tokens; number gives a number
// to those that are in no phrase yet.
func (p *phrases) split(tokens []token, text string, number func(string) int32) []token {
	var buffer [32]byte
	end := 0
	for i := 0; i < len(text); {
		fold, size := foldWord(buffer[:0], text[i:])
		if size == 0 {
			i += runeLen(text[i:])
			continue
		}
		word, ok := p.words[string(fold)]
		if !ok {
			word = number(string(fold))
		}
		tokens = append(tokens, token{i, i + size, word, separatorOf(text[end:i])})
		i += size
		end = i
	}
	return tokens
}

func runeLen(text string) int {
	if text[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(text)
	return n
}

// foldWord appends the folded word that text begins with, and gives the length
// it has in the text.
func foldWord(dst []byte, text string) ([]byte, int) {
	table := foldTable()
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			case 'A' <= c && c <= 'Z':
				c += 'a' - 'A'
			default:
				return dst, i
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case int(r) < len(table) && table[r] != 0:
			dst = append(dst, table[r])
		case unicode.IsLetter(r), unicode.IsDigit(r), isMark(r):
			dst = appendFoldRune(dst, r)
		default:
			return dst, i
		}
		i += n
	}
	return dst, len(text)
}

// separatorOf names what stands between two words; a blank line and everything
// else that no name has inside is sepOther.
func separatorOf(between string) separator {
	if between == " " {
		return sepBlank
	}
	var sep separator
	var lines, signs, blanks int
	for _, r := range between {
		switch {
		case r == '\n':
			lines++
			blanks++
			continue
		case unicode.IsSpace(r):
			blanks++
			continue
		case isDash(r):
			sep = sepHyphen
		case r == '.':
			sep = sepPoint
		case r == ',' || r == '(':
			sep = sepComma
		default:
			return sepOther
		}
		signs++
	}
	switch {
	case lines > 1 || signs > 1:
		return sepOther
	case signs == 0:
		return sepBlank
	case sep == sepHyphen && blanks > 0:
		return sepDash
	}
	return sep
}

// spellingOf joins the spellings of the words by blanks.
func spellingOf(dst []byte, text string, words []token) []byte {
	for i, t := range words {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = spelling(dst, text[t.start:t.end])
	}
	return dst
}

// isSpelledLike reports whether the words are written like the phrase: with its
// diacritics, or with none at all.
func isSpelledLike(text string, words []token, like ending) bool {
	if text[words[0].start:words[len(words)-1].end] == like.name || hasNoMarks(text, words) {
		return true
	}
	return string(spellingOf(nil, text, words)) == like.spelling
}

func hasNoMarks(text string, words []token) bool {
	for _, t := range words {
		for i := t.start; i < t.end; i++ {
			if text[i] >= utf8.RuneSelf {
				return false
			}
		}
	}
	return true
}

// composed is text with its letters and marks in one; without combining marks
// (U+0300 to U+036F, in UTF-8 behind 0xCC or 0xCD) there is nothing to do.
func composed(text string) string {
	if strings.IndexByte(text, 0xcc) < 0 && strings.IndexByte(text, 0xcd) < 0 {
		return text
	}
	return norm.NFC.String(text)
}
