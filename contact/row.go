package contact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
)

// row makes a contact of the fields.
func (r *Reader) row(fields []string, number int) (Row, error) {
	row := Row{Line: number}
	var parts [3]string // of a name in several columns: family, middle and given name
	reject := func(i int, reason bantin.Words) (Row, error) {
		e := &RowError{Line: number, Reason: reason, Fields: fields, Group: r.group.fields}
		if i < len(r.header) && i < len(fields) {
			e.Column, e.Value = r.header[i], fields[i]
		}
		return Row{}, e
	}
	if len(fields) > len(r.header) && strings.TrimSpace(strings.Join(fields[len(r.header):], "")) != "" {
		return reject(len(fields), words(
			fmt.Sprintf("dòng có %d ô, hàng tiêu đề chỉ có %d", len(fields), len(r.header)),
			fmt.Sprintf("the row has %d fields, the headings are %d", len(fields), len(r.header))))
	}
	for i, c := range r.columns {
		cell := ""
		if i < len(fields) {
			cell = fields[i]
		}
		if !utf8.ValidString(cell) {
			return reject(i, notUTF8())
		}
		if c >= familyColumn {
			parts[c-familyColumn] = unguard(line(cell))
			continue
		}
		noted := len(row.Warnings)
		if reason := r.set(&row, c, cell); reason != (bantin.Words{}) {
			return reject(i, reason)
		}
		for n := noted; n < len(row.Warnings); n++ {
			row.Warnings[n].Column = r.header[i]
		}
	}
	if parts != [3]string{} {
		row.Contact.Name = row.name(strings.Join(strings.Fields(strings.Join(parts[:], " ")), " "))
	}
	row.Contact.Place = cmp.Or(row.Contact.Place, r.group.place)
	return row, nil
}

// cellKey is a cell of a column that has few values in many rows.
type cellKey struct {
	column column
	cell   string
}

// maxCachedCells bounds the cache: a list has a few dozen.
const maxCachedCells = 2000

// set is Row.set, and looks places, levels and languages up once.
func (r *Reader) set(row *Row, c column, cell string) (reason bantin.Words) {
	if c != placeColumn && c != levelColumn && c != languageColumn {
		return row.set(c, cell)
	}
	m, known := r.cells[cellKey{c, cell}]
	if !known {
		if reason := m.set(c, cell); reason != (bantin.Words{}) {
			return reason
		}
		if r.cells == nil || len(r.cells) >= maxCachedCells {
			r.cells = map[cellKey]Row{}
		}
		r.cells[cellKey{c, strings.Clone(cell)}] = m // the cell may be part of a long line
	}
	switch c {
	case placeColumn:
		row.Contact.Place = m.Contact.Place
	case levelColumn:
		row.Contact.Level = m.Contact.Level
	default:
		row.Contact.Language = m.Contact.Language
	}
	row.Warnings = append(row.Warnings, m.Warnings...)
	return bantin.Words{}
}

// set takes one cell, or says why it cannot.
func (row *Row) set(c column, cell string) (reason bantin.Words) {
	cell = unguard(line(cell))
	contact := &row.Contact
	var ok bool
	switch c {
	case emailColumn:
		return row.setAddress(cell)
	case nameColumn:
		if cell != "" {
			contact.Name = row.name(cell)
		}
	case placeColumn:
		contact.Place = row.place(cell)
	case levelColumn:
		if contact.Level, ok = ParseLevel(cell); !ok {
			contact.Level = ""
			row.Warnings = append(row.Warnings, note("không biết cấp %q, để trống; có: trung ương, tỉnh, huyện, xã, hội viên",
				"unknown level %q, left empty; there are central, province, district, commune, member", cell))
		}
	case languageColumn:
		if contact.Language, ok = ParseLanguage(cell); !ok {
			return words("không biết ngôn ngữ này; có: vi (tiếng Việt), en (tiếng Anh)",
				"unknown language; there are vi (Vietnamese), en (English)")
		}
	case tagsColumn:
		contact.Tags = tags(cell)
	}
	return bantin.Words{}
}

