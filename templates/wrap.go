package templates

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Wrap wraps text between words into lines of at most columns. The first line
// begins with first, the others with rest. Columns are counted as a terminal
// displays them. A longer word, such as a URL, stands whole on a line of its own.
func Wrap(columns int, first, rest, text string) string {
	var out strings.Builder
	out.WriteString(first)
	at, begun := Columns(first), false
	for _, word := range strings.Fields(text) {
		w := Columns(word)
		switch {
		case begun && at+1+w > columns:
			out.WriteString("\n" + rest)
			at = Columns(rest)
		case begun:
			out.WriteByte(' ')
			at++
		}
		out.WriteString(word)
		at, begun = at+w, true
	}
	return out.String()
}

// Rule repeats mark to the width of text, at most 72 columns, to underline a
// heading in plain text.
func Rule(mark, text string) string { return strings.Repeat(mark, min(Columns(text), 72)) }

// Columns is the number of terminal columns of s: none for combining marks and
// joiners, two for wide characters and emoji.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func isWide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}
