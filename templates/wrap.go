package templates

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Wrap breaks text between words into lines of at most columns, the first
// behind first, the others behind rest. Columns are counted as a terminal
// shows them. A word that is longer (an address) stands whole on its own line.
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

// Rule is a line of mark as wide as text, 72 columns at most: it underlines a
// heading of plain text.
func Rule(mark, text string) string { return strings.Repeat(mark, min(Columns(text), 72)) }

// Columns is how many columns a terminal needs for s: none for combining
// marks and joiners, two for wide characters and emoji.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}
