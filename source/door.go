package source

import (
	"bytes"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// decode is the door that all text comes through: it gives NFC with plain line
// ends, without the characters that XML 1.0 forbids (section 2.2). An empty or
// binary file, or UTF-16, is a Problem.
func decode(raw []byte) (string, error) {
	r, err := admit(raw)
	return r.text, err
}

// admit is decode for those who want to know in which code the text was, and
// whether that is sure.
func admit(raw []byte) (r reading, err error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return r, problem("tệp ở mã UTF-16; hãy lưu lại ở UTF-8", "the file is in UTF-16; save it as UTF-8")
	case bytes.IndexByte(raw, 0) >= 0:
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
	return r, nil
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
