package bounce

import (
	"bytes"
	"io"
	"mime"
	"slices"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// field is one header field; name is in lower case, value unfolded.
type field struct{ name, value string }

// header is the fields of a message header in their order.
type header []field

// The limits of a header: how many fields, and how long one is when it is unfolded.
const (
	maxFields     = 500
	maxFieldBytes = 64 << 10
)

// parseHeader reads fields up to the first empty line and returns the rest as
// body. It accepts what real mail has: any line end, a "From " line, garbage.
func parseHeader(raw []byte) (h header, body []byte) {
	var value []byte // of the last field, as it is unfolded
	end := func() {
		if len(h) > 0 {
			h[len(h)-1].value = string(value)
		}
	}
	defer end()
	for len(raw) > 0 {
		line, rest := cutLine(raw)
		if len(line) == 0 {
			return h, rest
		}
		switch name, text, ok := cutField(line); {
		case (line[0] == ' ' || line[0] == '\t') && len(h) > 0:
			if len(value) < maxFieldBytes {
				value = append(append(value, ' '), bytes.TrimSpace(line)...)
			}
		case ok && len(h) < maxFields:
			end()
			h, value = append(h, field{name: strings.ToLower(name)}), []byte(text)
		case !ok && len(h) == 0 && !bytes.HasPrefix(line, []byte("From ")):
			return nil, raw // no header at all
		}
		raw = rest
	}
	return h, nil
}

// cutLine returns the first line, without its end, and the rest.
func cutLine(raw []byte) (line, rest []byte) {
	line, rest = raw, nil
	if i := bytes.IndexByte(raw, '\n'); i >= 0 {
		line, rest = raw[:i], raw[i+1:]
	}
	return bytes.TrimRight(line, "\r"), rest
}

// cutField splits "Name: value" (RFC 5322 2.2).
func cutField(line []byte) (name, value string, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i < 1 || i > 76 {
		return "", "", false
	}
	for _, c := range bytes.TrimRight(line[:i], " \t") {
		if c <= ' ' || c > '~' {
			return "", "", false
		}
	}
	return string(bytes.TrimRight(line[:i], " \t")), strings.TrimSpace(string(line[i+1:])), true
}

// get returns the value of the first field with this name.
func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// has reports whether there is a field with this name.
func (h header) has(name string) bool {
	return slices.ContainsFunc(h, func(f field) bool { return f.name == name })
}

// addresses returns the addresses in all fields with these names.
func (h header) addresses(names ...string) []string {
	var list []string
	for _, name := range names {
		for _, f := range h {
			if f.name == name && len(list) < maxAddresses {
				list = append(list, findAddresses(f.value)...)
			}
		}
	}
	return uniqueAddresses(list)
}

// text returns the first field with this name with its encoded words decoded
// (RFC 2047).
func (h header) text(name string) string {
	d := mime.WordDecoder{CharsetReader: charsetReader}
	value := h.get(name)
	if decoded, err := d.DecodeHeader(value); err == nil {
		value = decoded
	}
	return oneLine(value, 300)
}

func charsetReader(charset string, input io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return input, nil // wrong letters are better than none
	}
	return enc.NewDecoder().Reader(input), nil
}

// mediaType returns type and parameters of a Content-Type, even of a malformed
// one.
func mediaType(value string) (kind string, params map[string]string) {
	kind, params, err := mime.ParseMediaType(value)
	if err == nil {
		return kind, params
	}
	kind, rest, _ := strings.Cut(value, ";")
	params = map[string]string{}
	for param := range strings.SplitSeq(rest, ";") {
		name, v, _ := strings.Cut(param, "=")
		params[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(v), `"`)
	}
	return strings.ToLower(strings.TrimSpace(kind)), params
}
