package document

import (
	"encoding/xml"
	"errors"
	"path"
	"strconv"
	"strings"
)

// relation is the target of an id in the text.
type relation struct {
	target   string
	external bool
}

// docxStyle is a style of paragraphs: whether it makes a heading or a caption.
type docxStyle struct {
	name    string // in English and lower case, whatever the language of Word is
	based   string
	outline int // 0: none; 1: as a heading of the first rank
}

// docxList says which levels of a list are numbered.
type docxList map[string]bool

// readAround reads the parts that describe the text, as far as they exist.
func (doc *docx) readAround() error {
	doc.main = "word/document.xml"
	top, err := doc.relations("_rels/.rels")
	if err != nil {
		return err
	}
	for _, r := range top {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			doc.main = strings.TrimPrefix(r.target, "/")
		}
	}
	dir, name := path.Split(doc.main)
	doc.dir = dir
	around, err := doc.relations(dir + "_rels/" + name + ".rels")
	if err != nil {
		return err
	}
	doc.rels = map[string]relation{}
	for _, r := range around {
		if !r.external {
			if strings.HasPrefix(r.target, "/") {
				dir = ""
			}
			r.target = dir + strings.TrimPrefix(r.target, "/")
		}
		doc.rels[r.id] = r.relation
		dir, _ = path.Split(doc.main)
	}
	if doc.style, err = doc.styles(dir + "styles.xml"); err != nil {
		return err
	}
	doc.lists, err = doc.numbering(dir + "numbering.xml")
	return err
}

type namedRelation struct {
	relation
	id, kind string
}

func (doc *docx) relations(name string) (all []namedRelation, err error) {
	err = doc.optional(name, func(x *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			all = append(all, namedRelation{
				relation: relation{attribute(e, "Target"), strings.EqualFold(attribute(e, "TargetMode"), "External")},
				id:       attribute(e, "Id"), kind: attribute(e, "Type"),
			})
		}
		return nil
	})
	return all, err
}

// optional walks through a part that need not be there.
func (doc *docx) optional(name string, open func(*xml.Decoder, xml.StartElement) error) error {
	data, err := doc.part(name, maxDocxXML)
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return damaged(err)
	}
	return walkXML(data, open)
}

func (doc *docx) styles(name string) (map[string]docxStyle, error) {
	styles := map[string]docxStyle{}
	id := ""
	err := doc.optional(name, func(_ *xml.Decoder, e xml.StartElement) error {
		s := styles[id]
		switch e.Name.Local {
		case "style":
			id, s = attribute(e, "styleId"), docxStyle{}
		case "name":
			s.name = strings.ToLower(attribute(e, "val"))
		case "basedOn":
			s.based = attribute(e, "val")
		case "outlineLvl":
			if level, err := strconv.Atoi(attribute(e, "val")); err == nil && level < 9 {
				s.outline = level + 1
			}
		}
		styles[id] = s
		return nil
	})
	return styles, err
}

// kind says what a paragraph of the style is: "title", "caption", "h2" to "h4",
// or "" for plain text.
func (doc *docx) kind(id string) string {
	for range 10 { // styles may be based on each other in a cycle
		s, ok := doc.style[id]
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

func (doc *docx) numbering(name string) (map[string]docxList, error) {
	abstract, lists := map[string]docxList{}, map[string]docxList{}
	var of, num, level string
	err := doc.optional(name, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "abstractNum":
			of = attribute(e, "abstractNumId")
			abstract[of] = docxList{}
		case "lvl":
			level = attribute(e, "ilvl")
		case "numFmt":
			if format := attribute(e, "val"); of != "" && abstract[of] != nil {
				abstract[of][level] = format != "bullet" && format != "none"
			}
		case "num":
			num = attribute(e, "numId")
		case "abstractNumId":
			lists[num] = abstract[attribute(e, "val")]
		}
		return nil
	})
	return lists, err
}
