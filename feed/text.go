package feed

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// clean makes s fit for XML 1.0 in every position, CDATA included, where
// encoding/xml escapes nothing: valid UTF-8 in NFC, without the characters
// that section 2.2 forbids and the C1 controls that it discourages. A lost
// character (U+FFFD) is shown as a question mark, as validators take the
// original for a wrong charset.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return '?'
		case r == '\u0085' || r == '\v' || r == '\f':
			return ' '
		case r == '\t' || r == '\n':
			return r
		case r < 0x20 || r >= 0x7F && r <= 0x9F || r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF:
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// oneLine cleans s and joins its lines.
func oneLine(s string) string {
	return strings.Join(strings.Fields(clean(carriageReturns.Replace(s))), " ")
}

var carriageReturns = strings.NewReplacer("\r\n", " ", "\r", " ")

// byline is a name without the address some write behind it: that belongs
// into no name (RFC 4287 3.2.1), and in a feed it is food for spammers.
func byline(s string) string {
	return strings.TrimSpace(mailAddress.ReplaceAllString(oneLine(s), ""))
}

var mailAddress = regexp.MustCompile(`\s*<[^<>\s]+@[^<>\s]+>`)

// markup matches plain text that a careless reader takes for HTML: the
// beginning of a tag or of a character reference, with or without its end.
var markup = regexp.MustCompile(`</?[a-zA-Z!]|&#?\w+`)

// escaped turns plain text into HTML that shows it.
func escaped(s string) string { return html.EscapeString(s) }

// address gives an absolute http or https URL in ASCII, or nothing.
func address(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err == nil && host != u.Hostname() {
		u.Host = strings.Replace(u.Host, u.Hostname(), host, 1)
	}
	return encoded(u.String())
}

// encoded percent-encodes what RFC 3986 allows in no URI.
func encoded(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7F || strings.IndexByte("<>\"{}|\\^`", c) >= 0 {
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
