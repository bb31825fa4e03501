package place

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which texts are compared and indexed: lower case
// without diacritics, đ and its lookalike U+00D0 as d, every dash as "-", runs
// of blanks as one space and none at the ends, invisible characters dropped.
// The two placements of a tone (hòa, hoà), and NFC and NFD, fold to the same.
// It is for matching only; what people read keeps its spelling.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	return strings.TrimSuffix(string(appendFold(make([]byte, 0, len(s)), s)), " ")
}

// folded reports whether s is what Fold would make of it, so that the commonest
// case costs no copy.
func folded(s string) bool {
	blank := true
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == 0x7f || 'A' <= c && c <= 'Z' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return !blank || s == ""
}

// appendFold appends the folded s. A run of blanks is one space, and none at
// the beginning of dst.
func appendFold(dst []byte, s string) []byte {
	table := foldTable()
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			dst = appendFoldASCII(dst, c)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if int(r) < len(table) && table[r] != 0 {
			dst = append(dst, table[r])
			continue
		}
		dst = appendFoldRune(dst, r)
	}
	return dst
}

func appendFoldASCII(dst []byte, c byte) []byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return append(dst, c+'a'-'A')
	case c > ' ' && c != 0x7f:
		return append(dst, c)
	case c == ' ' || '\t' <= c && c <= '\r':
		return appendBlank(dst)
	}
	return dst // a control character
}

func appendBlank(dst []byte) []byte {
	if n := len(dst); n == 0 || dst[n-1] == ' ' {
		return dst
	}
	return append(dst, ' ')
}

// appendFoldRune folds what the table does not have: marks, dashes, blanks,
// invisible characters, other scripts.
func appendFoldRune(dst []byte, r rune) []byte {
	switch {
	case unicode.IsSpace(r):
		return appendBlank(dst)
	case isDash(r):
		return append(dst, '-')
	case isMark(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		return dst
	}
	for _, d := range norm.NFD.String(string(r)) {
		if !isMark(d) {
			dst = utf8.AppendRune(dst, unicode.ToLower(d))
		}
	}
	return dst
}

func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) }

func isDash(r rune) bool {
	return r == '-' || r == '−' || unicode.Is(unicode.Pd, r)
}

// foldTable maps the accented Latin letters, U+00C0 to U+1EFF, to a to z; 0
// stands for what is no such letter.
var foldTable = sync.OnceValue(func() *[0x1f00]byte {
	var table [0x1f00]byte
	for r := rune(0xc0); int(r) < len(table); r++ {
		base, n := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		if rest := norm.NFD.String(string(r))[n:]; rest == "" || !unicode.Is(unicode.Latin, r) {
			continue
		}
		if base = unicode.ToLower(base); 'a' <= base && base <= 'z' {
			table[r] = byte(base)
		}
	}
	for _, r := range "đĐÐð" {
		table[r] = 'd'
	}
	return &table
})

// unmarked drops the diacritics of s and nothing else.
func unmarked(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == 'đ' || r == 'ð':
			b.WriteByte('d')
		case r == 'Đ' || r == 'Ð':
			b.WriteByte('D')
		case !isMark(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// spelling is a stricter form than Fold: it keeps the letters and tones of each
// word apart from case, from đ's lookalikes and from where in the word the tone
// is written. So "Hoà" is "Hòa", but "Huệ" (a person) is not "Huế".
func spelling(dst []byte, word string) []byte {
	var tone rune
	for _, r := range norm.NFD.String(word) {
		switch r {
		case '\u0300', '\u0301', '\u0303', '\u0309', '\u0323':
			tone = r
		case 'ð', 'Ð', 'Đ':
			dst = append(dst, "đ"...)
		default:
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
	}
	if tone != 0 {
		dst = utf8.AppendRune(dst, tone)
	}
	return dst
}
