// Package docx reads the text of Word's .docx and .docm, a zip of XML (ECMA-376): its
// paragraphs with headings, lists with the numbers that Word shows, tables, links and
// emphasis, and its pictures. Nothing is unpacked to the disk, and nothing outside of the
// file is opened. Macros are not looked at.
//
// [Read] gives blocks, and [Document.HTML] writes them as a piece of a page, which package
// document reads as that of a page is, so that all rules for pages hold for it. What a
// page cannot show (a chart, an embedded sheet) leaves a line, and is listed in
// [Document.Missing].
package docx

import (
	"strconv"

	"bantin"
)

// Document is the text of a file.
type Document struct {
	Blocks   []Block
	Pictures []Picture
	Hidden   bool      // some of its text was hidden
	Missing  []Missing // what a page cannot show, each kind once

	isCaption func(text string) bool
	drawn     int // drawings whose words were looked for
	inserted  int // bytes of files within the file
}

// Block is a paragraph or a table.
type Block struct {
	Kind    string   // "title", "caption", "h2" to "h4", "li", "table", or "" for a paragraph
	HTML    string   // what is inside
	Text    string   // the same on one line
	Images  []string // sources, of pictures in a paragraph
	Bold    bool     // all its words are bold
	Centred bool
	Label   string // that Word puts before it: "Điều 1."
	item    listItem
}

// Picture is a picture inside of the file.
type Picture struct {
	Source string // by which the HTML shows it
	Name   string // of its part, for messages
	Open   func() ([]byte, error)
}

// Missing is a kind of thing that a page cannot show.
type Missing string

// The kinds of things that a page cannot show.
const (
	MissingChart   Missing = "chart"
	MissingDiagram Missing = "diagram" // SmartArt; its words are on the page
	MissingObject  Missing = "object"  // of another program, such as a sheet
	MissingSymbol  Missing = "symbol"  // of a font of symbols
	MissingChunk   Missing = "chunk"   // a part in another format
)

// Read reads a file. isCaption tells whether the text of a centred paragraph behind a
// picture reads like a caption. Errors are *Error.
func Read(raw []byte, isCaption func(text string) bool) (*Document, error) {
	out := &Document{isCaption: isCaption}
	w := writer{out: out}
	if err := w.file(raw); err != nil {
		return nil, err
	}
	out.Blocks = w.blocks
	return out, nil
}

// file reads the text of a file into blocks.
func (w *writer) file(raw []byte) error {
	doc, err := open(raw)
	if err != nil {
		return err
	}
	w.doc = doc
	if err := w.read(); err != nil {
		return err
	}
	return w.readNotes()
}

// Error says in both languages why a file cannot be read.
type Error struct {
	Words bantin.Words
	Err   error // the cause, where there is one
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Words.EN + ": " + e.Err.Error()
	}
	return e.Words.EN
}

func (e *Error) Unwrap() error { return e.Err }

func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }

func problem(vi, en string) *Error { return &Error{Words: words(vi, en)} }

// quote shows a name in a message.
func quote(name string) string { return strconv.Quote(bantin.Shorten(name, 80)) }
