package source

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// decode is the door that all text comes through: it gives NFC with plain line
// ends, without the characters that XML 1.0 forbids (section 2.2). An empty or
// binary file is a Problem.
func decode(raw []byte) (string, error) {
	r, err := admit(raw)
	return r.text, err
}

// admit is decode for those who want to know in which code the text was, and
// whether that is sure.
func admit(raw []byte) (r reading, err error) {
	raw, wide := fromUTF16(raw)
	if bytes.IndexByte(raw, 0) >= 0 {
		return r, problem("tệp nhị phân, không phải văn bản", "the file is binary, not text")
	}
	r = reread(string(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	if strings.TrimSpace(r.text) == "" {
		return r, problem("tệp rỗng", "the file is empty")
	}
	if strings.IndexByte(r.text, '\r') >= 0 {
		r.text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(r.text)
	}
	r.text = norm.NFC.String(allowed(r.text))
	if !r.unsure {
		r.text = tidy(r.text)
	}
	if r.encoding == "" {
		r.encoding = wide
	}
	return r, nil
}

// fromUTF16 makes UTF-8 of a file that Notepad saved as "Unicode". Its order of
// bytes says the mark at its beginning, or where that is missing, the blanks and
// line ends: every text has some. A half character at its end is one that was cut.
func fromUTF16(raw []byte) (text []byte, encoding string) {
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
	case bytes.HasPrefix(raw, []byte("\xfe\xff")), blanks(raw, 0, 1):
		order = unicode.BigEndian
	case !blanks(raw, 1, 0):
		return raw, ""
	}
	decoded, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(raw[:len(raw)&^1])
	if err != nil {
		return raw, ""
	}
	return decoded, "UTF-16"
}

// blanks reports whether a text is UTF-16 with the high byte of each character
// at high: it has zeros there beside blanks, and none at the other place.
func blanks(raw []byte, high, low int) bool {
	n := 0
	for i := 0; i+1 < len(raw); i += 2 {
		if raw[i+low] == 0 {
			return false
		}
		if raw[i+high] == 0 && (raw[i+low] == ' ' || raw[i+low] == '\n') {
			n++
		}
	}
	return n > 0 && 40*n > len(raw)/2
}

// allowed drops what XML forbids, and byte order marks inside the text.
func allowed(text string) string {
	if strings.IndexFunc(text, forbidden) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, text)
}

func forbidden(r rune) bool {
	switch {
	case r < ' ':
		return r != '\t' && r != '\n' && r != '\r'
	case r < 0x7f:
		return false
	}
	return r <= 0x9f && r != 0x85 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

// untidy finds what tidy mends.
func untidy(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r == 'Ð', r == 'ð', r == '\u00ad', r == '\u200b', r == '\u2060':
		return true
	}
	return '\u200e' <= r && r <= '\u200f' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// lookalike is a word with U+00D0, which many keyboards write for Đ.
var lookalike = regexp.MustCompile(`[\p{L}\p{M}]*[Ðð][\p{L}\p{M}]*`)

// tidy writes Đ for its lookalike in Vietnamese words, and drops what nobody sees
// and what makes words unlike themselves: soft hyphens, blanks of no width, and
// the signs that turn the direction of writing. It comes after the code is known,
// because in old codes some of these are letters.
func tidy(text string) string {
	if strings.IndexFunc(text, untidy) < 0 {
		return text
	}
	text = lookalike.ReplaceAllStringFunc(text, func(word string) string {
		if !syllable(word) && !abbreviation(word) {
			return word
		}
		return strings.NewReplacer("Ð", "Đ", "ð", "đ").Replace(word)
	})
	return strings.Map(func(r rune) rune {
		if r != 'Ð' && r != 'ð' && untidy(r) {
			return -1
		}
		return r
	}, text)
}

// line makes one line of plain text: blanks of all kinds are one space.
func line(text string) string { return strings.Join(strings.Fields(allowed(text)), " ") }
