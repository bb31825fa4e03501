package source

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin"
)

// writer writes parsed HTML anew, as blocks. Nothing is copied: an element or
// attribute that is not written here does not exist. So scripts, handlers,
// styles, forms and hidden parts vanish, and what is unknown leaves its text.
type writer struct {
	d      *draft
	blocks []block
}

// flow writes nodes that may be a mixture of text and blocks; text between
// blocks is a paragraph, and two line breaks end one.
func (w *writer) flow(nodes []*html.Node) {
	var run []*html.Node
	breaks := 0
	flush := func() {
		w.paragraph(run)
		run, breaks = nil, 0
	}
	for _, n := range nodes {
		switch {
		case dropped(n):
		case isBlock(n):
			flush()
			w.block(n)
		case n.DataAtom == atom.Br:
			if breaks++; breaks == 2 {
				flush()
			}
			run = append(run, n)
		default:
			if n.Type != html.TextNode || strings.TrimSpace(n.Data) != "" {
				breaks = 0
			}
			run = append(run, n)
		}
	}
	flush()
}

// block writes one block element.
func (w *writer) block(n *html.Node) {
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
	case atom.Blockquote:
		inner := writer{d: w.d}
		inner.flow(children(n))
		w.add("blockquote", inner.nested("\n\n"))
		w.hoist(inner)
	default:
		w.flow(children(n))
	}
}

// span is what is inside a block, in HTML and in plain text.
type span struct {
	html, text string
	links      bool
}

func (w *writer) add(tag string, s span) {
	if strings.TrimSpace(s.text) != "" {
		w.blocks = append(w.blocks, block{tag: tag, html: s.html, text: s.text, links: s.links})
	}
}

// hoist takes over the pictures of an inner writer: they stand behind the list
// or table they were in.
func (w *writer) hoist(inner writer) {
	for _, b := range inner.blocks {
		if b.tag == "figure" {
			w.blocks = append(w.blocks, b)
		}
	}
}

// nested writes the blocks without pictures, for the inside of another block.
func (w *writer) nested(between string) span {
	var h, t strings.Builder
	links := false
	for i := range w.blocks {
		b := &w.blocks[i]
		if b.tag == "figure" {
			continue
		}
		if t.Len() > 0 {
			t.WriteString(between)
		}
		t.WriteString(b.text)
		links = links || b.links
		b.write(&h)
	}
	return span{html: h.String(), text: t.String(), links: links}
}

func (w *writer) heading(tag string, n *html.Node) {
	in := w.inline(children(n))
	w.add(tag, in.span())
	w.images(in.images, "")
}

// paragraph writes a run of text, and its pictures behind it. A short text that
// follows a picture in the same paragraph is its caption.
func (w *writer) paragraph(run []*html.Node) {
	if len(run) == 0 {
		return
	}
	in := w.inline(run)
	text := strings.TrimSpace(string(in.text))
	if len(in.images) > 0 && !in.textFirst && utf8.RuneCountInString(text) <= captionLength {
		w.images(in.images, line(text))
		return
	}
	if last := len(w.blocks) - 1; text != "" && in.emphasis && last >= 0 && w.captionless(last, text) {
		w.blocks[last].image.Caption = line(text)
		return
	}
	w.add("p", in.span())
	w.images(in.images, "")
}

// captionless reports whether the block is a picture that the emphasised text
// behind it may be the caption of.
func (w *writer) captionless(i int, text string) bool {
	b := &w.blocks[i]
	return b.tag == "figure" && b.image.Caption == "" && utf8.RuneCountInString(text) <= captionLength
}

// images adds figures; the caption is the last one's.
func (w *writer) images(nodes []*html.Node, caption string) {
	for i, n := range nodes {
		text := line(attr(n, "title"))
		if i == len(nodes)-1 && caption != "" {
			text = caption
		}
		w.addImage(n, text)
	}
}

// addImage adds one figure; n is an img, or nil where only the caption is left.
func (w *writer) addImage(n *html.Node, caption string) {
	image := bantin.Image{Caption: caption}
	if n != nil {
		image = w.d.image(attr(n, "src"))
		image.Caption, image.Alt = caption, line(attr(n, "alt"))
	}
	if image.Src != "" || image.Caption != "" {
		w.blocks = append(w.blocks, block{tag: "figure", image: image})
	}
}

// figure writes <figure>, with one caption for the last of its pictures.
func (w *writer) figure(n *html.Node) {
	var images, rest []*html.Node
	var caption string
	for c := range n.Descendants() {
		switch c.DataAtom {
		case atom.Img:
			images = append(images, c)
		case atom.Figcaption:
			caption = line(textOf(c))
		}
	}
	for _, c := range children(n) {
		if c.DataAtom == atom.Table || c.DataAtom == atom.Blockquote {
			rest = append(rest, c)
		}
	}
	switch {
	case len(images) > 0:
		w.images(images, caption)
	case len(rest) > 0:
		w.flow(rest)
		w.add("p", span{html: escape(caption), text: caption})
	default:
		w.addImage(nil, caption)
	}
}

// finish gives the blocks.
func (w *writer) finish() []block { return w.blocks }

// dropped reports whether an element vanishes with all that is in it.
func dropped(n *html.Node) bool {
	if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
		return true
	}
	if n.Type != html.ElementNode {
		return false
	}
	if n.Namespace != "" {
		return true // svg, math
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Frame, atom.Frameset,
		atom.Noframes, atom.Object, atom.Embed, atom.Applet, atom.Form, atom.Input, atom.Button, atom.Select,
		atom.Textarea, atom.Canvas, atom.Audio, atom.Video, atom.Title, atom.Meta, atom.Link, atom.Base,
		atom.Head, atom.Nav, atom.Dialog, atom.Map, atom.Hr:
		return true
	}
	return hidden(n)
}

// isBlock reports whether the element stands on lines of its own.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Aside,
		atom.Address, atom.Center, atom.Body, atom.Html, atom.Details, atom.Summary, atom.Fieldset, atom.Pre,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hgroup, atom.Ul, atom.Ol, atom.Li,
		atom.Dl, atom.Dt, atom.Dd, atom.Menu, atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr,
		atom.Td, atom.Th, atom.Caption, atom.Blockquote, atom.Figure, atom.Figcaption:
		return true
	}
	return false
}
