package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

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

// isUsage tells cobra's own complaints, which have no type.
func isUsage(err error) bool {
	text := err.Error()
	for _, begin := range []string{"unknown command", "unknown flag", "accepts ", "requires at least", "unknown shorthand"} {
		if strings.HasPrefix(text, begin) {
			return true
		}
	}
	return false
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

// group makes a command that only has subcommands.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return &usageError{fmt.Errorf("%s: say which: see `bantin %s --help`", use, use)}
	}}
	c.AddCommand(subs...)
	return c
}
