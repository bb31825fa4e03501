package charset

import (
	"bytes"
	"mime"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// DecodeFeed gives the text of a feed in UTF-8, whatever it says of its encoding: by its
// byte order mark or the zeros of UTF-16, else as the feed itself says, else as HTTP does.
// A few bad bytes in UTF-8 are read as windows-1252. Where nothing tells the encoding,
// each byte becomes the character of its number, from which [Decoder] finds out an old
// Vietnamese encoding. What XML does not allow is dropped, characters and references.
func DecodeFeed(raw []byte, contentType string) string {
	text := decodeFeed(raw, contentType)
	if strings.Contains(text, "&#") {
		text = reference.ReplaceAllStringFunc(text, allowedReference)
	}
	if strings.IndexFunc(text, isForbiddenInXML) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isForbiddenInXML(r) {
			return -1
		}
		return r
	}, text)
}

// isForbiddenInXML finds the characters that no XML may have (2.2). Those from U+0080 on
// stay here: they may be bytes of an old encoding.
func isForbiddenInXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
}

func decodeFeed(raw []byte, contentType string) string {
	if wide, encoding := fromUTF16(raw); encoding != "" {
		return string(bytes.TrimPrefix(wide, []byte("\ufeff")))
	}
	if wide, ok := wideMarkup(raw); ok {
		return wide
	}
	for bytes.HasPrefix(raw, []byte("\ufeff")) {
		raw = raw[len("\ufeff"):]
	}
	text := string(raw)
	if utf8.ValidString(text) {
		return text
	}
	label := declaredEncoding(text)
	if label == "" {
		if _, params, err := mime.ParseMediaType(contentType); err == nil {
			label = params["charset"]
		}
	}
	if isNearlyUTF8(text) {
		return mendUTF8(text)
	}
	if read, ok := DecodeLabelled(raw, label); ok {
		return read
	}
	encoding, name := charset.Lookup(label)
	if encoding == nil || name == "utf-8" {
		return asBytes(text)
	}
	if decoded, _, err := transform.Bytes(encoding.NewDecoder(), raw); err == nil {
		return string(decoded)
	}
	return asBytes(text)
}

// wideMarkup reads UTF-16 without a mark: its first character is "<" or "{".
func wideMarkup(raw []byte) (string, bool) {
	for _, first := range []string{"<\x00", "{\x00", "\x00<", "\x00{"} {
		if !bytes.HasPrefix(raw, []byte(first)) {
			continue
		}
		mark := "\xff\xfe"
		if first[0] == 0 {
			mark = "\xfe\xff"
		}
		if wide, encoding := fromUTF16(append([]byte(mark), raw...)); encoding != "" {
			return string(wide), true
		}
	}
	return "", false
}

var encodingDeclaration = regexp.MustCompile(`(?i)^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']`)

// declaredEncoding is the encoding that an XML document says it has.
func declaredEncoding(text string) string {
	if i := strings.Index(text[:min(len(text), 4096)], "<?xml"); i >= 0 {
		text = text[i:]
	}
	if m := encodingDeclaration.FindStringSubmatch(text[:min(len(text), 512)]); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

// isNearlyUTF8 reports whether a text is UTF-8 with a few bad bytes: it has several
// times as many characters of more than one byte.
func isNearlyUTF8(text string) bool {
	good, bad := 0, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		i += size
	}
	return good >= 4*bad
}

// mendUTF8 reads the signs among the bytes that are not UTF-8 as windows-1252. Of a letter
// that was cut nothing can be known.
func mendUTF8(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			if text[i] < 0xc0 {
				r = charmap.Windows1252.DecodeByte(text[i])
			}
		}
		out.WriteRune(r)
		i += size
	}
	return out.String()
}

var reference = regexp.MustCompile(`&#(?:[xX][0-9a-fA-F]{1,8}|[0-9]{1,10});?`)

// allowedReference drops a reference to a character that XML forbids, or that is half
// of a pair.
func allowedReference(ref string) string {
	digits, base := strings.TrimSuffix(ref[2:], ";"), 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || 0xd800 <= n && n < 0xe000 || isForbiddenInXML(rune(n)) {
		return ""
	}
	return ref
}
