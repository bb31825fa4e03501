package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"bantin"
)

// Report is all problems of a file, in the order of its lines.
type Report struct {
	Problems []Problem

	name  string
	lines []string
}

// maxProblems keeps a file of another kind from filling the screen.
const maxProblems = 100

// Err is nil if all problems are warnings. Else its text is the first problem in
// English; Write prints all.
func (r *Report) Err() error {
	var first string
	count := 0
	for _, p := range r.Problems {
		if p.Warning {
			continue
		}
		if count++; count == 1 {
			first = p.head(bantin.English)
		}
	}
	switch count {
	case 0:
		return nil
	case 1:
		return errors.New(first)
	}
	return fmt.Errorf("%s (and %d more)", first, count-1)
}

// Write prints each problem as a compiler does: position and message, the line with
// a caret, and a hint.
func (r *Report) Write(w io.Writer, lang bantin.Language) error {
	var b strings.Builder
	for _, p := range r.Problems {
		b.WriteString(p.head(lang) + "\n")
		if p.Line > 0 && p.Line <= len(r.lines) {
			line, caret := pointAt(r.lines[p.Line-1], p.Column)
			b.WriteString("    " + line + "\n    " + caret + "\n")
		}
		if hint := p.Hint.In(lang); hint != "" {
			b.WriteString("    " + hint + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) add(at spot, message, hint bantin.Words) {
	r.Problems = append(r.Problems, Problem{File: r.name, Line: at.line, Column: at.column, Message: message, Hint: hint})
}

func (r *Report) warn(at spot, message, hint bantin.Words) {
	r.add(at, message, hint)
	r.Problems[len(r.Problems)-1].Warning = true
}

// sort puts the problems in the order of the file; errors come before warnings where
// there are too many to show.
func (r *Report) sort() {
	if len(r.Problems) > maxProblems {
		slices.SortStableFunc(r.Problems, func(a, b Problem) int { return a.weight() - b.weight() })
		left := len(r.Problems) - maxProblems
		r.Problems = r.Problems[:maxProblems]
		r.Problems = append(r.Problems, Problem{
			File: r.name, Line: len(r.lines) + 1, Column: 1, Warning: r.Problems[maxProblems-1].Warning,
			Message: both("còn %d vấn đề nữa", "%d more problems", left),
		})
	}
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
