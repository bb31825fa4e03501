package contact

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

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
)

// columnOf knows a heading by its folded words, in both languages.
func columnOf(heading string) column {
	switch key(heading) {
	case "email", "e mail", "mail", "email address", "e mail address", "thu dien tu", "dia chi thu dien tu",
		"dia chi email", "dia chi e mail", "dia chi mail", "hop thu", "hop thu dien tu":
		return emailColumn
	case "name", "full name", "ho ten", "ho va ten", "ten", "ho ten day du":
		return nameColumn
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

// readHeader finds the delimiter and the columns.
func (r *Reader) readHeader(text string, number int) error {
	if !utf8.ValidString(text) {
		return &RowError{Line: number, Reason: notUTF8(), Fields: []string{text}}
	}
	r.comma = delimiter(text)
	r.header, _ = split(text, r.comma)
	seen := map[column]string{}
	for i, heading := range r.header {
		heading = strings.TrimSpace(heading)
		r.header[i] = heading
		c := columnOf(heading)
		r.columns = append(r.columns, c)
		if other, twice := seen[c]; twice && c != noColumn {
			return &RowError{Line: number, Column: heading, Value: heading, Fields: r.header, Reason: words(
				fmt.Sprintf("hai cột cùng nghĩa: %q và %q", other, heading),
				fmt.Sprintf("two columns mean the same: %q and %q", other, heading))}
		}
		seen[c] = heading
	}
	if _, ok := seen[emailColumn]; !ok {
		return &RowError{Line: number, Fields: r.header, Reason: words(
			"không có cột địa chỉ thư điện tử (email, thư điện tử, địa chỉ e-mail)",
			"there is no column of addresses (email, thư điện tử, địa chỉ e-mail)")}
	}
	return nil
}

// delimiter is the one that cuts the headings so that most of them are known.
func delimiter(text string) byte {
	best, known := byte(','), -1
	for _, comma := range []byte{',', ';', '\t'} {
		fields, _ := split(text, comma)
		n := 0
		for _, f := range fields {
			if columnOf(f) != noColumn {
				n++
			}
		}
		if n > known {
			best, known = comma, n
		}
	}
	return best
}
