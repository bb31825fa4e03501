package docx

import (
	"encoding/xml"
	"errors"
	"path"
	"strings"
)

// relation is the target of an id in the text.
type relation struct {
	target   string
	kind     string // the last part of its type, such as "styles"
	external bool
}

// readAround reads the parts that describe the text, as far as they exist.
func (doc *docx) readAround() error {
	doc.main = "word/document.xml"
	top, err := doc.relations("_rels/.rels")
	if err != nil {
		return err
	}
	for _, r := range top {
		if r.kind == "officeDocument" {
			doc.main = strings.TrimPrefix(r.target, "/")
		}
	}
	dir, name := path.Split(doc.main)
	doc.dir = dir
	doc.rels, err = doc.relations(dir + "_rels/" + name + ".rels")
	if err != nil {
		return err
	}
	for id, r := range doc.rels {
		if !r.external {
			r.target = within(dir, r.target)
			doc.rels[id] = r
		}
	}
	if doc.styles, err = doc.readStyles(doc.partOf("styles")); err != nil {
		return err
	}
	doc.lists, err = doc.readNumbering(doc.partOf("numbering"))
	return err
}

// within resolves the name of a part against the directory that refers to it.
func within(dir, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(target, "/")
	}
	return dir + target
}

// partOf is the name of the part of a kind: as its relationship says, else the name that
// Word gives it.
func (doc *docx) partOf(kind string) string {
	for _, r := range doc.rels {
		if r.kind == kind && !r.external {
			return r.target
		}
	}
	return doc.dir + kind + ".xml"
}

func (doc *docx) relations(name string) (map[string]relation, error) {
	all := map[string]relation{}
	err := doc.optional(name, func(x *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			all[attribute(e, "Id")] = relation{
				target: attribute(e, "Target"), kind: path.Base(attribute(e, "Type")),
				external: strings.EqualFold(attribute(e, "TargetMode"), "External"),
			}
		}
		return nil
	})
	return all, err
}

// optional walks through a part that need not be there.
func (doc *docx) optional(name string, open func(*xml.Decoder, xml.StartElement) error) error {
	data, err := doc.part(name, maxXML)
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return damaged(err)
	}
	return walkXML(data, open)
}
