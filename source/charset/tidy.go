package charset

import (
	"regexp"
	"strings"
)

// DropForbidden drops the characters that XML 1.0 forbids (section 2.2), and byte
// order marks inside the text.
func DropForbidden(text string) string {
	if strings.IndexFunc(text, isForbidden) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isForbidden(r) {
			return -1
		}
		return r
	}, text)
}

func isForbidden(r rune) bool {
	switch {
	case r < ' ':
		return r != '\t' && r != '\n' && r != '\r'
	case r < 0x7f:
		return false
	}
	return r <= 0x9f && r != 0x85 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

// isUntidy finds what Tidy corrects.
func isUntidy(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r == 'Ð', r == 'ð', r == '\u00ad', r == '\u200b', r == '\u2060':
		return true
	}
	return '\u200e' <= r && r <= '\u200f' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// isTidy reports whether a text is made of what most Vietnamese texts are made of, of which
// nothing is forbidden, untidy or not in NFC: ASCII, Latin letters and the usual signs. It
// looks at bytes, which costs a tenth of looking at characters in each of these ways.
func isTidy(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case ' ' <= c && c < 0x7f, c == '\n', c == '\t':
			continue
		case c < 0xc2 || c > 0xe2 || i+1 == len(text):
			return false
		}
		i++
		next := text[i]
		switch {
		case next < 0x80 || next > 0xbf:
			return false
		case c == 0xc2: // U+0080 to U+00BF
			if next < 0xa0 || next == 0xad {
				return false
			}
			continue
		case c == 0xc3: // to U+00FF
			if next == 0x90 || next == 0xb0 {
				return false
			}
			continue
		case c <= 0xcb: // to U+02FF, before combining marks
			continue
		}
		if i++; i == len(text) {
			return false
		}
		last := text[i]
		switch {
		case c == 0xe1 && 0xb8 <= next && next <= 0xbb && 0x80 <= last && last <= 0xbf: // U+1E00 to U+1EFF
		case c == 0xe2 && next == 0x80 && (0x90 <= last && last <= 0xa9 || 0xb0 <= last && last <= 0xbf): // U+2010 to U+203F
		default:
			return false
		}
	}
	return true
}

// lookalike is a word with U+00D0, which many keyboards write for Đ.
var lookalike = regexp.MustCompile(`[\p{L}\p{M}]*[Ðð][\p{L}\p{M}]*`)

// Tidy writes Đ for its lookalike Ð in Vietnamese words, and drops invisible
// characters that make equal words differ: soft hyphens, zero-width spaces, and
// the marks of writing direction. It comes after the encoding is known, because
// in old encodings some of these are letters.
func Tidy(text string) string {
	if strings.IndexFunc(text, isUntidy) < 0 {
		return text
	}
	text = lookalike.ReplaceAllStringFunc(text, func(word string) string {
		if !syllable(word) && !abbreviation(word) {
			return word
		}
		return strings.NewReplacer("Ð", "Đ", "ð", "đ").Replace(word)
	})
	return strings.Map(func(r rune) rune {
		if r != 'Ð' && r != 'ð' && isUntidy(r) {
			return -1
		}
		return r
	}, text)
}

// OneLine makes one line of plain text: any run of white space is one space.
func OneLine(text string) string { return strings.Join(strings.Fields(DropForbidden(text)), " ") }
