package docx

import (
	"encoding/xml"
	"strconv"

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
