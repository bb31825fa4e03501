package contact

import (
	"slices"
	"strings"

	"bantin/place"
)

// group is what rows have in common: the province in the row that heads them, "I. TỈNH
// SƠN LA", or in the name of their sheet.
type group struct {
	place  string
	fields []string // of the row that heads it
	sheet  bool     // it is that of the whole sheet
}

// headsGroup takes a row that heads a group, or sums one up, and reports whether it
// is one: it has no address, and beside a number one cell with words, which name a
// province.
func (r *Reader) headsGroup(fields []string) bool {
	if i := slices.Index(r.columns, emailColumn); i < len(fields) && strings.TrimSpace(fields[i]) != "" {
		return false
	}
	text := ""
	for _, cell := range fields {
		cell = line(cell)
		switch {
		case cell == "" || isNumbering(cell):
		case text != "" || strings.Contains(cell, "@"):
			return false
		default:
			text = cell
		}
	}
	if text == "" {
		return false
	}
	if isSum(text) {
		return true
	}
	slug, ok := placeOf(withoutNumbering(text))
	switch {
	case ok && !r.isNameCell(fields, text):
		r.group = group{place: slug, fields: slices.Clone(fields)}
		return true
	case withoutNumbering(text) != text && strings.ToUpper(text) == text:
		r.group = group{} // another group, of no province: its rows are not of the one before
	}
	return false
}

// isNameCell reports whether the words stand in the column of names and look like
// those of a person: "Hà Giang" there is somebody without an address.
func (r *Reader) isNameCell(fields []string, text string) bool {
	for i, cell := range fields {
		if i < len(r.columns) && line(cell) == text {
			c := r.columns[i]
			isName := c == nameColumn || c == familyColumn || c == givenColumn
			return isName && withoutNumbering(text) == text && strings.ToUpper(text) != text && !hasUnitWord(text)
		}
	}
	return false
}

// hasUnitWord reports whether a text says that it names a unit.
func hasUnitWord(text string) bool {
	k := key(text) + " "
	return slices.ContainsFunc([]string{"tinh ", "thanh pho ", "tp ", "hoi ", "hkh "}, func(word string) bool { return strings.HasPrefix(k, word) || strings.Contains(k, " "+word) })
}

// isSum reports whether a row counts those above.
func isSum(text string) bool {
	k := key(text) + " "
	return strings.HasPrefix(k, "tong cong ") || strings.HasPrefix(k, "tong so ") || strings.HasPrefix(k, "cong ") || strings.HasPrefix(k, "total ") || k == "tong "
}

// isNumbering reports whether a cell numbers a row or counts: I, IV, 1, 1.2, A.
func isNumbering(cell string) bool {
	cell = strings.Trim(cell, ".)( ")
	const longest = 6
	return len(cell) <= longest && (strings.Trim(cell, "0123456789.,") == "" || strings.Trim(cell, "IVXLC") == "" || len(cell) == 1 && cell[0] >= 'A' && cell[0] <= 'Z')
}

// withoutNumbering takes "I. ", "2) " or "A - " off a heading.
func withoutNumbering(text string) string {
	number, rest, ok := strings.Cut(text, " ")
	if mark := strings.TrimRight(number, ".):-/"); ok && mark != number && isNumbering(mark) {
		return strings.TrimLeft(rest, " -–")
	}
	if number, rest, ok = strings.Cut(text, "."); ok && isNumbering(number) {
		return strings.TrimSpace(rest)
	}
	return text
}

// placeOf finds the unit that a cell names, or the one of the association that
// it names: what stands behind its last "tỉnh" or "thành phố". What stands between
// brackets only explains: "Phú Thọ (cũ: Vĩnh Phúc)".
func placeOf(cell string) (slug string, ok bool) {
	if slug, ok = lookup(cell); ok {
		return slug, true
	}
	if outside := withoutBrackets(cell); outside != cell && outside != "" {
		if slug, ok = placeOf(outside); ok {
			return slug, true
		}
	}
	words := key(cell)
	from := -1
	for _, kind := range []string{" tinh ", " thanh pho ", " tp ", " province of ", " city of "} {
		if at := strings.LastIndex(" "+words, kind); at >= 0 {
			from = max(from, at+len(kind)-1)
		}
	}
	if from < 0 || from >= len(words) {
		return "", false
	}
	return lookup(words[from:])
}

// lookup finds a unit by its names, and by those that lists alone have for it.
func lookup(name string) (slug string, ok bool) {
	if slug, ok = place.Lookup(name); ok {
		return slug, true
	}
	k := key(name)
	for _, end := range []string{" cu", " moi"} { // "Yên Bái cũ"
		k = strings.TrimSuffix(k, end)
	}
	if short, known := shortNames[strings.ReplaceAll(k, " ", "")]; known {
		return short, true
	}
	for _, begin := range []string{"t ", "tp ", "t p ", "tinh ", "thanh pho "} {
		if rest, found := strings.CutPrefix(k, begin); found {
			if slug, ok = place.Lookup(rest); ok {
				return slug, true
			}
		}
	}
	if rest, found := strings.CutPrefix(k, "q "); found { // "Q. Ninh"
		if slug, ok = place.Lookup("quang " + rest); ok {
			return slug, true
		}
	}
	return place.Lookup(k)
}

// shortNames are abbreviations of offices, which no running text could be trusted with.
var shortNames = map[string]string{
	"hcm": "ho-chi-minh", "tphcm": "ho-chi-minh", "sg": "ho-chi-minh", "hn": "ha-noi", "tphn": "ha-noi", "hp": "hai-phong", "tphp": "hai-phong",
	"tthue": "hue", "tphue": "hue", "tth": "hue", "brvt": "ba-ria-vung-tau",
}

// withoutBrackets takes what stands between brackets out of a text.
func withoutBrackets(text string) string {
	for {
		before, rest, ok := strings.Cut(text, "(")
		if !ok {
			return strings.TrimSpace(text)
		}
		_, behind, _ := strings.Cut(rest, ")")
		text = before + behind
	}
}
