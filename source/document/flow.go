package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// flow writes nodes that may be a mixture of text and blocks; text between
// blocks is a paragraph, and two line breaks end one.
func (w *writer) flow(nodes []*html.Node) {
	w.gather(nodes)
	w.flush()
}

// flush ends the paragraph that is being gathered.
func (w *writer) flush() {
	run := w.run
	w.run, w.breaks = nil, 0
	w.paragraph(run)
}

// gather adds nodes to the paragraph that is being gathered, until a block ends it.
func (w *writer) gather(nodes []*html.Node) {
	for _, n := range nodes {
		switch {
		case w.budget.isSpent():
			return
		case isDropped(n):
		case isBlock(n):
			w.flush()
			w.block(n)
		case w.isMultiline(n):
			w.openInline(n)
		case n.DataAtom == atom.Br:
			if w.breaks++; w.breaks == 2 {
				w.flush()
			}
			w.run = append(w.run, n)
		default:
			if n.Type != html.TextNode || strings.TrimSpace(n.Data) != "" {
				w.breaks = 0
			}
			w.run = append(w.run, n)
		}
	}
}

// openInline writes an inline element that has paragraphs in it, as editors make them:
// <font><p>…</p><table>…</table></font>. Emphasis and links are written in each
// of its paragraphs anew; all else leaves what is in it.
func (w *writer) openInline(n *html.Node) {
	if !isMark(n) {
		w.gather(children(n))
		return
	}
	w.flush()
	w.marks = append(w.marks, n)
	w.flow(children(n))
	w.marks = w.marks[:len(w.marks)-1]
}

// isMultiline reports whether an inline element has more than one line of text in it:
// blocks, or the two breaks that end a paragraph. Each element is looked at once.
func (w *writer) isMultiline(n *html.Node) bool {
	if n.Type != html.ElementNode || n.FirstChild == nil {
		return false
	}
	wide, known := w.multiline[n]
	if known {
		return wide
	}
	breaks := 0
	for c := n.FirstChild; c != nil && !wide; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Br:
			breaks++
			wide = breaks == 2
		case c.Type != html.TextNode || strings.TrimSpace(c.Data) != "":
			breaks = 0
			wide = isBlock(c) && !isDropped(c) || w.isMultiline(c)
		}
	}
	if w.multiline == nil {
		w.multiline = map[*html.Node]bool{}
	}
	w.multiline[n] = wide
	return wide
}

// breakLines makes line breaks of the line ends in <pre>.
func breakLines(pre *html.Node) {
	var texts []*html.Node
	for n := range pre.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, "\n") {
			texts = append(texts, n)
		}
	}
	for _, n := range texts {
		for before, after, ok := strings.Cut(n.Data, "\n"); ok; before, after, ok = strings.Cut(after, "\n") {
			n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: before}, n)
			n.Parent.InsertBefore(&html.Node{Type: html.ElementNode, Data: "br", DataAtom: atom.Br}, n)
			n.Data = after
		}
	}
}

// isMark reports whether an element is one that a line keeps: emphasis, a link, a stroke
// through the text.
func isMark(n *html.Node) bool {
	switch n.DataAtom {
	case atom.B, atom.Strong, atom.I, atom.Em, atom.Cite, atom.A, atom.S, atom.Strike, atom.Del:
		return true
	}
	return n.Type == html.ElementNode && !isBlock(n) && hasStroke(n)
}

// hasStroke reports whether the style of an element strikes through its text.
func hasStroke(n *html.Node) bool {
	style := Attribute(n, "style")
	return strings.Contains(style, "line-through") && strings.Contains(style, "text-decoration")
}

// isDropped reports whether an element vanishes with all that is in it.
func isDropped(n *html.Node) bool {
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
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Noframes, atom.Input, atom.Button, atom.Select,
		atom.Textarea, atom.Canvas, atom.Title, atom.Meta, atom.Link, atom.Base, atom.Head, atom.Nav, atom.Dialog, atom.Map:
		return true
	case atom.Img:
		return isBeacon(n)
	case atom.Iframe, atom.Frame:
		if isBeacon(n) {
			return true
		}
	}
	return isHidden(n)
}

// isBlock reports whether the element stands on lines of its own. A form is one:
// some sites have their whole page in it.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Aside,
		atom.Address, atom.Center, atom.Body, atom.Html, atom.Details, atom.Summary, atom.Fieldset, atom.Pre,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hgroup, atom.Ul, atom.Ol, atom.Li,
		atom.Dl, atom.Dt, atom.Dd, atom.Menu, atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr,
		atom.Td, atom.Th, atom.Caption, atom.Blockquote, atom.Figure, atom.Figcaption, atom.Form, atom.Hr,
		atom.Iframe, atom.Frame, atom.Frameset, atom.Video, atom.Audio, atom.Object, atom.Embed, atom.Applet:
		return true
	}
	return false
}
