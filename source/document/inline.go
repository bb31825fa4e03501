package document

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// inline writes inline content: text, emphasis, links and line breaks. Pictures are
// collected, because they stand between paragraphs.
type inline struct {
	*target
	html, text []byte
	blank      bool // a blank is due before the next word
	rich       bool
	images     []*html.Node
	textFirst  bool // text stood before the first picture
	emphasis   bool // nothing was outside of emphasis so far
	depth      int  // of emphasis
	strong     int  // the same of bold
	linked     int  // links around what is written
	struck     int  // how many strokes go through what is written: it is no part of the plain text
	begun      bool // something was written on this line
}

func (w *writer) inline(nodes []*html.Node) *inline {
	in := &inline{target: w.target, emphasis: true}
	in.within(w.marks, nodes)
	return in
}

// within writes nodes inside of marks that were opened around their paragraph.
func (in *inline) within(marks, nodes []*html.Node) {
	if len(marks) == 0 {
		for _, n := range nodes {
			in.node(n)
		}
		return
	}
	in.mark(marks[0], func() { in.within(marks[1:], nodes) })
}

// span is what was written, without breaks at its ends.
func (in *inline) span() span {
	page := strings.TrimSpace(string(in.html))
	for {
		cut := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(page, "<br>"), "<br>"))
		if cut == page {
			break
		}
		page = cut
	}
	text := page // most have nothing but words
	if page != string(in.text) {
		text = strings.TrimSpace(string(in.text))
	}
	return span{html: page, text: text, rich: in.rich}
}

func (in *inline) node(n *html.Node) {
	if n.Type == html.TextNode {
		in.write(n.Data)
		return
	}
	if n.Type != html.ElementNode || in.budget.isSpent() || isDropped(n) {
		return
	}
	if isMark(n) {
		in.mark(n, func() { in.inside(n) })
		return
	}
	switch n.DataAtom {
	case atom.Br:
		in.html, in.text, in.blank, in.begun = append(in.html, "<br>"...), append(in.text, '\n'), false, false
	case atom.Img:
		in.textFirst = in.textFirst || len(in.images) == 0 && len(in.text) > 0
		in.images = append(in.images, n)
	case atom.Sup, atom.Sub:
		in.writeScript(n)
	case atom.Iframe, atom.Frame, atom.Video, atom.Audio, atom.Object, atom.Embed, atom.Applet:
		in.writeEmbedded(n)
	default:
		// An unknown element leaves its text; a block inside a line leaves a blank too.
		in.blank = in.blank || isBlock(n)
		in.inside(n)
		in.blank = in.blank || isBlock(n)
	}
}

func (in *inline) inside(n *html.Node) {
	for c := range n.ChildNodes() {
		in.node(c)
	}
}

// mark writes emphasis or a link, unless nothing is in it. Of a link that leads
// nowhere, or only from its own page, the text is left.
func (in *inline) mark(n *html.Node, inside func()) {
	if hasStroke(n) {
		within := inside
		inside = func() { in.strike(within) }
	}
	switch n.DataAtom {
	case atom.B, atom.Strong:
		in.strong++
		in.once(in.strong, "<strong>", "</strong>", inside)
		in.strong--
	case atom.S, atom.Strike, atom.Del:
		in.strike(inside)
	case atom.A:
		href := in.link(Attribute(n, "href"))
		if href == "" {
			inside()
			return
		}
		in.rich = true
		in.linked++
		in.once(in.linked, `<a href="`+html.EscapeString(href)+`">`, "</a>", inside)
		in.linked--
	case atom.I, atom.Em, atom.Cite:
		in.depth++
		in.once(in.depth, "<em>", "</em>", inside)
		in.depth--
	default:
		inside() // only a stroke
	}
}

// strike writes words with a stroke through them. They are no part of the plain text.
func (in *inline) strike(inside func()) {
	if in.struck > 0 {
		inside()
		return
	}
	in.rich = true
	in.struck++
	in.element("<s>", "</s>", inside)
	in.struck--
}

// once writes an element unless one of its kind is around it: then it would show nothing.
func (in *inline) once(depth int, open, end string, inside func()) {
	if depth > 1 {
		inside()
		return
	}
	in.element(open, end, inside)
}

func (in *inline) element(open, end string, inside func()) {
	in.writeBlank()
	before := len(in.html)
	in.html = append(in.html, open...)
	written := len(in.html)
	inside()
	if len(in.html) == written {
		in.html = in.html[:before]
		return
	}
	in.html = append(in.html, end...)
	in.budget.take(len(open) + len(end))
}

// writeEmbedded writes a link to what an element within a line shows.
func (in *inline) writeEmbedded(n *html.Node) {
	href, words := in.embedded(n)
	if href == "" {
		return
	}
	in.rich, in.blank = true, true
	in.element(`<a href="`+html.EscapeString(href)+`">`, "</a>", func() { in.write(words) })
	in.blank = true
}

// writeScript writes a superscript or subscript number in the characters for that:
// written plainly, 10² would be 102.
func (in *inline) writeScript(n *html.Node) {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	if n.DataAtom == atom.Sub {
		digits = []rune("₀₁₂₃₄₅₆₇₈₉")
	}
	text := strings.TrimSpace(TextOf(n))
	if text == "" || strings.Trim(text, "0123456789") != "" {
		in.inside(n)
		return
	}
	in.write(strings.Map(func(r rune) rune { return digits[r-'0'] }, text))
}

// write writes text; any run of white space becomes one blank.
func (in *inline) write(text string) {
	if in.entities {
		text = charset.DropForbidden(text)
	}
	in.html = slices.Grow(in.html, len(text)) // most of it is written as it stands
	if in.struck == 0 {
		in.text = slices.Grow(in.text, len(text))
	}
	for text != "" {
		rest := strings.TrimLeftFunc(text, unicode.IsSpace)
		in.blank = in.blank || len(rest) < len(text)
		n := wordEnd(rest)
		if n == 0 {
			return
		}
		if !in.budget.take(n + 1) {
			return
		}
		in.writeBlank()
		in.html = append(in.html, escape(rest[:n])...)
		if in.struck == 0 {
			in.text = append(in.text, rest[:n]...)
		}
		in.begun = true
		in.emphasis = in.emphasis && in.depth > 0
		text = rest[n:]
	}
}

// wordEnd is where a blank of any kind ends the text's first word or words:
// those between single plain spaces are taken together, because most are.
func wordEnd(text string) int {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ':
			if i+1 == len(text) || text[i+1] <= ' ' || text[i+1] >= utf8.RuneSelf && startsBlank(text[i+1:]) {
				return i
			}
			i++
		case c <= ' ' || c == 0xc2 || c == 0xe1 || c == 0xe2 || c == 0xe3:
			if startsBlank(text[i:]) {
				return i
			}
			i++
		default:
			i++
		}
	}
	return len(text)
}

func startsBlank(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsSpace(r)
}

// writeBlank writes the blank that is due, but none at the beginning of a line.
func (in *inline) writeBlank() {
	if in.blank && in.begun {
		in.html = append(in.html, ' ')
		if n := len(in.text); n > 0 && in.text[n-1] != '\n' && in.text[n-1] != ' ' {
			in.text = append(in.text, ' ')
		}
	}
	in.blank = false
}
