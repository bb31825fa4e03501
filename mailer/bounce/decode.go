package bounce

import (
	"bytes"
	"encoding/base64"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/htmlindex"
)

// text returns a part as UTF-8 text.
func (p *part) text() string {
	raw := p.decoded()
	if !isUTF8(raw) {
		if enc, err := htmlindex.Get(p.params["charset"]); err == nil {
			if out, err := enc.NewDecoder().Bytes(raw); err == nil {
				raw = out
			}
		}
	} else if cs := strings.ToLower(p.params["charset"]); strings.HasPrefix(cs, "iso-2022-") {
		if enc, err := htmlindex.Get(cs); err == nil { // 7-bit, but not ASCII
			if out, err := enc.NewDecoder().Bytes(raw); err == nil {
				raw = out
			}
		}
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(raw), "\uFFFD"), "\r\n", "\n")
	if p.kind == "text/html" {
		return htmlText(text)
	}
	return text
}

// decoded undoes the transfer encoding (RFC 2045 6).
func (p *part) decoded() []byte {
	raw := p.raw
	switch strings.ToLower(strings.TrimSpace(p.header.get("content-transfer-encoding"))) {
	case "base64":
		return decodeBase64(raw[:min(len(raw), 2*maxText)])
	case "quoted-printable":
		return decodeQuoted(raw[:min(len(raw), 3*maxText)])
	}
	return raw[:min(len(raw), maxText)]
}

// decodeBase64 decodes up to the first error.
func decodeBase64(raw []byte) []byte {
	clean := make([]byte, 0, len(raw))
	for _, c := range raw {
		if c > ' ' && c != '=' && c <= '~' {
			clean = append(clean, c)
		}
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(out, clean)
	if err != nil && n == 0 {
		return raw
	}
	return out[:n]
}

// decodeQuoted decodes quoted-printable and keeps invalid sequences as they are.
func decodeQuoted(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '=' {
			out = append(out, raw[i])
			continue
		}
		rest := raw[i+1:]
		switch {
		case bytes.HasPrefix(rest, []byte("\n")):
			i++
		case bytes.HasPrefix(rest, []byte("\r\n")):
			i += 2
		case len(rest) >= 2 && unhex(rest[0]) >= 0 && unhex(rest[1]) >= 0:
			out = append(out, byte(unhex(rest[0])<<4|unhex(rest[1])))
			i += 2
		default:
			out = append(out, '=')
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// htmlText returns the visible text of a page, a line for each block.
func htmlText(page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "style", "script", "title":
				hidden++
			case "br", "p", "div", "tr", "li", "td", "h1", "h2", "h3", "pre", "table", "ul":
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "style", "script", "title":
				hidden = max(0, hidden-1)
			}
		}
	}
}
