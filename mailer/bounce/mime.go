package bounce

import (
	"bytes"
	"strings"
)

// The limits of what is looked at. What reports a failure stands in the first
// parts; what is long is the message that came back.
const (
	// Limit is how many bytes of a message are read.
	Limit     = 1 << 20
	mostParts = 64
	mostDepth = 6
	mostText  = 128 << 10 // of one part
)

// part is a leaf of the tree of parts.
type part struct {
	kind   string // media type
	params map[string]string
	header header
	raw    []byte
}

// message is a message in its parts.
type message struct {
	header header
	parts  []part
}

func parseMessage(raw []byte) *message {
	m := &message{}
	var body []byte
	m.header, body = parseHeader(raw)
	m.walk(m.header, body, 0)
	return m
}

// walk adds an entity's leaves. A message within is a leaf.
func (m *message) walk(h header, body []byte, depth int) {
	kind, params := mediaType(h.get("content-type"))
	if strings.HasPrefix(kind, "multipart/") {
		children := splitParts(body, params["boundary"])
		if depth == mostDepth {
			return
		}
		for _, child := range children {
			ch, cb := parseHeader(child)
			m.walk(ch, cb, depth+1)
		}
		if len(children) > 0 {
			return
		}
		kind = "" // its boundary is nowhere: somebody took the parts off
	}
	if len(m.parts) < mostParts {
		m.parts = append(m.parts, part{kind: kind, params: params, header: h, raw: body})
	}
}

// splitParts cuts a multipart body at its boundary (RFC 2046 5.1.1). What
// stands before the first is for programs without MIME; a last boundary that
// is missing is forgiven.
func splitParts(body []byte, boundary string) [][]byte {
	if boundary == "" {
		return nil
	}
	mark := []byte("--" + boundary)
	var parts [][]byte
	start := -1
	for at := 0; at < len(body); {
		end := len(body)
		if i := bytes.IndexByte(body[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if bytes.HasPrefix(body[at:end], mark) {
			if start >= 0 {
				parts = append(parts, body[start:at])
			}
			start = end
			if bytes.HasPrefix(body[at+len(mark):end], []byte("--")) || len(parts) == mostParts {
				return parts
			}
		}
		at = end
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	}
	return parts
}

// isOriginal reports whether the part is the message that came back.
func (p *part) isOriginal() bool {
	switch p.kind {
	case "message/rfc822", "message/global", "message/partial",
		"text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers":
		return true
	}
	return false
}
