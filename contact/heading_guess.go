package contact

import (
	"fmt"
	"strings"
	"unicode"

	"bantin"
)

// guessHeader finds the headings of a list where no word for addresses is known: by a
// heading that has such a word in it, above a cell with an address, else by the column
// that has the addresses. The row of the headings is given too, -1 where there is none.
func guessHeader(rows [][]string) (*header, int) {
	row, col := firstAddress(rows)
	if row < 0 {
		return headerByWord(rows)
	}
	best := bestRow(rows[:row])
	if row > 0 && knownCells(rows[best]) > 0 {
		if h := headerFrom(rows, best, row, col); h != nil {
			return h, best
		}
	}
	for i := row - 1; i >= 0; i-- {
		if h := headerFrom(rows, i, row, col); h != nil {
			return h, i
		}
	}
	h := &header{end: row}
	for range widthOf(rows[row:]) {
		h.names, h.columns = append(h.names, ""), append(h.columns, noColumn)
	}
	h.take(rows[row:], col)
	h.notes = append(h.notes, words("danh sách không có hàng tiêu đề: các cột được hiểu theo nội dung", "the list has no headings: its columns are taken for what they hold"))
	h.tellGuesses()
	return h, row
}

// headerByWord finds the headings of a list without a row below them.
func headerByWord(rows [][]string) (*header, int) {
	for i, row := range rows {
		for _, cell := range row {
			if guessColumn(cell) == emailColumn && knownCells(row) > 0 {
				return newHeader(row, i+1), i
			}
		}
	}
	return nil, -1
}

// headerFrom makes the headings of row i, where it can be that of the addresses which
// begin in a row and a column; nil where it cannot.
func headerFrom(rows [][]string, i, row, col int) *header {
	cells := 0
	for _, cell := range rows[i] {
		if strings.TrimSpace(cell) != "" {
			cells++
		}
	}
	if cells == 0 || cells < 2 && widthOf(rows[row:]) > 1 || numbering(rows[i]) {
		return nil // blank, a title, or numbers of columns
	}
	h := newHeader(rows[i], i+1)
	for len(h.columns) < widthOf(rows[row:]) {
		h.names, h.columns = append(h.names, ""), append(h.columns, noColumn)
	}
	h.take(rows[i+1:], col)
	h.tellGuesses()
	return h
}

// firstAddress is where the first address of a list stands.
func firstAddress(rows [][]string) (row, col int) {
	for i, cells := range rows {
		for j, cell := range cells {
			if isAddress(cell) {
				return i, j
			}
		}
	}
	return -1, -1
}

func widthOf(rows [][]string) (width int) {
	for _, row := range rows {
		width = max(width, len(row))
	}
	return width
}

// take gives the columns meanings by what they hold: the addresses are known, places,
// levels and names are those of which nearly all cells read so.
func (h *header) take(rows [][]string, emails int) {
	h.columns[emails] = emailColumn
	for _, kind := range []struct {
		column column
		reads  func(string) bool
	}{
		{placeColumn, func(cell string) bool { _, ok := placeOf(cell); return ok }},
		{levelColumn, func(cell string) bool { _, ok := ParseLevel(cell); return ok }},
		{nameColumn, isPersonName},
	} {
		for i := range h.columns {
			if h.columns[i] == noColumn && guessColumn(h.names[i]) == noColumn && !h.has(kind.column) && nearlyAll(rows, i, kind.reads) &&
				!(kind.column == nameColumn && h.has(familyColumn)) {
				h.columns[i] = kind.column
			}
		}
	}
}

// nearlyAll reports whether most cells of a column read as something, of those that are
// not empty.
func nearlyAll(rows [][]string, i int, reads func(string) bool) bool {
	all, good := 0, 0
	for _, row := range rows {
		if i >= len(row) || strings.TrimSpace(row[i]) == "" {
			continue
		}
		if all++; reads(line(row[i])) {
			good++
		}
	}
	return all > 0 && good*10 >= all*8
}

// isPersonName reports whether a cell may be the name of a person: two words or more of
// letters, each with a capital.
func isPersonName(cell string) bool {
	const most = 7 // words
	fields := strings.Fields(cell)
	if len(fields) < 2 || len(fields) > most {
		return false
	}
	for _, word := range fields {
		for i, r := range word {
			if !unicode.IsLetter(r) && r != '.' && r != '\'' || i == 0 && !unicode.IsUpper(r) {
				return false
			}
		}
	}
	return true
}

// tellGuesses says which column was taken for the addresses.
func (h *header) tellGuesses() {
	for i, c := range h.columns {
		if c == emailColumn && guessColumn(h.names[i]) != emailColumn {
			name := h.names[i]
			if name == "" {
				name = fmt.Sprint(i + 1)
			}
			h.notes = append(h.notes, bantin.Say("cột %q được hiểu là cột địa chỉ", "the column %q is taken for that of the addresses", name))
			return
		}
	}
}

// joinNames makes the columns of a name in parts what they are: "Tên" beside "Họ" is
// the given name, and "Họ và tên" over two columns, of which the second has no heading,
// is both. Where a column has whole names, parts beside it do not count.
func (h *header) joinNames(below [][]string) {
	family := h.index(familyColumn)
	if whole := h.index(nameColumn); whole >= 0 && family >= 0 {
		if k := key(h.names[whole]); k == "ten" || k == "name" {
			h.columns[whole] = givenColumn
		} else {
			for i, c := range h.columns {
				if c >= familyColumn {
					h.columns[i] = noColumn
				}
			}
		}
	}
	whole := h.index(nameColumn)
	if whole < 0 || whole+1 >= widthOf(below) && whole+1 >= len(h.columns) {
		return
	}
	for len(h.columns) <= whole+1 && len(h.columns) < widthOf(below) {
		h.names, h.columns = append(h.names, ""), append(h.columns, noColumn)
	}
	if whole+1 < len(h.columns) && h.names[whole+1] == "" && h.columns[whole+1] == noColumn && nearlyAll(below, whole+1, isGivenName) {
		h.columns[whole], h.columns[whole+1] = familyColumn, givenColumn
	}
}

func (h *header) index(c column) int {
	for i := range h.columns {
		if h.columns[i] == c {
			return i
		}
	}
	return -1
}

// isGivenName reports whether a cell may be the last part of a name.
func isGivenName(cell string) bool {
	fields := strings.Fields(cell)
	if len(fields) == 0 || len(fields) > 2 {
		return false
	}
	for _, word := range fields {
		for i, r := range word {
			if !unicode.IsLetter(r) || i == 0 && !unicode.IsUpper(r) {
				return false
			}
		}
	}
	_, isPlace := placeOf(cell)
	return !isPlace
}
