package document

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// unwrapped drops the <p> at the beginning of an item or cell.
func (w *writer) unwrapped(item span) string {
	if w.blocks[0].tag != "p" {
		return item.html
	}
	first := w.blocks[0].html
	rest := strings.TrimPrefix(item.html, "<p>"+first+"</p>\n")
	return first + strings.TrimSuffix(rest, "\n")
}

// table writes a table of data, or takes one apart that only lays out a page.
func (w *writer) table(n *html.Node) {
	if isLayout(n) {
		w.layout(n)
		return
	}
	t := tableWriter{outer: w, heads: headRow(n)}
	t.rows(n)
	w.add("table", span{html: "<tbody>" + t.html.String() + "</tbody>", text: t.text.String(), rich: t.rich})
	for _, inner := range t.inner {
		w.hoistFigures(inner)
	}
}

// visibleText is the text below n that readers see, with blanks between blocks.
func visibleText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if isDropped(n) || isEmbedded(n) {
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
	rich  bool
	inner []writer
	heads *html.Node // the row whose cells are headings
}

func (t *tableWriter) rows(n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case isDropped(c):
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
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th || isDropped(c) {
			continue
		}
		inner := t.outer.inner()
		inner.flow(children(c))
		cell := inner.withoutFigures(", ")
		content := cell.html
		if cell.text != "" {
			content = inner.unwrapped(cell)
		}
		tag := c.Data
		if n == t.heads {
			tag = "th"
		}
		t.html.WriteString("<" + tag + spanAttributes(c) + ">" + content + "</" + tag + ">")
		if !first {
			t.text.WriteString(" | ")
		}
		t.text.WriteString(cell.text)
		t.rich, first = t.rich || cell.rich, false
		t.inner = append(t.inner, inner)
	}
	t.html.WriteString("</tr>")
}

// spanAttributes writes the colspan and rowspan of a cell.
func spanAttributes(cell *html.Node) string {
	out := ""
	for _, name := range []string{"colspan", "rowspan"} {
		if n := spanOf(cell, name); n > 1 {
			out += " " + name + `="` + strconv.Itoa(n) + `"`
		}
	}
	return out
}

// spanOf is how many columns or rows a cell goes over; 0 where it does not say so.
func spanOf(cell *html.Node, name string) int {
	const most = 100
	if n, err := strconv.Atoi(strings.TrimSpace(Attribute(cell, name))); err == nil && n > 1 && n <= most {
		return n
	}
	return 0
}
