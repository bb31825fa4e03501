package document

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin"
	"bantin/source/charset"
)

// writer writes parsed HTML anew, as blocks. Nothing is copied: an element or
// attribute that is not written here does not exist. So scripts, handlers, styles,
// controls and hidden parts vanish, and an unknown element leaves its text.
type writer struct {
	*target
	blocks []block

	run       []*html.Node // of the paragraph that is being gathered
	breaks    int          // line breaks at the end of run
	marks     []*html.Node // emphasis and links that are open around it
	nesting   int          // lists, tables and quotations around it
	multiline map[*html.Node]bool
}

// target is what the writer needs to know of its document.
type target struct {
	image    func(src string) bantin.Image // finds a picture
	link     func(href string) string      // makes an address absolute; "" for one that leads nowhere
	budget   *budget                       // of all that is written; nil: none
	entities bool                          // text was decoded from entities, and may have forbidden characters
}

// inner makes a writer for the inside of a block of w.
func (w *writer) inner() writer {
	return writer{target: w.target, marks: slices.Clip(w.marks), multiline: w.multiline, nesting: w.nesting + 1}
}

// block writes one block element. A stroke through it goes through all that is in it.
func (w *writer) block(n *html.Node) {
	if hasStroke(n) {
		w.marks = append(w.marks, &html.Node{Type: html.ElementNode, Data: "s", DataAtom: atom.S})
		defer func() { w.marks = w.marks[:len(w.marks)-1] }()
	}
	if w.nesting >= maxNesting && !isEmbedded(n) {
		w.flow(children(n)) // each list writes anew what is in it
		return
	}
	switch n.DataAtom {
	case atom.H1, atom.H2:
		w.heading("h2", n)
	case atom.H3:
		w.heading("h3", n)
	case atom.H4, atom.H5, atom.H6:
		w.heading("h4", n)
	case atom.Ul, atom.Ol:
		w.list(n)
	case atom.Table:
		w.table(n)
	case atom.Figure:
		w.figure(n)
	case atom.Iframe, atom.Frame, atom.Video, atom.Audio, atom.Object, atom.Embed, atom.Applet:
		w.embed(n)
	case atom.Pre:
		breakLines(n)
		w.flow(children(n))
	case atom.Blockquote:
		inner := w.inner()
		inner.flow(children(n))
		w.add("blockquote", inner.withoutFigures("\n\n"))
		w.hoistFigures(inner)
	default:
		w.flow(children(n))
	}
}

// span is what is inside a block, in HTML and in plain text.
type span struct {
	html, text string
	rich       bool
}

// isEmpty reports whether nothing is there to read. What is struck through is.
func (s *span) isEmpty() bool {
	return strings.TrimSpace(s.text) == "" && !strings.Contains(s.html, "<s>")
}

func (w *writer) add(tag string, s span) {
	if !s.isEmpty() {
		w.blocks = append(w.blocks, block{tag: tag, html: s.html, text: s.text, rich: s.rich})
	}
}

// hoistFigures takes over the pictures of an inner writer: they stand after the list
// or table that they were in.
func (w *writer) hoistFigures(inner writer) {
	for _, b := range inner.blocks {
		if b.tag == "figure" {
			w.blocks = append(w.blocks, b)
		}
	}
}

// withoutFigures writes the blocks without pictures, for the inside of another block.
func (w *writer) withoutFigures(between string) span {
	var h, t strings.Builder
	rich := false
	for i := range w.blocks {
		b := &w.blocks[i]
		if b.tag == "figure" {
			continue
		}
		if t.Len() > 0 {
			t.WriteString(between)
		}
		t.WriteString(b.text)
		rich = rich || b.rich
		b.write(&h)
	}
	return span{html: h.String(), text: t.String(), rich: rich}
}

func (w *writer) heading(tag string, n *html.Node) {
	in := w.inline(children(n))
	w.add(tag, in.span())
	w.images(in.images, "")
}

// paragraph writes a run of text, and its pictures behind it. A short text that
// follows a picture in the same paragraph is its caption, and so is a line below it
// that is emphasised, or centred as the picture is.
func (w *writer) paragraph(run []*html.Node) {
	if len(run) == 0 {
		return
	}
	in := w.inline(run)
	written := in.span()
	text := written.text
	if len(in.images) > 0 && !in.textFirst && utf8.RuneCountInString(text) <= maxCaption {
		w.images(in.images, charset.OneLine(text))
		if last := len(w.blocks) - 1; text == "" && last >= 0 && isCentred(run[0]) {
			w.blocks[last].centred = true
		}
		return
	}
	if last := len(w.blocks) - 1; text != "" && last >= 0 && w.lacksCaption(last, text) && (in.emphasis || w.blocks[last].centred && isCentredCaption(in, run[0], text)) {
		w.blocks[last].image.Caption = charset.OneLine(text)
		return
	}
	w.add("p", written)
	w.images(in.images, "")
}

// isCentredCaption reports whether a line below a picture in the middle is its caption.
func isCentredCaption(in *inline, n *html.Node, text string) bool {
	isBold := strings.HasPrefix(string(in.html), "<strong>")
	return len(in.images) == 0 && !isBold && isCaptionText(charset.OneLine(text)) && isCentred(n)
}

// isCentred reports whether a line stands in the middle, as the nearest element says
// that says anything.
func isCentred(n *html.Node) bool {
	const far = 12 // elements
	for range far {
		if n == nil {
			return false
		}
		if n.DataAtom == atom.Center || slices.Contains(strings.Fields(Attribute(n, "class")), "text-center") {
			return true
		}
		align := Attribute(n, "align")
		if set := declarations(Attribute(n, "style"))["text-align"]; set != "" {
			align = set
		}
		if align != "" && isBlock(n) && n.DataAtom != atom.Table { // that of a table is where the table stands
			return strings.EqualFold(align, "center")
		}
		n = n.Parent
	}
	return false
}

// lacksCaption reports whether a block is a picture without a caption, and text can
// be that.
func (w *writer) lacksCaption(i int, text string) bool {
	b := &w.blocks[i]
	return b.tag == "figure" && b.image.Caption == "" && utf8.RuneCountInString(text) <= maxCaption
}

// images adds figures; the caption is the last one's.
func (w *writer) images(nodes []*html.Node, caption string) {
	for i, n := range nodes {
		text := charset.OneLine(Attribute(n, "title"))
		if i == len(nodes)-1 && caption != "" {
			text = caption
		}
		w.addImage(n, text)
	}
}

// addImage adds one figure; n is an img, or nil where only the caption is left. A
// picture that cannot be shown leaves an empty one, so that what stands below it is
// still known for its caption.
func (w *writer) addImage(n *html.Node, caption string) {
	image := bantin.Image{Caption: caption}
	if n != nil {
		image = w.image(pictureOf(n))
		image.Caption, image.Alt = caption, charset.OneLine(Attribute(n, "alt"))
	}
	if n != nil || image.Caption != "" {
		w.blocks = append(w.blocks, block{tag: "figure", image: image})
	}
}
