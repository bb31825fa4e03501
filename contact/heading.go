package contact

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
	"bantin/place"
)

// column is what a column holds.
type column int

const (
	noColumn column = iota
	emailColumn
	nameColumn
	placeColumn
	levelColumn
	languageColumn
	tagsColumn
	familyColumn // a name in parts, in the order of Vietnamese names
	middleColumn
	givenColumn
)

// columnOf knows a heading by its folded words, in both languages.
func columnOf(heading string) column {
	switch key(heading) {
	case "email", "e mail", "mail", "email address", "e mail address", "thu dien tu", "dia chi thu dien tu",
		"dia chi email", "dia chi e mail", "dia chi mail", "hop thu", "hop thu dien tu", "gmail", "email lien he", "dia chi email lien he":
		return emailColumn
	case "name", "full name", "ho ten", "ho va ten", "ten", "ho ten day du":
		return nameColumn
	case "ho", "ho dem", "ho va dem", "ho va ten dem", "ho ten dem", "ho lot", "ho va ten lot", "ho va chu lot", "ho chu lot", "last name", "family name", "surname":
		return familyColumn
	case "dem", "ten dem", "ten lot", "chu lot", "middle name":
		return middleColumn
	case "ten rieng", "first name", "given name":
		return givenColumn
	case "place", "province", "province city", "tinh", "tinh thanh pho", "tinh tp", "tinh thanh", "thanh pho", "noi", "dia phuong":
		return placeColumn
	case "level", "cap", "cap hoi":
		return levelColumn
	case "language", "lang", "ngon ngu", "tieng":
		return languageColumn
	case "tags", "tag", "nhan":
		return tagsColumn
	}
	return noColumn
}

