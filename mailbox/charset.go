package mailbox

import (
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/transform"
)

// utf8Of makes text UTF-8. What is UTF-8 stays, whatever the label says: that a
// text in another code is UTF-8 by accident hardly happens, and that a label is
// wrong does every day. Where the label is unknown, or one that says nothing,
// the bytes stay as they are for whoever knows more about them.
func utf8Of(data []byte, label string) []byte {
	if utf8.Valid(data) && !strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return data
	}
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "x-unknown":
		return data
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

// decoder reads encoded words (RFC 2047) in all codes that are known.
func decoder() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
		return charset.NewReaderLabel(label, r)
	}}
}

// words decodes a header field. What cannot be decoded stays as it came.
func words(field string) string {
	text, err := decoder().DecodeHeader(field)
	if err != nil {
		return field
	}
	return text
}
