package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"unicode/utf8"
)

// All that commands and logs say goes through a terminalWriter. Titles, replies of mail
// servers and names of files are others' words: what would steer a terminal (ESC and
// all control characters, C1 among them), turn the direction of text or return to the
// beginning of a line is written as an escape, \u001b, which JSON reads back.

// terminalWriter cleans what it writes.
type terminalWriter struct {
	w io.Writer

	mu   sync.Mutex // logs come from many goroutines
	rest []byte     // the beginning of a character whose end comes with the next write
}

// Write cleans p. It reports the length of p, or an error.
func (t *terminalWriter) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := p
	if len(t.rest) > 0 {
		text = append(t.rest, p...)
		t.rest = nil
	}
	if n := partialRune(text); n > 0 {
		t.rest = bytes.Clone(text[len(text)-n:])
		text = text[:len(text)-n]
	}
	if _, err := t.w.Write(cleaned(text)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush writes what the last write left over.
func (t *terminalWriter) flush() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest := t.rest
	t.rest = nil
	if len(rest) == 0 {
		return nil
	}
	_, err := t.w.Write(cleaned(rest))
	return err
}

// partialRune is how many bytes at the end of a text begin a character.
func partialRune(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if b := text[len(text)-n]; utf8.RuneStart(b) {
			if b >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// cleaned writes what steers a terminal as escapes. Most text has none and is not
// copied.
func cleaned(text []byte) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		if b := text[i]; b >= ' ' && b < 0x7f || b == '\n' || b == '\t' {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		isLineEnd := r == '\r' && i+1 < len(text) && text[i+1] == '\n'
		if !isLineEnd && steers(r, n) {
			out = append(append(out, text[done:i]...), fmt.Sprintf(`\u%04x`, r)...)
			done = i + n
		}
		i += n
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
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
