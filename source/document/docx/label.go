package docx

import (
	"regexp"
	"strconv"
	"strings"
)

// next gives the next item of a list, and its label where a page cannot number it so.
// It is not ok where the paragraph is in no list.
func (doc *docx) next(id string, level int) (item listItem, label string, ok bool) {
	num := doc.lists.lists[id]
	if num == nil {
		return item, "", false
	}
	definition := doc.lists.definitions[num.definition]
	for range 3 { // a definition may refer to that of a style
		if definition == nil || definition.link == "" {
			break
		}
		linked := doc.lists.lists[doc.look(definition.link).list]
		if linked == nil {
			break
		}
		definition = doc.lists.definitions[linked.definition]
	}
	if definition == nil {
		return item, "", false
	}
	definition.count(num, level)
	format := num.format(definition, level)
	item = listItem{level: level, number: definition.values[level]}
	switch format.format {
	case "bullet":
		return item, "", true
	case "none":
		return item, strings.TrimSpace(format.text), format.text != ""
	}
	if style, simple := listStyles[format.format]; simple && (format.text == "" || format.text == "%"+strconv.Itoa(level+1)+".") && item.number > 0 {
		item.ordered, item.style = true, style
		return item, "", true
	}
	return item, definition.label(num, format), true
}

// listStyles are the formats that a page has too.
var listStyles = map[string]string{"decimal": "", "": "", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}

// format is how a level of a list is numbered: as the list itself says, else as its
// definition does.
func (l *list) format(d *listDefinition, level int) *listFormat {
	f, own := d.levels[level], l.formats[level]
	if own.defined && (own.format != "" || own.text != "") {
		f = own
	}
	return &f
}

// count gives the next number to a level, and lets those below begin anew.
func (d *listDefinition) count(l *list, level int) {
	start, anew := l.starts[level]
	switch {
	case anew && !l.used[level]:
		d.values[level] = start
	case d.begun[level]:
		d.values[level] = min(d.values[level]+1, maxNumber)
	default:
		d.values[level] = l.format(d, level).first()
	}
	d.begun[level], l.used[level] = true, true
	for above := range level {
		if !d.begun[above] {
			d.begun[above], d.values[above] = true, l.format(d, above).first()
		}
	}
	for below := level + 1; below < maxLevels; below++ {
		if !l.format(d, below).goesOn {
			d.begun[below] = false
		}
	}
}

func (f *listFormat) first() int {
	if f.start == nil {
		return 1
	}
	return min(max(*f.start, 0), maxNumber)
}

// maxNumber is beyond the number of any list that people wrote.
const maxNumber = 99999

var levelMark = regexp.MustCompile(`%[1-9]`)

// label writes what stands before a paragraph of a level.
func (d *listDefinition) label(l *list, format *listFormat) string {
	return strings.TrimSpace(levelMark.ReplaceAllStringFunc(format.text, func(mark string) string {
		level := int(mark[1] - '1')
		kind := l.format(d, level).format
		if format.legal {
			kind = "decimal"
		}
		return numeral(kind, d.values[level])
	}))
}

func numeral(kind string, n int) (text string) {
	switch kind {
	case "lowerLetter", "upperLetter":
		text = wordLetters(n)
	case "lowerRoman", "upperRoman":
		text = Roman(n)
	case "decimalZero":
		if n < 10 {
			text = "0" + strconv.Itoa(n)
		}
	}
	if text == "" {
		return strconv.Itoa(n)
	}
	if strings.HasPrefix(kind, "upper") {
		return strings.ToUpper(text)
	}
	return text
}

// wordLetters writes a number as Word does: a to z, then aa, bb.
func wordLetters(n int) string {
	if n < 1 || n > 260 {
		return ""
	}
	return strings.Repeat(string(rune('a'+(n-1)%26)), (n-1)/26+1)
}
