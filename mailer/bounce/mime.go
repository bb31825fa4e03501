package bounce

import (
	"bytes"
	"strings"
)

// The limits of what is examined. The report stands in the first parts; the long
// part is the returned message.
const (
	// MaxMessageBytes is how many bytes of a message are read.
	MaxMessageBytes = 1 << 20
	maxParts        = 64
	maxDepth        = 6
	maxText         = 128 << 10 // of one part
)

// part is a leaf of the MIME tree.
type part struct {
	kind   string // media type
	params map[string]string
	header header
	raw    []byte
}

// message is a message split into its MIME parts.
type message struct {
	header header
	parts  []part
}

func parseMessage(raw []byte) *message {
	m := &message{}
	var body []byte
	m.header, body = parseHeader(bytes.TrimLeft(raw, " \t\r\n")) // what is saved from a web page may begin with an empty line
	m.walk(m.header, body, 0)
	return m
}

// walk adds an entity's leaves. A nested message is a leaf.
func (m *message) walk(h header, body []byte, depth int) {
	kind, params := mediaType(h.get("content-type"))
	if strings.HasPrefix(kind, "multipart/") {
		children := splitParts(body, params["boundary"])
		if depth == maxDepth {
			return
		}
		for _, child := range children {
			ch, cb := parseHeader(child)
			m.walk(ch, cb, depth+1)
		}
		if len(children) > 0 {
			return
		}
		kind = "" // the boundary never occurs: the parts were removed
	}
	if len(m.parts) < maxParts {
		m.parts = append(m.parts, part{kind: kind, params: params, header: h, raw: body})
	}
}

// splitParts splits a multipart body at its boundary (RFC 2046 5.1.1). It ignores
// the preamble and tolerates a missing closing boundary.
func splitParts(body []byte, boundary string) [][]byte {
	if boundary == "" {
		return nil
	}
	mark := []byte("--" + boundary)
	var parts [][]byte
	start := -1
	for at := 0; at < len(body); {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			break
		}
		at += i
		if at > 0 && body[at-1] != '\n' {
			at += len(mark)
			continue
		}
		if start >= 0 {
			parts = append(parts, body[start:at])
		}
		end := lineEnd(body, at)
		start = end
		if bytes.HasPrefix(body[at+len(mark):end], []byte("--")) || len(parts) == maxParts {
			return parts
		}
		at = end
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	}
	return parts
}

// lineEnd returns where the line after the one at i begins.
func lineEnd(body []byte, i int) int {
	if n := bytes.IndexByte(body[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(body)
}

// isOriginal reports whether the part is the returned message or its header.
func (p *part) isOriginal() bool {
	switch p.kind {
	case "message/rfc822", "message/global", "message/partial",
		"text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers":
		return true
	}
	return false
}
