package contact

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"bantin"
)

// sheet gives the rows of a sheet, one after the other, as their cells show:
// numbers and dates in their formats, of formulas what they last came to.
type sheet struct {
	name   string
	file   string
	rows   *excelize.Rows
	number int // of the last row given, from 1
	last   int // number of the last row that there is
	back   [][]string
	fill   []bool // columns whose merged cells all have the value of the first

	beyond     int          // cells that were left out, since they are in columns that no list has
	hidden     bool         // the last row given is
	hiddenBack map[int]bool // those among back that are

	merges []merge        // by their top
	active map[int]merged // the ones that go on below this row, by column
}

// The limits of the columns of a sheet: Excel keeps 16,384 for each row in which a cell
// far to the right was touched.
const (
	maxColumns = 256        // that a list may have
	maxBeyond  = 20_000_000 // cells beyond them, of all rows together
)

// merged is a block of merged cells with its value.
type merged struct {
	merge
	value string
}

// openXLSX finds the sheet that has a list: the first visible one that has a
// heading for addresses.
func openXLSX(f *os.File) (*Reader, error) {
	b, err := openBook(f)
	if err != nil {
		return nil, err
	}
	x, err := excelize.OpenFile(f.Name(), excelize.Options{UnzipSizeLimit: maxUnpackedBytes, UnzipXMLSizeLimit: diskThreshold,
		ShortDatePattern: "dd/mm/yyyy"})
	if err != nil {
		return nil, &FileError{f.Name(), bantin.Say("không đọc được tệp Excel (%v)", "the Excel file cannot be read (%v)", err)}
	}
	r, err := chooseSheet(x, b)
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return r, nil
}

func chooseSheet(x *excelize.File, b *book) (*Reader, error) {
	var lists []*Reader
	var names []string
	var none *RowError // why a sheet has no list
	for _, part := range b.sheets {
		names = append(names, part.name)
		r, err := openSheet(x, part, b.file.Name())
		if bad := (*RowError)(nil); errors.As(err, &bad) && bad.isNoList {
			if none == nil || len(bad.Fields) > len(none.Fields) {
				none = bad
			}
			continue
		}
		if err != nil {
			return nil, closeAll(lists, err)
		}
		lists = append(lists, r)
	}
	if len(lists) == 0 {
		e := none
		e.Line = 1
		e.Reason.VI += fmt.Sprintf("; các trang tính: %s", strings.Join(names, ", "))
		e.Reason.EN += fmt.Sprintf("; the sheets are %s", strings.Join(names, ", "))
		return nil, e
	}
	chosen := lists[0]
	if areProvinces(lists) {
		chosen.more = lists[1:]
		chosen.Notes = append(chosen.Notes, words(fmt.Sprintf("đọc cả %d trang tính, mỗi trang một tỉnh", len(lists)), fmt.Sprintf("all %d sheets are read, each is one of a province", len(lists))))
	} else {
		for _, other := range lists[1:] {
			chosen.Notes = append(chosen.Notes, words(
				fmt.Sprintf("trang tính %q cũng có danh sách nhưng không được đọc: hãy lưu riêng nó ra một tệp", other.Sheet),
				fmt.Sprintf("the sheet %q has a list too and is not read: save it as a file of its own", other.Sheet)))
			if err := other.close(); err != nil {
				return nil, err
			}
		}
	}
	inner := chosen.close
	others := chosen.more
	chosen.close = func() error { return errors.Join(closeAll(others, inner()), x.Close()) }
	return chosen, nil
}

// closeAll closes lists, and adds to an error.
func closeAll(lists []*Reader, err error) error {
	for _, r := range lists {
		err = errors.Join(err, r.close())
	}
	return err
}

// areProvinces reports whether each of several sheets is named for a province, so that
// together they are one list.
func areProvinces(lists []*Reader) bool {
	for _, r := range lists {
		if !r.group.sheet {
			return false
		}
	}
	return len(lists) > 1
}

// nextSheet goes on with the next sheet.
func (r *Reader) nextSheet() {
	next := r.more[0]
	r.more = r.more[1:]
	r.table, r.header, r.columns, r.group, r.Sheet = next.table, next.header, next.columns, next.group, next.Sheet
	r.Notes = append(r.Notes, next.Notes...)
}

// isHidden reports whether the row that was read last is hidden in its workbook.
func (r *Reader) isHidden() bool {
	s, ok := r.table.(*sheet)
	return ok && s.hidden
}