// Check does for one contact, written by hand, what a Reader does for the rows
// of a list: its place may be any name, its level and language in any wording.
// The error, if there is one, has the key of the field for its Column.
func Check(c bantin.Contact) (Row, *RowError) {
	row := Row{}
	for _, field := range []struct {
		column    column
		key, cell string
	}{
		{emailColumn, "email", c.Email},
		{nameColumn, "name", c.Name},
		{placeColumn, "place", c.Place},
		{levelColumn, "level", string(c.Level)},
		{languageColumn, "language", string(c.Language)},
		{tagsColumn, "tags", strings.Join(c.Tags, ",")},
	} {
		reason := row.set(field.column, field.cell)
		if _, known := ParseLevel(field.cell); field.column == levelColumn && !known {
			reason = words("không biết cấp này; có: trung ương, tỉnh, huyện, xã, hội viên", "unknown level; there are central, province, district, commune, member")
		}
		if reason != (bantin.Words{}) {
			return Row{}, &RowError{Column: field.key, Value: field.cell, Reason: reason, Fields: []string{field.cell}}
		}
	}
	return row, nil
}

// maxNameLength is what a name may have, in characters.
const maxNameLength = 120

func (row *Row) name(cell string) string {
	short := bantin.Shorten(cell, maxNameLength)
	if short != cell {
		row.Warnings = append(row.Warnings, note("họ tên quá dài, đã cắt bớt", "the name is too long and was cut"))
	}
	return short
}

// place finds the unit. Without it the contact still gets what all get.
func (row *Row) place(cell string) string {
	if cell == "" {
		return ""
	}
	slug, ok := placeOf(cell)
	if !ok {
		row.Warnings = append(row.Warnings, unknownPlace(cell))
		return ""
	}
	if now, gone := place.Abolished(slug); gone {
		vi, en := bantin.Vietnamese, bantin.English
		row.Warnings = append(row.Warnings, Note{Words: words(
			fmt.Sprintf("%s nay thuộc %s, nên cũng được tính là %s", place.Name(slug, vi), place.Name(now, vi), place.Name(now, vi)),
			fmt.Sprintf("%s is part of %s now and is taken as that too", place.Name(slug, en), place.Name(now, en)))})
	}
	return slug
}

func unknownPlace(cell string) Note {
	w := words(fmt.Sprintf("không biết nơi %q, tạm để trống", cell), fmt.Sprintf("unknown place %q, left empty", cell))
	if near := place.Nearest(cell, 3); len(near) > 0 {
		vi, en := make([]string, len(near)), make([]string, len(near))
		for i, slug := range near {
			vi[i], en[i] = place.Name(slug, bantin.Vietnamese), place.Name(slug, bantin.English)
		}
		w.VI += fmt.Sprintf(" (có phải %s?)", strings.Join(vi, ", "))
		w.EN += fmt.Sprintf(" (did you mean %s?)", strings.Join(en, ", "))
	}
	return Note{Words: w}
}

// ParseLevel reads a level in either language; nothing is no level.
func ParseLevel(cell string) (bantin.Level, bool) {
	k := key(cell)
	for _, word := range []string{"cap ", "hoi khuyen hoc ", "khuyen hoc ", "hoi "} {
		if rest, ok := strings.CutPrefix(k, word); ok && rest != "vien" {
			k = rest
		}
	}
	k = strings.TrimSuffix(k, " hoi")
	if k == "" {
		return "", cell == ""
	}
	return bantin.LevelNamed(k)
}

// ParseLanguage reads a language in either language; nothing is none.
func ParseLanguage(cell string) (bantin.Language, bool) {
	switch key(cell) {
	case "":
		return "", true
	case "vi", "vn", "vi vn", "tieng viet", "viet", "vietnamese":
		return bantin.Vietnamese, true
	case "en", "en us", "en gb", "tieng anh", "anh", "english":
		return bantin.English, true
	}
	return "", false
}

// tags are words between commas, semicolons or bars, each once.
func tags(cell string) []string {
	var all []string
	for tag := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(",;|", r) }) {
		if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(all, tag) {
			all = append(all, tag)
		}
	}
	return all
}

// line makes one line of a cell: NFC, blanks of all kinds one space, without
// control and invisible characters.
func line(cell string) string {
	if isPlainText(cell) {
		return cell
	}
	cell = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, cell)
	return norm.NFC.String(strings.Join(strings.Fields(cell), " "))
}

// isPlainText tells a cell that line would leave as it is: nearly all are.
func isPlainText(cell string) bool {
	ascii, before := true, ' '
	for _, r := range cell {
		switch {
		case r == ' ' && before == ' ', r < ' ', r == 0x7f:
			return false
		case r >= utf8.RuneSelf:
			if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0xfffe || r == 0xffff {
				return false
			}
			ascii = false
		}
		before = r
	}
	return (cell == "" || before != ' ') && (ascii || norm.NFC.QuickSpanString(cell) == len(cell))
}

func notUTF8() bantin.Words {
	return words("không phải UTF-8; hãy lưu danh sách ở UTF-8", "not UTF-8; save the list as UTF-8")
}
