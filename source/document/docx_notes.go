package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
)

// docxNote is a footnote or an endnote that the text refers to.
type docxNote struct{ part, id string } // "footnotes" or "endnotes"

// callNote writes the number that a note gets at the end of the text.
func (p *docxParagraph) callNote(part, id string, r *docxRun) {
	p.w.doc.notes = append(p.w.doc.notes, docxNote{part, id})
	p.write("<sup>"+strconv.Itoa(len(p.w.doc.notes))+"</sup>", "", &docxRun{hidden: r.hidden})
}

// readNotes appends the notes in the order in which the text refers to them.
func (w *docxWriter) readNotes() error {
	notes := map[docxNote][]piece{}
	for _, part := range []string{"footnotes", "endnotes"} {
		if err := w.notesOf(part, notes); err != nil {
			return err
		}
	}
	for i, called := range w.doc.notes {
		for j, p := range notes[called] {
			if j == 0 {
				mark := strconv.Itoa(i+1) + ". "
				p.html, p.text = mark+p.html, mark+p.text
			}
			w.pieces = append(w.pieces, p)
		}
		delete(notes, called) // a note that is referred to twice is written once
	}
	return nil
}

// notesOf reads the part that has the notes of one kind.
func (w *docxWriter) notesOf(part string, notes map[docxNote][]piece) error {
	data, err := w.doc.part(w.doc.dir+part+".xml", maxDocxXML)
	if len(w.doc.notes) == 0 || errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return damaged(err)
	}
	inner := docxWriter{doc: w.doc, draft: w.draft, x: xml.NewDecoder(bytes.NewReader(data)), count: w.count, images: w.images}
	calls := len(w.doc.notes)
	for {
		e, err := inner.next(xml.Name{})
		switch {
		case errors.Is(err, io.EOF):
			w.count, w.images, w.hidden = inner.count, inner.images, w.hidden || inner.hidden
			w.doc.notes = w.doc.notes[:calls] // notes refer to no notes
			return nil
		case err != nil:
			return damaged(err)
		case e.Name.Local != "footnote" && e.Name.Local != "endnote":
			continue
		}
		inner.pieces = nil
		if err := inner.each(e, inner.flow); err != nil {
			return damaged(err)
		}
		notes[docxNote{part, attribute(e, "id")}] = inner.pieces
	}
}