// openSheet gives the list of a sheet.
func openSheet(x *excelize.File, part sheetPart, file string) (*Reader, error) {
	damaged := func(err error) error {
		return &FileError{file, bantin.Say("trang tính %q bị hỏng (%v)", "the sheet %q is damaged (%v)", part.name, err)}
	}
	behind, err := readTrailer(part.part)
	if err != nil {
		return nil, damaged(err)
	}
	rows, err := x.Rows(part.name)
	if err != nil {
		return nil, damaged(err)
	}
	s := &sheet{name: part.name, file: file, rows: rows, last: behind.lastRow, merges: behind.merges, active: map[int]merged{}, hiddenBack: map[int]bool{}}
	slices.SortFunc(s.merges, func(a, b merge) int { return a.top - b.top })
	r := &Reader{table: s, close: rows.Close, Sheet: part.name}
	var top [][]string
	for len(top) < maxHeaderRow {
		cells, _, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		top = append(top, cells)
		if s.hidden {
			s.hiddenBack[len(top)] = true
		}
	}
	h, err := findHeader(top, 1)
	if bad := (*RowError)(nil); errors.As(err, &bad) {
		bad.isNoList = h == nil
	}
	if err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	r.header, r.columns, r.Notes = h.names, h.columns, h.notes
	if slug, ok := placeOf(withoutNumbering(part.name)); ok && !slices.Contains(r.columns, placeColumn) {
		r.group = group{place: slug, fields: []string{part.name}, sheet: true}
	}
	s.fill = make([]bool, len(r.columns))
	for i, c := range r.columns {
		s.fill[i] = c == placeColumn || c == levelColumn || c == languageColumn || c == tagsColumn
	}
	s.unread(top[h.end:])
	return r, nil
}

// next gives the cells of the next row and its number.
func (s *sheet) next() ([]string, int, error) {
	if len(s.back) > 0 {
		cells := s.back[0]
		s.back = s.back[1:]
		s.number++
		s.hidden = s.hiddenBack[s.number]
		return s.filled(cells), s.number, nil
	}
	if !s.rows.Next() {
		if err := s.rows.Error(); err != nil {
			return nil, s.number, fmt.Errorf("read sheet %q after row %d: %w", s.name, s.number, err)
		}
		if s.number < s.last {
			return nil, s.number, fmt.Errorf("read sheet %q: it is damaged after row %d of %d", s.name, s.number, s.last)
		}
		return nil, s.number, io.EOF
	}
	s.hidden = s.rows.GetRowOpts().Hidden
	cells, err := s.rows.Columns()
	if err != nil {
		return nil, s.number, fmt.Errorf("read sheet %q after row %d: %w", s.name, s.number, err)
	}
	s.number++
	if len(cells) > maxColumns {
		if s.beyond += len(cells) - maxColumns; s.beyond > maxBeyond {
			return nil, s.number, &FileError{s.file, words(
				"rất nhiều dòng có ô ở tận các cột cuối của trang tính: hãy chọn các cột trống bên phải danh sách, xóa đi (Delete Sheet Columns), rồi lưu lại",
				"very many rows have cells in the last columns of the sheet: select the empty columns to the right of the list, delete them (Delete Sheet Columns) and save")}
		}
		cells = slices.Clone(cells[:maxColumns])
	}
	for i, cell := range cells {
		if failedFormula(cell) {
			cells[i] = ""
		}
	}
	return s.filled(cells), s.number, nil
}

// unread takes the last rows given back.
func (s *sheet) unread(rows [][]string) {
	s.back = append(slices.Clone(rows), s.back...)
	s.number -= len(rows)
}

// filled writes the value of merged cells into those below and beside it, where
// the column is one in which people mean that: a province over its secretaries.
func (s *sheet) filled(cells []string) []string {
	if s.fill == nil {
		return cells
	}
	for len(s.merges) > 0 && s.merges[0].top <= s.number {
		m := s.merges[0]
		s.merges = s.merges[1:]
		if m.bottom > m.top && m.top == s.number && m.left <= len(s.fill) && s.fill[m.left-1] {
			s.active[m.left] = merged{m, at(cells, m.left-1)}
		}
	}
	for column, m := range s.active {
		if m.bottom < s.number {
			delete(s.active, column)
			continue
		}
		for len(cells) < column {
			cells = append(cells, "")
		}
		cells[column-1] = m.value
	}
	return cells
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// failedFormula tells what a cell shows whose formula came to nothing.
func failedFormula(cell string) bool {
	return strings.HasPrefix(cell, "#") && slices.Contains([]string{"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}, cell)
}
