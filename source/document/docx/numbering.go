package docx

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"

	"bantin"
)

// A paragraph of a list names a list (numId) and a level. Lists that share a definition
// share its counters, so that a list goes on after other paragraphs; one that overrides
// the start begins anew (ECMA-376 17.9).

const maxLevels = 9

// maxLabel is how many characters stand before a paragraph at most.
const maxLabel = 100

// numbering is the part that describes lists, with the numbers that were given so far.
type numbering struct {
	definitions map[string]*listDefinition
	lists       map[string]*list
}

// listDefinition is a w:abstractNum.
type listDefinition struct {
	levels [maxLevels]listFormat
	link   string // the style whose list it is
	values [maxLevels]int
	begun  [maxLevels]bool
}

// list is a w:num.
type list struct {
	definition string
	starts     map[int]int // levels that begin anew at a number
	formats    map[int]listFormat
	used       map[int]bool
}

// listFormat is how one level of a list is numbered.
type listFormat struct {
	start   *int // nil: 1
	format  string
	text    string // with %1 to %9 for the numbers of levels
	legal   bool   // all numbers in digits
	goesOn  bool   // the levels above do not begin it anew
	style   string // of the paragraphs that have this level by their style
	defined bool
}

// listItem is the place of a paragraph in a list that a page can number.
type listItem struct {
	level   int
	ordered bool
	style   string // as the attribute type of <ol>
	number  int
}

func listLevel(value string) int {
	n, _ := strconv.Atoi(value) // what is no number is the first level
	return min(max(n, 0), maxLevels-1)
}

func (doc *docx) readNumbering(name string) (*numbering, error) {
	n := &numbering{definitions: map[string]*listDefinition{}, lists: map[string]*list{}}
	var definition *listDefinition
	var num *list
	level := 0
	err := doc.optional(name, func(_ *xml.Decoder, e xml.StartElement) error {
		value := attribute(e, "val")
		switch e.Name.Local {
		case "abstractNum":
			definition, num = &listDefinition{}, nil
			n.definitions[attribute(e, "abstractNumId")] = definition
		case "num":
			num = &list{starts: map[int]int{}, formats: map[int]listFormat{}, used: map[int]bool{}}
			n.lists[attribute(e, "numId")] = num
		case "abstractNumId":
			if num != nil {
				num.definition = value
			}
		case "numStyleLink":
			if definition != nil {
				definition.link = value
			}
		case "lvl", "lvlOverride":
			level = listLevel(attribute(e, "ilvl"))
		case "startOverride":
			if start, err := strconv.Atoi(value); err == nil && num != nil {
				num.starts[level] = start
			}
		case "start", "numFmt", "lvlText", "isLgl", "lvlRestart", "pStyle":
			switch {
			case num != nil:
				f := num.formats[level]
				f.set(e)
				num.formats[level] = f
			case definition != nil:
				definition.levels[level].set(e)
			}
		}
		return nil
	})
	return n, err
}

func (f *listFormat) set(e xml.StartElement) {
	f.defined = true
	value := attribute(e, "val")
	switch e.Name.Local {
	case "start":
		if n, err := strconv.Atoi(value); err == nil {
			f.start = &n
		}
	case "numFmt":
		f.format = value
	case "lvlText":
		f.text = bantin.Shorten(value, maxLabel)
	case "pStyle":
		f.style = value
	case "isLgl":
		f.legal = isOn(e)
	case "lvlRestart":
		f.goesOn = value == "0"
	}
}

// levelOf is the level that a list has for a style of paragraphs; 0 where it names none.
func (doc *docx) levelOf(id, style string) int {
	if num := doc.lists.lists[id]; num != nil && doc.lists.definitions[num.definition] != nil {
		for level, f := range doc.lists.definitions[num.definition].levels {
			if f.style == style {
				return level
			}
		}
	}
	return 0
}

func (f *listFormat) first() int {
	if f.start == nil {
		return 1
	}
	return min(max(*f.start, 0), maxNumber)
}

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
