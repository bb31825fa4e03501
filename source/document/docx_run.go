package document

import (
	"encoding/xml"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"

	"bantin/picture"
)

// docxRun is the formatting of a run of text.
type docxRun struct {
	bold, italic, hidden bool
	raised               string // "sup", "sub", or "" on the line
}

func (p *docxParagraph) run(e xml.StartElement) error {
	var r docxRun
	return p.w.each(e, func(c xml.StartElement) error { return p.runChild(c, &r) })
}

func (p *docxParagraph) runChild(e xml.StartElement, r *docxRun) error {
	switch e.Name.Local {
	case "rPr":
		return p.w.each(e, func(c xml.StartElement) error {
			switch c.Name.Local {
			case "b":
				r.bold = isOn(c)
			case "i":
				r.italic = isOn(c)
			case "vanish":
				r.hidden = isOn(c)
			case "vertAlign":
				r.raised = map[string]string{"superscript": "sup", "subscript": "sub"}[attribute(c, "val")]
			}
			return p.w.x.Skip()
		})
	case "t":
		return p.runText(e, r)
	case "tab", "br", "cr":
		p.write(map[string]string{"tab": "\t", "br": "<br>", "cr": "<br>"}[e.Name.Local], " ", r)
	case "footnoteReference":
		p.callNote("footnotes", attribute(e, "id"), r)
	case "endnoteReference":
		p.callNote("endnotes", attribute(e, "id"), r)
	case "noBreakHyphen":
		p.write("-", "-", r)
	case "drawing", "pict", "object", "AlternateContent":
		return p.w.each(e, func(c xml.StartElement) error { return p.drawing(c, r) })
	}
	return p.w.x.Skip()
}

func (p *docxParagraph) runText(e xml.StartElement, r *docxRun) error {
	var text struct {
		Words string `xml:",chardata"`
	}
	if err := p.w.x.DecodeElement(&text, &e); err != nil {
		return err
	}
	page := html.EscapeString(text.Words)
	if r.raised != "" {
		page = "<" + r.raised + ">" + page + "</" + r.raised + ">"
	}
	p.write(page, text.Words, r)
	return nil
}

func (p *docxParagraph) write(page, text string, r *docxRun) {
	seen := strings.TrimFunc(text, unicode.IsSpace) != ""
	if r.hidden {
		p.w.hidden = p.w.hidden || seen
		return
	}
	if seen {
		p.emphasis(r.bold, r.italic)
		p.piece.bold = p.piece.bold && r.bold
	}
	p.html.WriteString(page)
	p.text.WriteString(text)
}

// emphasis closes and opens tags where bold or italic has changed.
func (p *docxParagraph) emphasis(bold, italic bool) {
	if bold == p.bold && italic == p.italic {
		return
	}
	for _, end := range []struct {
		open bool
		tag  string
	}{{p.italic, "</em>"}, {p.bold, "</strong>"}, {bold, "<strong>"}, {italic, "<em>"}} {
		if end.open {
			p.html.WriteString(end.tag)
		}
	}
	p.bold, p.italic = bold, italic
}

// drawing looks for pictures and text boxes in a drawing, in the old and the new
// format.
func (p *docxParagraph) drawing(e xml.StartElement, r *docxRun) error {
	switch e.Name.Local {
	case "blip":
		p.image(attribute(e, "embed"), r)
	case "imagedata":
		p.image(attribute(e, "id"), r)
	case "txbxContent":
		inner := docxWriter{doc: p.w.doc, draft: p.w.draft, x: p.w.x, count: p.w.count, depth: p.w.depth, images: p.w.images}
		err := inner.each(e, inner.flow)
		p.w.count, p.w.images, p.w.hidden = inner.count, inner.images, p.w.hidden || inner.hidden
		p.boxes = append(p.boxes, inner.pieces...)
		return err
	case "Fallback":
		return p.w.x.Skip()
	}
	return p.w.each(e, func(c xml.StartElement) error { return p.drawing(c, r) })
}

// image puts a picture into the paragraph.
func (p *docxParagraph) image(id string, r *docxRun) {
	target, ok := p.w.doc.rels[id]
	if !ok || target.external || r.hidden || p.w.images > maxPictures {
		return
	}
	p.w.images++
	src := fmt.Sprintf("inside:%d", p.w.images)
	p.w.draft.images.embed(src, target.target, func() ([]byte, error) { return p.w.doc.part(target.target, picture.MaxBytes) })
	if !slices.Contains(p.piece.images, src) {
		p.piece.images = append(p.piece.images, src)
	}
	p.emphasis(false, false)
	p.html.WriteString(`<img src="` + src + `">`)
}
