package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// All that commands and logs say goes through a terminalWriter. Titles, replies of mail
// servers and names of files are others' words: what would steer a terminal (ESC and
// all control characters, C1 among them), turn the direction of text or return to the
// beginning of a line is written as an escape, \u001b, which JSON reads back.

// terminalWriter cleans what it writes.
type terminalWriter struct {
	w io.Writer

	mu      sync.Mutex // logs come from many goroutines
	escaped *transform.Writer
}

func newTerminalWriter(w io.Writer) *terminalWriter {
	return &terminalWriter{w: w, escaped: transform.NewWriter(w, escaping{})}
}

// Write cleans p. A character whose end is missing is kept for the next write.
func (t *terminalWriter) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.escaped.Write(p)
}

// flush writes what the last write left over; none follows.
func (t *terminalWriter) flush() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.escaped.Close()
}

// escaping writes what steers a terminal as escapes.
type escaping struct{ transform.NopResetter }

// Transform is that of [transform.Transformer].
func (escaping) Transform(dst, src []byte, atEnd bool) (written, read int, err error) {
	for read < len(src) {
		rest := src[read:]
		r, n := utf8.DecodeRune(rest)
		if !atEnd && (!utf8.FullRune(rest) || string(rest) == "\r") {
			return written, read, transform.ErrShortSrc
		}
		text := rest[:n]
		isLineEnd := r == '\n' || r == '\r' && bytes.HasPrefix(rest, []byte("\r\n"))
		if r != '\t' && !isLineEnd && steers(r, n) {
			text = fmt.Appendf(nil, `\u%04x`, r)
		}
		if len(text) > len(dst)-written {
			return written, read, transform.ErrShortDst
		}
		written += copy(dst[written:], text)
		read += n
	}
	return written, read, nil
}

// steers reports whether a character of n bytes does something to a terminal instead of
// standing there: a control character, a byte that is no UTF-8, or one that turns the
// direction of what follows (Unicode TR9, and TR36 on why).
func steers(r rune, n int) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == utf8.RuneError && n == 1:
		return true
	case r == '\u061c', r == '\u200e', r == '\u200f', r == '\u2028', r == '\u2029':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// isTerminal reports whether a writer is one, or cleans for one.
func isTerminal(w io.Writer) bool {
	switch w := w.(type) {
	case *terminalWriter:
		return isTerminal(w.w)
	case *stdoutWriter:
		return isTerminal(w.w)
	case *os.File:
		info, err := w.Stat()
		return err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return false
}

// document is where a document goes byte for byte, such as a message: to a terminal it
// is cleaned all the same.
func (p *printer) document() io.Writer {
	if t, ok := p.out.(*terminalWriter); ok && !isTerminal(t) {
		return t.w
	}
	return p.out
}

// control steers the terminal itself.
func (p *printer) control(sequence string) {
	if t, ok := p.err.(*terminalWriter); ok {
		io.WriteString(t.w, sequence) // an error is that of the next line
	}
}
