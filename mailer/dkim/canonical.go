package dkim

import "bytes"

// RelaxHeader puts a header field, folded or not, into relaxed canonical form
// (RFC 6376 3.4.2): the name in lower case, one line, each run of white space as
// one space, none around the colon and at the end.
func RelaxHeader(field []byte) []byte {
	name, value, _ := bytes.Cut(field, []byte(":"))
	out := append(bytes.ToLower(bytes.TrimRight(name, " \t")), ':')
	for i, word := range bytes.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }) {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, word...)
	}
	return append(out, "\r\n"...)
}

// RelaxBody puts a body into relaxed canonical form (RFC 6376 3.4.4): each run of
// white space in a line as one space, none at the end of a line, no empty lines
// at the end.
func RelaxBody(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for line := range bytes.Lines(body) {
		line = bytes.TrimRight(line, " \t\r\n")
		space := false
		for _, c := range line {
			if c == ' ' || c == '\t' {
				space = true
				continue
			}
			if space {
				out = append(out, ' ')
				space = false
			}
			out = append(out, c)
		}
		out = append(out, "\r\n"...)
	}
	for bytes.HasSuffix(out, []byte("\r\n\r\n")) {
		out = out[:len(out)-2]
	}
	if string(out) == "\r\n" {
		return nil
	}
	return out
}
