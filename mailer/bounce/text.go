package bounce

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func isUTF8(raw []byte) bool { return utf8.Valid(raw) }

// oneLine puts text on one line of at most limit bytes, without control
// characters.
func oneLine(text string, limit int) string {
	var b strings.Builder
	space := false
	for _, r := range text {
		if b.Len() >= limit {
			break
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fold normalizes text for matching: lower case, no diacritics, straight quotes,
// runs of space as one. Systems write "Boîte pleine" and "Boite pleine" and break
// lines anywhere.
func fold(text string) string {
	if !isASCII(text) {
		text = norm.NFD.String(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	space := true
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r > unicode.MaxASCII:
			if unicode.Is(unicode.Mn, r) {
				continue
			}
			r = baseLetter(unicode.ToLower(r))
		}
		if r <= ' ' || r == '\u00a0' || r == utf8.RuneError {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// foldAll folds words that are looked for in folded text: that has no marks of vowels and
// no voiced marks of kana either.
func foldAll(words ...string) []string {
	for i := range words {
		words[i] = fold(words[i])
	}
	return words
}

// baseLetter removes what NFD does not decompose.
func baseLetter(r rune) rune {
	switch r {
	case 'đ':
		return 'd'
	case '’', '‘', '´':
		return '\''
	case '“', '”', '„', '«', '»':
		return '"'
	}
	return r
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}
