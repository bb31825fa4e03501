package place

import (
	"strings"
	"unicode"
)

// The limits of a search, in characters and words.
const (
	maxQueryLetters = 200
	maxQueryWords   = 12
)

// QueryWords are the words that a search looks for, folded: of a long query the first
// ones. None where it has no letter and no digit.
func QueryWords(query string) []string {
	letters := []rune(strings.ToValidUTF8(query[:min(len(query), 4*maxQueryLetters)], ""))
	words := strings.FieldsFunc(Fold(string(letters[:min(len(letters), maxQueryLetters)])), func(r rune) bool { return !InWord(r) })
	return words[:min(len(words), maxQueryWords)]
}

// InWord reports whether a character is part of a word that searches find.
func InWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }
