package document

import (
	"encoding/xml"
	"html"
	"strconv"
	"strings"

	"bantin/source/charset"
)

// paragraph reads one w:p.
func (w *docxWriter) paragraph(e xml.StartElement) error {
	p := docxParagraph{w: w, piece: piece{bold: true}}
	if err := w.each(e, p.child); err != nil {
		return err
	}
	p.emphasis(false, false)
	p.piece.html = p.html.String()
	p.piece.text = charset.OneLine(p.text.String())
	p.piece.bold = p.piece.bold && p.piece.text != ""
	w.pieces = append(w.pieces, p.piece)
	w.pieces = append(w.pieces, p.boxes...)
	return nil
}

// docxParagraph is a paragraph that is being read.
type docxParagraph struct {
	w            *docxWriter
	piece        piece
	html, text   strings.Builder
	bold, italic bool    // open in html
	boxes        []piece // paragraphs of text boxes, which stand behind it
}

func (p *docxParagraph) child(e xml.StartElement) error {
	switch e.Name.Local {
	case "pPr":
		return p.w.each(e, p.property)
	case "r":
		return p.run(e)
	case "hyperlink":
		return p.link(e)
	case "del", "moveFrom", "sdtPr", "Fallback", "instrText":
		return p.w.x.Skip()
	}
	return p.w.each(e, p.child)
}

func (p *docxParagraph) property(e xml.StartElement) error {
	switch e.Name.Local {
	case "pStyle":
		p.piece.kind = p.w.doc.kind(attribute(e, "val"))
	case "outlineLvl":
		if level, err := strconv.Atoi(attribute(e, "val")); err == nil && level < 9 && p.piece.kind == "" {
			p.piece.kind = headingTag(level + 1)
		}
	case "jc":
		p.piece.centred = attribute(e, "val") == "center"
	case "numPr":
		return p.numbering(e)
	}
	return p.w.x.Skip()
}

func (p *docxParagraph) numbering(e xml.StartElement) error {
	var id, level string
	err := p.w.each(e, func(c xml.StartElement) error {
		switch c.Name.Local {
		case "numId":
			id = attribute(c, "val")
		case "ilvl":
			level = attribute(c, "val")
		}
		return p.w.x.Skip()
	})
	if id != "" && id != "0" && p.piece.kind == "" {
		p.piece.kind = "li"
		p.piece.level, _ = strconv.Atoi(level) // what is no number is the first level
		p.piece.level = min(max(p.piece.level, 0), 8)
		p.piece.ordered = p.w.doc.lists[id][level]
	}
	return err
}

func (p *docxParagraph) link(e xml.StartElement) error {
	target := p.w.doc.rels[attribute(e, "id")]
	if !target.external {
		return p.w.each(e, p.child)
	}
	p.emphasis(false, false)
	p.html.WriteString(`<a href="` + html.EscapeString(target.target) + `">`)
	err := p.w.each(e, p.child)
	p.emphasis(false, false)
	p.html.WriteString("</a>")
	return err
}
