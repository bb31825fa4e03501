package docx

import (
	"encoding/xml"
	"html"
	"strconv"
	"strings"

	"bantin/source/charset"
)

// paragraph is a w:p that is being read.
type paragraph struct {
	w          *writer
	block      Block
	html, text strings.Builder
	open       emphasis // in html
	style      style    // that of the paragraph
	list       string
	level      int
	fields     []field
	links      int     // fields that are links, and open in html
	boxes      []Block // paragraphs of text boxes, which stand behind it
}

// paragraph reads one w:p.
func (w *writer) paragraph(e xml.StartElement) error {
	return w.paragraphOf(func(p *paragraph) error { return w.each(e, p.child) })
}

// paragraphOf adds the paragraph that read fills.
func (w *writer) paragraphOf(read func(*paragraph) error) error {
	p := paragraph{w: w, block: Block{Bold: true}}
	if err := read(&p); err != nil {
		return err
	}
	p.emphasise(emphasis{})
	p.html.WriteString(strings.Repeat("</a>", p.links))
	b := &p.block
	b.HTML, b.Text = p.html.String(), charset.OneLine(p.text.String())
	b.Bold = b.Bold && b.Text != ""
	p.number()
	w.blocks = append(w.blocks, *b)
	w.blocks = append(w.blocks, p.boxes...)
	return nil
}

func (p *paragraph) child(e xml.StartElement) error {
	switch e.Name.Local {
	case "pPr":
		return p.w.each(e, p.property)
	case "r":
		return p.run(e)
	case "hyperlink":
		return p.link(e)
	case "fldSimple":
		return p.simpleField(e)
	case "oMath", "oMathPara":
		return p.formula(e)
	case "del", "moveFrom", "sdtPr", "Fallback", "instrText", "rt":
		return p.w.x.Skip()
	}
	return p.w.each(e, p.child)
}

func (p *paragraph) property(e xml.StartElement) error {
	switch e.Name.Local {
	case "pStyle":
		id := attribute(e, "val")
		p.block.Kind, p.style = p.w.doc.kind(id), p.w.doc.look(id)
		if p.list == "" {
			if p.list, p.level = p.style.list, p.style.level; p.level == 0 {
				p.level = p.w.doc.levelOf(p.list, id)
			}
		}
		if c := p.style.centred; c != nil {
			p.block.Centred = *c
		}
	case "outlineLvl":
		if level, err := strconv.Atoi(attribute(e, "val")); err == nil && level < 9 && p.block.Kind == "" {
			p.block.Kind = headingTag(level + 1)
		}
	case "jc":
		p.block.Centred = attribute(e, "val") == "center"
	case "numPr":
		return p.w.each(e, func(c xml.StartElement) error {
			switch c.Name.Local {
			case "numId":
				p.list = attribute(c, "val")
			case "ilvl":
				p.level = listLevel(attribute(c, "val"))
			}
			return p.w.x.Skip()
		})
	}
	return p.w.x.Skip()
}

// number gives the paragraph its place in a list. An empty one has a number in Word too,
// but none that says something.
func (p *paragraph) number() {
	if p.list == "" || p.list == "0" || p.block.Kind == "title" || p.block.Text == "" && len(p.block.Images) == 0 {
		return
	}
	item, label, ok := p.w.doc.next(p.list, p.level)
	switch {
	case !ok:
		return
	case p.block.Kind != "": // a heading: its number is text
		if label == "" && item.ordered {
			label = numeral(map[string]string{"": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}[item.style], item.number) + "."
		}
		p.block.Label = label
	case label != "":
		p.block.Label = label
	default:
		p.block.Kind, p.block.item = "li", item
	}
}

func (p *paragraph) link(e xml.StartElement) error {
	target := p.w.doc.rels[attribute(e, "id")]
	if !target.external {
		return p.w.each(e, p.child)
	}
	address := target.target
	if anchor := attribute(e, "anchor"); anchor != "" && !strings.Contains(address, "#") {
		address += "#" + anchor
	}
	p.emphasise(emphasis{})
	p.html.WriteString(`<a href="` + html.EscapeString(address) + `">`)
	err := p.w.each(e, p.child)
	p.emphasise(emphasis{})
	p.html.WriteString("</a>")
	return err
}
