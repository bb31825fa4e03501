package mailbox

import (
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/transform"

	vietnamese "bantin/source/charset"
)

// utf8Of converts text to UTF-8. Valid UTF-8 stays, whatever the label says: a text in
// another encoding is hardly ever valid UTF-8, and wrong labels are common. Where the
// label is unknown or says nothing, the bytes stay for a caller that knows more.
func utf8Of(data []byte, label string) []byte {
	label = strings.ToLower(strings.TrimSpace(label))
	if utf8.Valid(data) && !isShifted(label) {
		return data
	}
	switch label {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "x-unknown":
		return data
	}
	if text, ok := vietnamese.DecodeLabelled(data, label); ok {
		return []byte(text)
	}
	encoding, _ := charset.Lookup(label)
	if encoding == nil {
		return data
	}
	text, _, err := transform.Bytes(encoding.NewDecoder(), data)
	if err != nil {
		return data
	}
	return text
}

// isShifted reports whether an encoding writes letters with bytes that are ASCII too.
func isShifted(label string) bool {
	return strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "iso-2022-") || label == "hz-gb-2312" || label == "csiso2022jp"
}

// decoder reads the encoded words of addresses in all known encodings.
func decoder() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
		return charset.NewReaderLabel(label, r)
	}}
}

// standardWords decodes a header field as the standard library does. By that mails were
// told apart, and go on to be.
func standardWords(field string) string {
	text, err := decoder().DecodeHeader(field)
	if err != nil {
		return field
	}
	return text
}
