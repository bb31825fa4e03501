package docx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
)

// note is a footnote or an endnote that the text refers to.
type note struct{ part, id string } // "footnotes" or "endnotes"

// callNote writes the number that a note gets at the end of the text.
func (p *paragraph) callNote(part, id string, r *run) {
	p.w.doc.notes = append(p.w.doc.notes, note{part, id})
	p.write("<sup>"+strconv.Itoa(len(p.w.doc.notes))+"</sup>", "", &run{own: letters{bold: new(bool), italic: new(bool), hidden: p.looks(r).hidden}})
}

// readNotes appends the notes in the order in which the text refers to them.
func (w *writer) readNotes() error {
	notes := map[note][]Block{}
	for _, part := range []string{"footnotes", "endnotes"} {
		if err := w.notesOf(part, notes); err != nil {
			return err
		}
	}
	for i, called := range w.doc.notes {
		for j, p := range notes[called] {
			if j == 0 {
				mark := strconv.Itoa(i+1) + ". "
				p.HTML, p.Text = mark+p.HTML, mark+p.Text
			}
			w.blocks = append(w.blocks, p)
		}
		delete(notes, called) // a note that is referred to twice is written once
	}
	return nil
}

// notesOf reads the part that has the notes of one kind.
func (w *writer) notesOf(part string, notes map[note][]Block) error {
	data, err := w.doc.part(w.doc.partOf(part), maxXML)
	if len(w.doc.notes) == 0 || errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return damaged(err)
	}
	inner := w.inner()
	inner.x, inner.depth = xml.NewDecoder(bytes.NewReader(data)), 0
	calls := len(w.doc.notes)
	for {
		e, err := inner.next(xml.Name{})
		switch {
		case errors.Is(err, io.EOF):
			w.count = inner.count
			w.doc.notes = w.doc.notes[:calls] // notes refer to no notes
			return nil
		case err != nil:
			return damaged(err)
		case e.Name.Local != "footnote" && e.Name.Local != "endnote":
			continue
		}
		inner.blocks = nil
		if err := inner.each(e, inner.flow); err != nil {
			return damaged(err)
		}
		notes[note{part, attribute(e, "id")}] = inner.blocks
	}
}
