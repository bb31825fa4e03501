// Package contact reads and writes lists of contacts, as offices keep them.
//
// A list is CSV: UTF-8 with or without a byte order mark, or UTF-16 with one;
// commas, semicolons or tabs, whichever its first line has; headings in
// Vietnamese or English, in any order, of which only the address is required.
// It is read row by row, so that its length costs no memory. A row that cannot
// be used is a [RowError], with its line and the reason in both languages, and
// the reading goes on behind it: one missing quote costs one row.
//
// What is strange but harmless is a warning of the row: a place that nobody
// knows leaves the contact without one, an abolished place is kept and counts as
// what it became. Whether an address comes twice, has left or was erased is for
// the store to say.
package contact

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"bantin"
)

// Reader reads a list.
type Reader struct {
	lines   lines
	comma   byte
	header  []string
	columns []column // of each heading; noColumn where it is not ours
}

// Row is one contact of a list.
type Row struct {
	Line     int // where it begins, from 1
	Contact  bantin.Contact
	Warnings []bantin.Words
}

// RowError says why a row was rejected. The next row can be read.
type RowError struct {
	Line   int
	Column string // the heading, as the list has it; empty where the whole row is meant
	Value  string // what stands there
	Reason bantin.Words
	Fields []string // the row, as far as it could be cut up
}

func (e *RowError) Error() string {
	switch {
	case e.Line == 0: // of Check
		return fmt.Sprintf("%s %q: %s", e.Column, e.Value, e.Reason.EN)
	case e.Column == "":
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason.EN)
	}
	return fmt.Sprintf("line %d, %s %q: %s", e.Line, e.Column, e.Value, e.Reason.EN)
}

// NewReader reads the headings. A list without a heading for the address is a
// [RowError]: nothing of it can be used.
func NewReader(r io.Reader) (*Reader, error) {
	decoded := transform.NewReader(r, unicode.BOMOverride(transform.Nop))
	reader := &Reader{lines: lines{in: bufio.NewReader(decoded)}}
	for {
		first, number, err := reader.lines.next()
		if errors.Is(err, io.EOF) {
			return nil, &RowError{Line: max(number, 1), Reason: words("danh sách rỗng", "the list is empty")}
		}
		if err != nil {
			return nil, fmt.Errorf("read contacts: %w", err)
		}
		text := first.text
		if strings.TrimSpace(text) == "" || strings.HasPrefix(strings.ToLower(text), "sep=") {
			continue // "sep=;" is a hint that Excel writes and hides
		}
		return reader, reader.readHeader(text, number)
	}
}

// Header gives the headings as they are written.
func (r *Reader) Header() []string { return r.header }

// Ignored lists the headings that mean nothing to us.
func (r *Reader) Ignored() []string {
	var ignored []string
	for i, heading := range r.header {
		if r.columns[i] == noColumn && heading != "" {
			ignored = append(ignored, heading)
		}
	}
	return ignored
}

// Next reads the next row that is not empty. At the end it gives [io.EOF]; a
// *[RowError] leaves the reader at the next row; after any other error nothing
// more can be read.
func (r *Reader) Next() (Row, error) {
	for {
		fields, number, err := r.record()
		if err != nil {
			return Row{}, err
		}
		if strings.TrimSpace(strings.Join(fields, "")) != "" {
			return r.row(fields, number)
		}
	}
}

func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }
