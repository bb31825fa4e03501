package charset

import (
	"bytes"
	"cmp"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// What a file is that has no text.
var (
	ErrBinary = errors.New("the file is binary, not text")
	ErrEmpty  = errors.New("the file is empty")
)

// Decode gives the text of a file in NFC, with plain line ends and without the
// characters that XML 1.0 forbids (section 2.2); else ErrBinary or ErrEmpty.
func Decode(raw []byte) (string, error) {
	r, err := decode(raw)
	return r.text, err
}

// Decoder decodes the parts of one document, and remembers in which encoding
// they were. The zero Decoder is ready.
type Decoder struct {
	Encoding string // as found, where it was not UTF-8
	Unsure   bool   // no encoding is sure
}

// Decode is the function of that name for one part of the document.
func (d *Decoder) Decode(raw []byte) (string, error) {
	r, err := decode(raw)
	d.remember(r)
	return r.text, err
}

// Repair corrects a piece of text that came decoded, such as the title in a
// header: it is read in the encoding of the document where that makes it better,
// else by itself.
func (d *Decoder) Repair(text string) string {
	if !isSuspect(text) && utf8.ValidString(text) {
		return text
	}
	for _, c := range encodings() {
		if c.name != d.Encoding {
			continue
		}
		if read := c.read(text); utf8.ValidString(text) && scoreOf(read).surplus() > scoreOf(text).surplus() {
			return norm.NFC.String(DropForbidden(read))
		}
	}
	r := detect(text)
	d.remember(r)
	return norm.NFC.String(DropForbidden(r.text))
}

func (d *Decoder) remember(r detected) {
	if r.encoding != "" {
		d.Encoding = r.encoding
	}
	d.Unsure = d.Unsure || r.unsure
}

// decode is Decode with the encoding that was found.
func decode(raw []byte) (r detected, err error) {
	raw, wide := fromUTF16(raw)
	if bytes.IndexByte(raw, 0) >= 0 {
		return r, ErrBinary
	}
	r = detect(string(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	if strings.TrimSpace(r.text) == "" {
		return r, ErrEmpty
	}
	if strings.IndexByte(r.text, '\r') >= 0 {
		r.text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(r.text)
	}
	if !isTidy(r.text) {
		r.text = norm.NFC.String(DropForbidden(r.text))
		if !r.unsure {
			r.text = Tidy(r.text)
		}
	}
	r.encoding = cmp.Or(r.encoding, wide)
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
