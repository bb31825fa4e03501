package document

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// list writes <ul> and <ol>.
func (w *writer) list(n *html.Node) {
	var h, t strings.Builder
	var items []writer
	links := false
	number := 0
	for c := range n.ChildNodes() {
		if dropped(c) || c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" {
			continue
		}
		inner := w.inner()
		if c.DataAtom == atom.Li {
			inner.flow(children(c))
		} else {
			inner.flow([]*html.Node{c})
		}
		item := inner.nested("\n")
		if item.text != "" {
			h.WriteString("<li>" + inner.unwrapped(item) + "</li>")
			number++
			mark := "- "
			if n.DataAtom == atom.Ol {
				mark = strconv.Itoa(number) + ". "
			}
			t.WriteString("\n" + mark + strings.ReplaceAll(item.text, "\n", "\n"+strings.Repeat(" ", len(mark))))
			links = links || item.links
		}
		items = append(items, inner)
	}
	tag := "ul"
	if n.DataAtom == atom.Ol {
		tag = "ol"
	}
	w.add(tag, span{html: h.String(), text: strings.TrimPrefix(t.String(), "\n"), links: links})
	for _, item := range items {
		w.hoist(item)
	}
}

// unwrapped drops the <p> of an item or cell that begins with one.
func (w *writer) unwrapped(item span) string {
	if w.blocks[0].tag != "p" {
		return item.html
	}
	first := w.blocks[0].html
	rest := strings.TrimPrefix(item.html, "<p>"+first+"</p>\n")
	return first + strings.TrimSuffix(rest, "\n")
}

// table writes a table of data. One that holds pictures is layout: its pictures
// are figures, and a short text with one picture is its caption.
func (w *writer) table(n *html.Node) {
	if layout(n) {
		w.layout(n)
		return
	}
	var t tableWriter
	t.outer = w
	t.rows(n)
	w.add("table", span{html: "<tbody>" + t.html.String() + "</tbody>", text: t.text.String(), links: t.links})
	for _, inner := range t.inner {
		w.hoist(inner)
	}
}

// layout reports whether a table only puts things in their places: it has
// pictures, tables or a single cell in it.
func layout(n *html.Node) bool {
	cells := 0
	for c := range n.Descendants() {
		switch c.DataAtom {
		case atom.Img, atom.Table:
			return true
		case atom.Td, atom.Th:
			cells++
		}
	}
	return cells <= 1
}

func (w *writer) layout(n *html.Node) {
	images := pictures(n)
	text := charset.OneLine(visible(n))
	if len(images) > 0 && utf8.RuneCountInString(text) <= captionLength {
		w.images(images, text)
		return
	}
	w.flow(children(n))
}

// visible is the text below n that readers see, its blocks apart by blanks.
func visible(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if dropped(n) {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if isBlock(n) || n.DataAtom == atom.Br {
			b.WriteByte(' ')
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return b.String()
}

// tableWriter writes the rows of a table.
type tableWriter struct {
	outer *writer
	html  strings.Builder
	text  strings.Builder
	links bool
	inner []writer
}

func (t *tableWriter) rows(n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case dropped(c):
		case c.DataAtom == atom.Tr:
			t.row(c)
		case c.Type == html.ElementNode:
			t.rows(c)
		}
	}
}

func (t *tableWriter) row(n *html.Node) {
	if t.text.Len() > 0 {
		t.text.WriteByte('\n')
	}
	t.html.WriteString("<tr>")
	first := true
	for c := range n.ChildNodes() {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th || dropped(c) {
			continue
		}
		inner := t.outer.inner()
		inner.flow(children(c))
		cell := inner.nested(", ")
		content := cell.html
		if cell.text != "" {
			content = inner.unwrapped(cell)
		}
		t.html.WriteString("<" + c.Data + spanned(c) + ">" + content + "</" + c.Data + ">")
		if !first {
			t.text.WriteString(" | ")
		}
		t.text.WriteString(cell.text)
		t.links, first = t.links || cell.links, false
		t.inner = append(t.inner, inner)
	}
	t.html.WriteString("</tr>")
}

// spanned writes over how many columns and rows a cell goes.
func spanned(cell *html.Node) string {
	const most = 100
	out := ""
	for _, name := range []string{"colspan", "rowspan"} {
		if n, err := strconv.Atoi(strings.TrimSpace(Attribute(cell, name))); err == nil && n > 1 && n <= most {
			out += " " + name + `="` + strconv.Itoa(n) + `"`
		}
	}
	return out
}