// key is the folded words of a cell, one blank between them.
func key(cell string) string {
	return strings.Join(strings.FieldsFunc(place.Fold(cell), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// maxHeaderRow is the last row in which the headings are looked for.
const maxHeaderRow = 30

// header is the headings of a list.
type header struct {
	names   []string
	columns []column
	end     int // the row behind them, from 0
	notes   []bantin.Words
}

// findHeader finds the headings among the first rows of a list, the number of
// whose first is given: the first row that has one for addresses, with what the
// rows right above and below add where headings go over two. Where none has one
// that is known, it is the row that heads a column of addresses.
func findHeader(rows [][]string, first int) (*header, error) {
	for i, row := range rows {
		if h := newHeader(row, i+1); h.has(emailColumn) {
			return h, h.complete(rows, first+i)
		}
	}
	if h, i := guessHeader(rows); h != nil {
		return h, h.complete(rows, first+i)
	}
	for i, row := range rows {
		if strings.TrimSpace(strings.Join(row, "")) != "" {
			return nil, noAddresses(first+i, rows[bestRow(rows)])
		}
	}
	return nil, &RowError{Line: max(first, 1), Reason: words("danh sách rỗng", "the list is empty")}
}

// complete adds to the headings of a row what stands around it, and what only the
// cells below tell.
func (h *header) complete(rows [][]string, number int) error {
	i := h.end - 1
	if i > 0 {
		h.add(rows[i-1])
	}
	if i >= 0 && i+1 < len(rows) && h.goesOn(rows[i+1]) {
		h.add(rows[i+1])
		h.end++
	}
	if h.end < len(rows) && numbering(rows[h.end]) {
		h.end++
	}
	h.guess()
	h.joinNames(rows[h.end:])
	return h.check(number)
}

// noAddresses says that a list has no column of addresses, and which headings it has.
func noAddresses(number int, row []string) *RowError {
	e := &RowError{Line: number, Fields: row, Reason: words(
		"không có cột địa chỉ thư điện tử (email, thư điện tử, địa chỉ e-mail)",
		"there is no column of addresses (email, thư điện tử, địa chỉ e-mail)")}
	var found []string
	for _, cell := range row {
		if cell = line(cell); cell != "" {
			found = append(found, bantin.Shorten(cell, 40))
		}
	}
	if len(found) > 0 {
		e.Reason.VI += "; các tiêu đề đã thấy: " + strings.Join(found, ", ")
		e.Reason.EN += "; the headings found are: " + strings.Join(found, ", ")
	}
	return e
}

// bestRow is the row that is the likeliest to have the headings: that with most cells
// that are known, else with most cells.
func bestRow(rows [][]string) (best int) {
	most := -1
	for i, row := range rows {
		n := 100 * knownCells(row)
		for _, cell := range row {
			if strings.TrimSpace(cell) != "" {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// knownCells counts the cells of a row that are headings we know.
func knownCells(row []string) (n int) {
	for _, cell := range row {
		if columnOf(cell) != noColumn || guessColumn(cell) != noColumn {
			n++
		}
	}
	return n
}

func newHeader(row []string, end int) *header {
	h := &header{end: end}
	for _, heading := range row {
		h.names = append(h.names, strings.Join(strings.Fields(heading), " "))
		h.columns = append(h.columns, columnOf(heading))
	}
	return h
}

func (h *header) has(c column) bool { return slices.Contains(h.columns, c) }

// add takes the headings of a row beside ours for columns that have none: above
// or below merged cells, or as the more exact of two.
func (h *header) add(row []string) {
	for i, heading := range row {
		c := columnOf(heading)
		isPart := c >= familyColumn || c == nameColumn && h.has(familyColumn)
		if isPart && i < len(h.columns) && (h.columns[i] == nameColumn || h.columns[i] == noColumn) { // below "Họ và tên" over both
			h.names[i], h.columns[i] = strings.Join(strings.Fields(heading), " "), c
			continue
		}
		if c == noColumn || h.has(c) {
			continue
		}
		for len(h.columns) <= i {
			h.names, h.columns = append(h.names, ""), append(h.columns, noColumn)
		}
		if h.columns[i] == noColumn {
			h.names[i], h.columns[i] = strings.Join(strings.Fields(heading), " "), c
		}
	}
}

// goesOn reports whether the row below is one of headings: it has some that we
// lack, and no address.
func (h *header) goesOn(below []string) bool {
	more := false
	for i, cell := range below {
		if isAddress(cell) {
			return false
		}
		c := columnOf(cell)
		more = more || c != noColumn && !h.has(c) && (i >= len(h.columns) || h.columns[i] == noColumn || c >= familyColumn && h.columns[i] == nameColumn)
	}
	return more
}

// numbering tells the row of column numbers that forms have below the headings:
// (1) (2) (3), or A B 1 2.
func numbering(row []string) bool {
	n := 0
	for _, cell := range row {
		switch cell = strings.Trim(strings.TrimSpace(cell), "()[]"); {
		case cell == "":
		case len(cell) <= 2 && (strings.Trim(cell, "0123456789") == "" || len(cell) == 1 && cell[0] >= 'A' && cell[0] <= 'Z'):
			n++
		default:
			return false
		}
	}
	return n >= 2
}

// check refuses two columns of the same meaning: which of them would count?
func (h *header) check(number int) error {
	seen := map[column]string{}
	for i, c := range h.columns {
		if other, twice := seen[c]; twice && c != noColumn {
			return &RowError{Line: number, Column: h.names[i], Value: h.names[i], Fields: h.names, Reason: words(
				fmt.Sprintf("hai cột cùng nghĩa: %q và %q", other, h.names[i]),
				fmt.Sprintf("two columns mean the same: %q and %q", other, h.names[i]))}
		}
		seen[c] = h.names[i]
	}
	return nil
}

// readHeader finds the headings and what cuts the lines.
func (t *lineTable) readHeader() (*header, error) {
	given, err := t.top()
	if err != nil {
		return nil, err
	}
	rows, begins := t.rows(given)
	h, err := findHeader(rows, 1)
	if bad := (*RowError)(nil); errors.As(err, &bad) {
		bad.Line = begins[min(bad.Line, len(begins))-1] + 1
	}
	if err != nil {
		return nil, err
	}
	t.lines.unread(given[begins[h.end]:])
	t.width, t.emails = len(h.columns), slices.Index(h.columns, emailColumn)
	return h, nil
}

// top gives the first lines, in which the headings are, and finds what cuts them.
func (t *lineTable) top() (given []physicalLine, err error) {
	text := ""
	for len(given) < maxHeaderRow {
		line, number, err := t.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read contacts: %w", err)
		}
		if t.comma == 0 && !utf8.ValidString(line.text) {
			return nil, &RowError{Line: number, Reason: notUTF8(), Fields: []string{line.text}}
		}
		given = append(given, line)
		if text += "\n" + line.text; strings.Count(text, `"`)%2 > 0 && len(text) < maxLine {
			continue // within quotes
		}
		if comma, found := delimiter(text[1:]); found && t.comma == 0 {
			t.comma = comma
		}
		text = ""
	}
	if t.comma == 0 {
		t.comma = likelyDelimiter(given)
	}
	return given, nil
}

// rows cuts lines up, and tells with which line each row begins, and the one
// behind the last would. A heading between quotes may go over several lines, as
// Excel writes it; a stray quote is one of its line.
func (t *lineTable) rows(given []physicalLine) (rows [][]string, begins []int) {
	for i := 0; i < len(given); {
		begins = append(begins, i)
		text, end := given[i].text, i+1
		if i == 0 && strings.HasPrefix(strings.ToLower(text), "sep=") {
			text = "" // a hint that Excel writes and hides
		}
		fields, state := split(text, t.comma)
		first := fields
		for state == quoteOpen && end < len(given) && len(text) < maxLine {
			text += "\n" + given[end].text
			fields, state = split(text, t.comma)
			end++
		}
		if state != quotesFine {
			fields, end = first, i+1
		}
		rows, i = append(rows, fields), end
	}
	return rows, append(begins, len(given))
}

// delimiter is the one that cuts a line so that most headings are known; found
// tells that one of them is for addresses.
func delimiter(text string) (best byte, found bool) {
	best, known := byte(','), -1
	for _, comma := range []byte{',', ';', '\t'} {
		fields, _ := split(text, comma)
		n, emails := 0, false
		for _, f := range fields {
			c := columnOf(f)
			if c != noColumn {
				n++
			}
			emails = emails || c == emailColumn
		}
		if n > known {
			best, known, found = comma, n, emails
		}
	}
	return best, found
}

// likelyDelimiter is the one that cuts the lines with an address into most fields.
func likelyDelimiter(given []physicalLine) byte {
	best, most := byte(','), 0
	for _, comma := range []byte{',', ';', '\t'} {
		n := 0
		for _, l := range given {
			if strings.Contains(l.text, "@") {
				fields, _ := split(l.text, comma)
				n += len(fields)
			}
		}
		if n > most {
			best, most = comma, n
		}
	}
	return best
}
