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

// figure writes the picture and caption that begin at paragraph i, and gives the
// number of paragraphs that they are; 0 where there are none.
func (w *docxWriter) figure(i int, page *strings.Builder) int {
	p := &w.pieces[i]
	if p.kind == "table" || len(p.images) == 0 || p.text != "" {
		return 0
	}
	n := 1
	for i+n < len(w.pieces) && w.pieces[i+n].text == "" && len(w.pieces[i+n].images) == 0 && w.pieces[i+n].kind != "table" {
		n++ // empty lines
	}
	if i+n >= len(w.pieces) || !w.pieces[i+n].isCaption() {
		return 0
	}
	caption := &w.pieces[i+n]
	page.WriteString("<figure>" + p.html + "<figcaption>" + caption.html + "</figcaption></figure>\n")
	return n + 1
}

// isCaption reports whether a paragraph after a picture is its caption: by its
// style, or because it is centred and reads like one. Captions in italics are found
// by the HTML writer.
func (p *piece) isCaption() bool {
	if p.text == "" || len(p.images) > 0 {
		return false
	}
	return p.kind == "caption" || p.kind == "" && p.centred && !p.bold && isCaptionText(p.text)
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

// end closes lists until only so many are open.
func (l *docxLists) end(open int) {
	for len(l.open) > open {
		last := len(l.open) - 1
		l.page.WriteString("</li></" + l.open[last] + ">\n")
		l.open = l.open[:last]
	}
}
