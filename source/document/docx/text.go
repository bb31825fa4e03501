package docx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// writer reads the text of a file into blocks.
type writer struct {
	doc    *docx
	out    *Document
	x      *xml.Decoder
	count  int // elements
	depth  int // of elements
	chunks int // files within the file that were opened
	nested int // how deep this one is in others
	blocks []Block
}

// inner makes a writer for the inside of a block.
func (w *writer) inner() writer {
	return writer{doc: w.doc, out: w.out, x: w.x, count: w.count, depth: w.depth, chunks: w.chunks, nested: w.nested}
}

// miss notes that a page cannot show something.
func (w *writer) miss(kind Missing) {
	for _, known := range w.out.Missing {
		if known == kind {
			return
		}
	}
	w.out.Missing = append(w.out.Missing, kind)
}

func (w *writer) read() error {
	data, err := w.doc.part(w.doc.main, maxXML)
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
func (w *writer) next(open xml.Name) (xml.StartElement, error) {
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
			if w.count++; w.count > maxElements {
				return t, tooLongProblem()
			}
			return t, nil
		}
	}
}

// each calls visit for each child of e. visit must read its element to the end.
func (w *writer) each(e xml.StartElement, visit func(xml.StartElement) error) error {
	if w.depth++; w.depth > maxDepth {
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
func (w *writer) flow(e xml.StartElement) error {
	switch e.Name.Local {
	case "p":
		return w.paragraph(e)
	case "tbl":
		return w.table(e)
	case "altChunk":
		w.chunk(attribute(e, "id"))
		return w.x.Skip()
	case "oMathPara", "oMath":
		return w.paragraphOf(func(p *paragraph) error { return p.formula(e) })
	case "del", "moveFrom", "sdtPr", "sectPr", "Fallback":
		return w.x.Skip()
	}
	return w.each(e, w.flow)
}
