// Package contact reads and writes lists of contacts, as offices keep them.
//
// A list is CSV or XLSX ([Open] sees which). CSV is UTF-8 with or without a byte
// order mark, UTF-16 with one, or windows-1258; with commas, semicolons or tabs, whichever cut
// its headings best. Of a workbook it is the first visible sheet that has a
// heading for addresses; cells are as they show, and merged ones of a province
// or level count for each row that they stand beside.
//
// The headings are in Vietnamese or English, in any order, of which only the
// address is required. They may stand below titles and blank rows, and in two
// rows, as forms have them. Where no words are known for the addresses, their column
// is that which has them (heading_guess.go). A name may be in two columns, and the
// province in a row that heads a group, or in the name of the sheet (group.go). The list is read row by row, so that its length
// costs no memory. A row that cannot be used is a [RowError], with its line and
// the reason in both languages, and the reading goes on behind it: one missing
// quote costs one row.
//
// What is strange but harmless is a warning of the row: a place that nobody
// knows leaves the contact without one, an abolished place is kept and counts as
// what it became. Whether an address comes twice, has left or was erased is for
// the store to say.
package contact

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"bantin"
)

// Reader reads a list.
type Reader struct {
	// Sheet is the name of the sheet of an XLSX that is read.
	Sheet string
	// Notes is what was noticed about the list as a whole.
	Notes []bantin.Words

	table   table
	close   func() error // nil where there is nothing to close
	header  []string
	columns []column        // of each heading; noColumn where it is not ours
	cells   map[cellKey]Row // what cells meant that come again and again
	group   group           // that the rows belong to
	more    []*Reader       // of further sheets, read after this one
}

// table is rows of cells: of a sheet, or of lines of CSV. next gives the cells
// and the number of the row, from 1; its error is as that of Reader.Next.
type table interface {
	next() (cells []string, number int, err error)
}

// Row is one contact of a list.
type Row struct {
	Line     int // where it begins, from 1
	Contact  bantin.Contact
	Warnings []Note
}

// RowError says why a row was rejected. The next row can be read.
type RowError struct {
	Line   int
	Column string // the heading, as the list has it; empty where the whole row is meant
	Value  string // what stands there
	Reason bantin.Words
	Fields []string // the row, as far as it could be cut up
	Group  []string // the row above it that heads its group; nil: none

	isNoList bool // the whole sheet has no addresses
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

// NewReader reads the headings of CSV. A list without a heading for the address
// is a [RowError]: nothing of it can be used.
func NewReader(r io.Reader) (*Reader, error) {
	text, notes, err := decodeList(r)
	if err != nil {
		return nil, err
	}
	decoded := bufio.NewReader(text)
	begin, err := decoded.Peek(decoded.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	t := &lineTable{lines: lines{in: decoded}}
	if bytes.Contains(begin, []byte("\r")) && !bytes.Contains(begin, []byte("\n")) { // as Excel saves "CSV (Macintosh)"
		t.lines.in = bufio.NewReader(&feeds{decoded})
	}
	h, err := t.readHeader()
	if err != nil {
		return nil, err
	}
	return &Reader{table: t, header: h.names, columns: h.columns, Notes: append(notes, h.notes...)}, nil
}

// Close closes the file of [Open].
func (r *Reader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
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
		fields, number, err := r.table.next()
		switch {
		case errors.Is(err, io.EOF) && len(r.more) > 0:
			r.nextSheet()
			continue
		case err != nil:
			return Row{}, err
		case strings.TrimSpace(strings.Join(fields, "")) == "", r.headsGroup(fields):
			continue
		}
		row, err := r.row(fields, number)
		if err == nil && r.isHidden() {
			row.Warnings = append(row.Warnings, note("hàng này bị ẩn hoặc bị lọc trong Excel, và vẫn được nhập", "this row is hidden or filtered out in Excel, and is imported all the same"))
		}
		return row, err
	}
}

func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }
