package docx

import (
	"cmp"
	"encoding/xml"
	"strconv"
	"strings"
)

// style is a style of paragraphs or letters: as far as it says something itself.
type style struct {
	name    string // in English and lower case, whatever the language of Word is
	based   string
	outline int    // 0: none; 1: as a heading of the first rank
	list    string // numId; "": not said
	level   int    // of the list
	run     letters
	centred *bool
}

// letters is how letters look, as far as a style or a run says it.
type letters struct {
	bold, italic, caps, struck, hidden *bool
	font                               string
}

// over gives what stands in l, and what stands in base where l says nothing.
func (l letters) over(base letters) letters {
	for _, p := range [][2]**bool{{&l.bold, &base.bold}, {&l.italic, &base.italic}, {&l.caps, &base.caps}, {&l.struck, &base.struck}, {&l.hidden, &base.hidden}} {
		if *p[0] == nil {
			*p[0] = *p[1]
		}
	}
	l.font = cmp.Or(l.font, base.font)
	return l
}

// set takes one property of letters.
func (l *letters) set(e xml.StartElement) {
	on := isOn(e)
	switch e.Name.Local {
	case "b":
		l.bold = &on
	case "i":
		l.italic = &on
	case "caps":
		l.caps = &on
	case "strike", "dstrike":
		if on || l.struck == nil {
			l.struck = &on
		}
	case "vanish":
		l.hidden = &on
	case "rFonts":
		l.font = strings.ToLower(attribute(e, "ascii"))
	}
}

func (doc *docx) readStyles(name string) (map[string]style, error) {
	styles := map[string]style{}
	id := ""
	err := doc.optional(name, func(_ *xml.Decoder, e xml.StartElement) error {
		s := styles[id]
		value := attribute(e, "val")
		switch e.Name.Local {
		case "style":
			id, s = attribute(e, "styleId"), style{}
		case "name":
			s.name = strings.ToLower(value)
		case "basedOn":
			s.based = value
		case "outlineLvl":
			if level, err := strconv.Atoi(value); err == nil && level < 9 {
				s.outline = level + 1
			}
		case "numId":
			s.list = value
		case "ilvl":
			s.level = listLevel(value)
		case "jc":
			centred := value == "center"
			s.centred = &centred
		default:
			if id != "" {
				s.run.set(e)
			}
		}
		styles[id] = s
		return nil
	})
	return styles, err
}

// look gives what a style says together with those that it is based on.
func (doc *docx) look(id string) (all style) {
	for range 10 { // styles may be based on each other in a cycle
		s, ok := doc.styles[id]
		if !ok {
			return all
		}
		all.run = all.run.over(s.run)
		if all.list == "" {
			all.list, all.level = s.list, s.level
		}
		if all.centred == nil {
			all.centred = s.centred
		}
		if id = s.based; id == "" {
			return all
		}
	}
	return all
}

// kind says what a paragraph of the style is: "title", "caption", "h2" to "h4",
// or "" for plain text.
func (doc *docx) kind(id string) string {
	for range 10 {
		s, ok := doc.styles[id]
		name := s.name
		if !ok {
			name = strings.ToLower(id)
		}
		switch {
		case name == "title" || name == "caption":
			return name
		case s.outline > 0:
			return headingTag(s.outline)
		}
		if level, found := strings.CutPrefix(strings.ReplaceAll(name, " ", ""), "heading"); found {
			if n, err := strconv.Atoi(level); err == nil && n > 0 {
				return headingTag(n)
			}
		}
		if id = s.based; id == "" {
			return ""
		}
	}
	return ""
}

func headingTag(level int) string { return "h" + strconv.Itoa(min(max(level, 1)+1, 4)) }
