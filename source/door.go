package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// decode is the door that all text comes through: it takes UTF-8 and gives NFC
// with plain line ends, without the characters that XML 1.0 forbids (section
// 2.2). An empty or binary file, or another encoding, is a Problem.
func decode(raw []byte) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return "", problem("tệp ở mã UTF-16; hãy lưu lại ở UTF-8", "the file is in UTF-16; save it as UTF-8")
	case bytes.IndexByte(raw, 0) >= 0:
		return "", problem("tệp nhị phân, không phải văn bản", "the file is binary, not text")
	}
	text := string(bytes.TrimPrefix(raw, []byte("\ufeff")))
	if i := invalidAt(text); i >= 0 {
		at := i + len(raw) - len(text) + 1
		return "", problem(
			fmt.Sprintf("byte thứ %d không phải UTF-8; hãy lưu lại tệp ở UTF-8", at),
			fmt.Sprintf("byte %d is not UTF-8; save the file as UTF-8", at))
	}
	if strings.TrimSpace(text) == "" {
		return "", problem("tệp rỗng", "the file is empty")
	}
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	}
	return norm.NFC.String(allowed(text)), nil
}

// invalidAt is the place of the first byte that is not UTF-8, or -1.
func invalidAt(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
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

// line makes one line of plain text: blanks of all kinds are one space.
func line(text string) string { return strings.Join(strings.Fields(allowed(text)), " ") }
