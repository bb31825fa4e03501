package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"bantin"
)

// stdoutWriter is standard output. It keeps the first error, so that a command whose
// results did not arrive, such as on a full disk, fails.
type stdoutWriter struct {
	w   io.Writer
	err error
}

func (r *stdoutWriter) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// printer writes what people and programs read: results on standard output,
// progress and notes on standard error, in the user's language.
type printer struct {
	out, err io.Writer
	language bantin.Language // --lang, else the site's
	json     bool            // --json: programs read it
}

// say prints a line on standard output in the language of the user.
func (p *printer) say(vi, en string, args ...any) {
	fmt.Fprintf(p.out, p.language.Say(vi, en)+"\n", args...)
}

// note prints a line on standard error: progress, not a result.
func (p *printer) note(vi, en string, args ...any) {
	fmt.Fprintf(p.err, p.language.Say(vi, en)+"\n", args...)
}

// printJSON prints v as one line of JSON.
func (p *printer) printJSON(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// formatTime writes a time for people, with its zone.
func (p *printer) formatTime(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(zone).Format("02/01/2006 15:04")
}

// isTerminal reports whether standard error is one: only there progress moves.
func (p *printer) isTerminal() bool { return isTerminal(p.err) }

// printProgress overwrites one line of the terminal; elsewhere it says nothing.
func (p *printer) printProgress(vi, en string, args ...any) {
	if p.isTerminal() {
		p.control("\r\x1b[K")
		fmt.Fprintf(p.err, p.language.Say(vi, en), args...)
	}
}

// clearProgress leaves the progress line behind.
func (p *printer) clearProgress() {
	if p.isTerminal() {
		p.control("\r\x1b[K")
	}
}
