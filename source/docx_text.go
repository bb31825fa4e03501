package source

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// docxWriter reads the text of a .docx into pieces.
type docxWriter struct {
	doc    *docx
	draft  *draft
	x      *xml.Decoder
	count  int // elements
	depth  int
	images int
	hidden bool // some text was not to be seen
	pieces []piece
}

// piece is a paragraph or a table of a .docx.
type piece struct {
	kind    string // as docx.kind says, "li" or "table"
	html    string // what is inside
	text    string
	images  []string // sources, of pictures in a paragraph
	bold    bool     // all its words are
	centred bool
	ordered bool // of a list
	level   int
}

func (w *docxWriter) read() error {
	data, err := w.doc.part(w.doc.main, docxXML)
	if errors.Is(err, errNoPart) {
		return problem("tệp không phải là văn bản Word", "the file is no Word document")
	}
	if err != nil {
		return broken(err)
	}
	w.x = xml.NewDecoder(bytes.NewReader(data))
	for {
		e, err := w.next(xml.Name{})
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(err)
		}
		if e.Name.Local != "document" && e.Name.Local != "body" {
			if err := w.flow(e); err != nil {
				return broken(err)
			}
		}
	}
}

// next gives the next element below the one that is open. io.EOF says that the
// open one, or the file, has ended.
func (w *docxWriter) next(open xml.Name) (xml.StartElement, error) {
	for {
		token, err := w.x.Token()
		if err != nil {
			if errors.Is(err, io.EOF) && open.Local != "" {
				err = io.ErrUnexpectedEOF
			}
			return xml.StartElement{}, err
		}
		switch t := token.(type) {
		case xml.Directive:
			return xml.StartElement{}, directive()
		case xml.EndElement:
			if t.Name == open {
				return xml.StartElement{}, io.EOF
			}
		case xml.StartElement:
			if w.count++; w.count > docxElements {
				return t, tooLong()
			}
			return t, nil
		}
	}
}

// each calls visit for each child of e. visit must read its element to the end.
func (w *docxWriter) each(e xml.StartElement, visit func(xml.StartElement) error) error {
	if w.depth++; w.depth > docxDepth {
		return tooLong()
	}
	defer func() { w.depth-- }()
	for {
		child, err := w.next(e.Name)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := visit(child); err != nil {
			return err
		}
	}
}

// flow reads what stands between paragraphs.
func (w *docxWriter) flow(e xml.StartElement) error {
	switch e.Name.Local {
	case "p":
		return w.paragraph(e)
	case "tbl":
		return w.table(e)
	case "del", "moveFrom", "sdtPr", "sectPr", "Fallback":
		return w.x.Skip()
	}
	return w.each(e, w.flow)
}

// paragraph reads one w:p.
func (w *docxWriter) paragraph(e xml.StartElement) error {
	p := docxParagraph{w: w, piece: piece{bold: true}}
	if err := w.each(e, p.child); err != nil {
		return err
	}
	p.emphasis(false, false)
	p.piece.html = p.html.String()
	p.piece.text = line(p.text.String())
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

// docxRun is what stands in one form of letters.
type docxRun struct{ bold, italic, hidden bool }

func (p *docxParagraph) run(e xml.StartElement) error {
	var r docxRun
	return p.w.each(e, func(c xml.StartElement) error { return p.inRun(c, &r) })
}

func (p *docxParagraph) inRun(e xml.StartElement, r *docxRun) error {
	switch e.Name.Local {
	case "rPr":
		return p.w.each(e, func(c xml.StartElement) error {
			switch c.Name.Local {
			case "b":
				r.bold = on(c)
			case "i":
				r.italic = on(c)
			case "vanish":
				r.hidden = on(c)
			}
			return p.w.x.Skip()
		})
	case "t":
		return p.words(e, r)
	case "tab", "br", "cr":
		p.write(map[string]string{"tab": "\t", "br": "<br>", "cr": "<br>"}[e.Name.Local], " ", r)
	case "noBreakHyphen":
		p.write("-", "-", r)
	case "drawing", "pict", "object", "AlternateContent":
		return p.w.each(e, func(c xml.StartElement) error { return p.drawing(c, r) })
	}
	return p.w.x.Skip()
}

func (p *docxParagraph) words(e xml.StartElement, r *docxRun) error {
	var text struct {
		Words string `xml:",chardata"`
	}
	if err := p.w.x.DecodeElement(&text, &e); err != nil {
		return err
	}
	p.write(html.EscapeString(text.Words), text.Words, r)
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

// emphasis opens and closes what has changed.
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

// drawing looks for pictures and text boxes in a drawing of any age.
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
	if !ok || target.external || r.hidden {
		return
	}
	p.w.images++
	src := fmt.Sprintf("inside:%d", p.w.images)
	p.w.draft.keepInside(src, target.target, func() ([]byte, error) { return p.w.doc.part(target.target, docxPicture) })
	if !slices.Contains(p.piece.images, src) {
		p.piece.images = append(p.piece.images, src)
	}
	p.emphasis(false, false)
	p.html.WriteString(`<img src="` + src + `">`)
}
