package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

// results is standard output. It keeps the first error, so that a command whose
// results did not arrive, such as on a full disk, fails.
type results struct {
	w   io.Writer
	err error
}

func (r *results) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// say prints a line on standard output in the language of the user.
func (a *app) say(vi, en string, args ...any) {
	fmt.Fprintf(a.out, a.language.Say(vi, en)+"\n", args...)
}

// note prints a line on standard error: progress, not a result.
func (a *app) note(vi, en string, args ...any) {
	fmt.Fprintf(a.err, a.language.Say(vi, en)+"\n", args...)
}

// line prints v as one line of JSON.
func (a *app) line(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// moment writes a time for people, with its zone.
func (a *app) moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(zone).Format("02/01/2006 15:04")
}

// terminal reports whether standard error is one: only there progress moves.
func (a *app) terminal() bool {
	f, ok := a.err.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress overwrites one line of the terminal; elsewhere it says nothing.
func (a *app) progress(vi, en string, args ...any) {
	if a.terminal() {
		fmt.Fprintf(a.err, "\r\x1b[K"+a.language.Say(vi, en), args...)
	}
}

// progressDone leaves the progress line behind.
func (a *app) progressDone() {
	if a.terminal() {
		fmt.Fprint(a.err, "\r\x1b[K")
	}
}
