package mailbox

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
)

// decodeTransfer decodes a transfer encoding (RFC 2045 6), and reports whether it is
// whole. An unknown one is passed through.
func decodeTransfer(encoding string, data []byte) ([]byte, bool) {
	encoding, _, _ = strings.Cut(strings.ToLower(encoding), ";")
	switch strings.TrimSpace(encoding) {
	case "base64":
		return decodeBase64(data)
	case "quoted-printable":
		return decodeQuoted(data), true
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if files, _ := cutUuencoded(data); len(files) > 0 {
			return files[0].data, true
		}
	}
	return data, true
}

// decodeBase64 decodes Base64. Other characters are skipped, as decoders must (RFC 2045
// 6.8), and padding may be missing or stand in the middle.
func decodeBase64(data []byte) (out []byte, whole bool) {
	whole = true
	letters := make([]byte, 0, len(data))
	flush := func() {
		if len(letters)%4 == 1 {
			letters, whole = letters[:len(letters)-1], false
		}
		decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
		n, _ := base64.RawStdEncoding.Decode(decoded, letters) // only letters of it are there
		out, letters = append(out, decoded[:n]...), letters[:0]
	}
	for _, c := range data {
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/':
			letters = append(letters, c)
		case c == '=':
			flush()
		}
	}
	if len(letters)%4 != 0 && len(data) > 100 {
		whole = false // a long text that ends without padding was cut
	}
	flush()
	return out, whole
}

// decodeQuoted decodes quoted-printable. What is no escape stays as it is.
func decodeQuoted(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for line := range bytes.Lines(data) {
		end := ""
		if text, ok := bytes.CutSuffix(line, []byte("\n")); ok {
			line, end = text, "\n"
			if text, ok := bytes.CutSuffix(line, []byte("\r")); ok {
				line, end = text, "\r\n"
			}
			line = bytes.TrimRight(line, " \t")
		}
		if text, ok := bytes.CutSuffix(line, []byte("=")); ok {
			line, end = text, "" // the line goes on
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) {
				high, low := hexDigit(line[i+1]), hexDigit(line[i+2])
				if high >= 0 && low >= 0 {
					out = append(out, byte(high<<4|low))
					i += 2
					continue
				}
			}
			out = append(out, line[i])
		}
		out = append(out, end...)
	}
	return out
}

// hexDigit is the value of a digit of either case; -1: it is none.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int((c|0x20)-'a') + 10
	}
	return -1
}

// uuencoded is a file that stands in a text, as programs attached them before MIME.
type uuencoded struct {
	name string
	data []byte
}

var uuBegin = regexp.MustCompile(`(?m)^begin [0-7]{3,4} ([^\r\n]{1,200}?)[ \t]*\r?\n`)

// cutUuencoded takes the files out of a text. What begins like one and does not end stays.
func cutUuencoded(text []byte) (files []uuencoded, rest []byte) {
	for {
		m := uuBegin.FindSubmatchIndex(text)
		if m == nil || len(files) == 100 {
			return files, append(rest, text...)
		}
		data, after, ok := uuLines(text[m[1]:])
		if !ok {
			rest, text = append(rest, text[:m[1]]...), text[m[1]:]
			continue
		}
		files = append(files, uuencoded{string(text[m[2]:m[3]]), data})
		rest, text = append(rest, text[:m[0]]...), after
	}
}

// uuLines decodes lines of uuencode up to "end".
func uuLines(text []byte) (data, after []byte, ok bool) {
	for len(text) > 0 {
		line, next, _ := bytes.Cut(text, []byte("\n"))
		line = bytes.TrimRight(line, "\r")
		if string(bytes.TrimSpace(line)) == "end" {
			return data, next, true
		}
		text = next
		if len(line) == 0 {
			continue
		}
		n := int(line[0]-' ') & 63
		if line[0] < ' ' || line[0] > '`' || len(line)-1 < n { // shorter than it says
			return nil, nil, false
		}
		var out []byte
		for i := 1; i < len(line); i += 4 {
			var group [4]byte
			for j := range group {
				if i+j < len(line) {
					group[j] = (line[i+j] - ' ') & 63
				}
			}
			out = append(out, group[0]<<2|group[1]>>4, group[1]<<4|group[2]>>2, group[2]<<6|group[3])
		}
		data = append(data, out[:min(n, len(out))]...)
	}
	return nil, nil, false
}
