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
	ends  [][]ending // by node; node 0 is the root
}

type edgeKey struct{ node, word int32 }

type edge struct {
	node  int32
	allow separator
}

// ending is what a phrase means that ends at a node.
type ending struct {
	kind     endingKind
	id       string // slug, or id of a cluster
	spelling string
}

type endingKind uint8

const (
	endPlace endingKind = iota
	endCluster
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
	tokens, _ := p.split(nil, nil, phrase, p.number)
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
	end.spelling = string(spellingOf(nil, phrase, tokens))
	p.ends[node] = append(p.ends[node], end)
}

func (p *phrases) step(node, word int32, allow separator) int32 {
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

// split cuts text, which is in NFC, into words and appends them to tokens. It
// uses fold for the folded word; number says how a word is numbered.
func (p *phrases) split(tokens []token, fold []byte, text string, number func(string) int32) ([]token, []byte) {
	end := 0
	for i := 0; i < len(text); {
		size := wordAt(text[i:])
		if size == 0 {
			_, n := utf8.DecodeRuneInString(text[i:])
			i += n
			continue
		}
		fold = appendFold(fold[:0], text[i:i+size])
		t := token{start: i, end: i + size, before: separatorOf(text[end:i])}
		if n, ok := p.words[string(fold)]; ok {
			t.word = n
		} else {
			t.word = number(string(fold))
		}
		tokens = append(tokens, t)
		i += size
		end = i
	}
	return tokens, fold
}

// wordAt is the length of the word that text begins with.
func wordAt(text string) int {
	for i, r := range text {
		if r < utf8.RuneSelf {
			if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
				continue
			}
			return i
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !isMark(r) {
			return i
		}
	}
	return len(text)
}

// separatorOf names what stands between two words; a blank line and everything
// else that no name has inside is sepOther.
func separatorOf(between string) separator {
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

// spelled reports whether the words are written like the phrase: with its
// diacritics, or with none at all.
func spelled(text string, words []token, like string) bool {
	return plain(text, words) || string(spellingOf(nil, text, words)) == like
}

func plain(text string, words []token) bool {
	for _, t := range words {
		for i := t.start; i < t.end; i++ {
			if text[i] >= utf8.RuneSelf {
				return false
			}
		}
	}
	return true
}

// nfc is text in NFC; what is in NFC already is not copied.
func nfc(text string) string {
	if norm.NFC.IsNormalString(text) {
		return text
	}
	return strings.Clone(norm.NFC.String(text))
}
