package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// docxWriter reads the text of a .docx into pieces.
type docxWriter struct {
	doc    *docx
	draft  *Draft
	x      *xml.Decoder
	count  int // elements
	depth  int
	images int
	hidden bool // some text was hidden
	pieces []piece
}

// piece is a paragraph or a table of a .docx.
type piece struct {
	kind    string // that of docx.kind, or "li" or "table"
	html    string // what is inside
	text    string
	images  []string // sources, of pictures in a paragraph
	bold    bool     // all its words are bold
	centred bool
	ordered bool // of a list
	level   int
}

func (w *docxWriter) read() error {
	data, err := w.doc.part(w.doc.main, maxDocxXML)
	if errors.Is(err, errNoPart) {
		return problem("tệp không phải là văn bản Word", "the file is not a Word document")
	}
	if err != nil {
		return damaged(err)
	}
	w.x = xml.NewDecoder(bytes.NewReader(data))
	for {
		e, err := w.next(xml.Name{})
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged(err)
		}
		if e.Name.Local != "document" && e.Name.Local != "body" {
			if err := w.flow(e); err != nil {
				return damaged(err)
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
			return xml.StartElement{}, doctypeProblem()
		case xml.EndElement:
			if t.Name == open {
				return xml.StartElement{}, io.EOF
			}
		case xml.StartElement:
			if w.count++; w.count > maxDocxElements {
				return t, tooLongProblem()
			}
			return t, nil
		}
	}
}

// each calls visit for each child of e. visit must read its element to the end.
func (w *docxWriter) each(e xml.StartElement, visit func(xml.StartElement) error) error {
	if w.depth++; w.depth > maxDocxDepth {
		return tooLongProblem()
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
