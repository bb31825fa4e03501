package document

import (
	"strings"
)

// page writes the pieces as HTML.
func (w *docxWriter) page() string {
	var page strings.Builder
	lists := docxLists{page: &page}
	for i := 0; i < len(w.pieces); i++ {
		p := &w.pieces[i]
		if p.kind == "li" {
			lists.item(p)
			continue
		}
		lists.end(0)
		if n := w.figure(i, &page); n > 0 {
			i += n - 1
			continue
		}
		tag := p.kind
		if tag == "" || tag == "title" || tag == "caption" {
			tag = "p"
		}
		page.WriteString("<" + tag + ">" + p.html + "</" + tag + ">\n")
	}
	lists.end(0)
	return page.String()
}

// figure writes a picture with its caption, where the paragraphs from i on are
// that, and says how many they are.
func (w *docxWriter) figure(i int, page *strings.Builder) int {
	p := &w.pieces[i]
	if p.kind == "table" || len(p.images) == 0 || p.text != "" {
		return 0
	}
	n := 1
	for i+n < len(w.pieces) && w.pieces[i+n].text == "" && len(w.pieces[i+n].images) == 0 && w.pieces[i+n].kind != "table" {
		n++ // empty lines
	}
	if i+n >= len(w.pieces) || !w.pieces[i+n].captions() {
		return 0
	}
	caption := &w.pieces[i+n]
	page.WriteString("<figure>" + p.html + "<figcaption>" + caption.html + "</figcaption></figure>\n")
	return n + 1
}

// captions reports whether a paragraph behind a picture is its caption: by its
// style, or by standing in the middle as the picture does and saying what one
// may show. One in italics is found where pages are read.
func (p *piece) captions() bool {
	if p.text == "" || len(p.images) > 0 {
		return false
	}
	return p.kind == "caption" || p.kind == "" && p.centred && !p.bold && describes(p.text)
}

// docxLists opens and closes lists within lists.
type docxLists struct {
	page *strings.Builder
	open []string // tags, the outermost first
}

func (l *docxLists) item(p *piece) {
	tag := "ul"
	if p.ordered {
		tag = "ol"
	}
	l.end(p.level + 1)
	if n := len(l.open); n == p.level+1 && l.open[n-1] != tag {
		l.end(p.level)
	} else if n == p.level+1 {
		l.page.WriteString("</li>\n")
	}
	for len(l.open) < p.level+1 {
		l.open = append(l.open, tag)
		l.page.WriteString("<" + tag + ">\n")
		if len(l.open) < p.level+1 {
			l.page.WriteString("<li>")
		}
	}
	l.page.WriteString("<li>" + p.html)
}

// end closes lists until so many are open.
func (l *docxLists) end(open int) {
	for len(l.open) > open {
		last := len(l.open) - 1
		l.page.WriteString("</li></" + l.open[last] + ">\n")
		l.open = l.open[:last]
	}
}
