package source

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// inline writes what stands in a line: text, emphasis, links and breaks.
// Pictures are set aside, because they stand between paragraphs.
type inline struct {
	d          *draft
	html, text []byte
	blank      bool // a blank is due before the next word
	links      bool
	images     []*html.Node
	textFirst  bool // text stood before the first picture
	emphasis   bool // nothing was outside of emphasis so far
	depth      int  // of emphasis
}

func (w *writer) inline(nodes []*html.Node) *inline {
	in := &inline{d: w.d, emphasis: true}
	in.nodes(nodes)
	return in
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
	return span{html: page, text: strings.TrimSpace(string(in.text)), links: in.links}
}

func (in *inline) nodes(nodes []*html.Node) {
	for _, n := range nodes {
		in.node(n)
	}
}

func (in *inline) node(n *html.Node) {
	if n.Type == html.TextNode {
		in.write(n.Data)
		return
	}
	if n.Type != html.ElementNode || dropped(n) {
		return
	}
	switch n.DataAtom {
	case atom.Br:
		in.html, in.text, in.blank = append(in.html, "<br>"...), append(in.text, '\n'), false
	case atom.Img:
		in.textFirst = in.textFirst || len(in.images) == 0 && len(in.text) > 0
		in.images = append(in.images, n)
	case atom.B, atom.Strong:
		in.tag("strong", n)
	case atom.I, atom.Em, atom.Cite:
		in.depth++
		in.tag("em", n)
		in.depth--
	case atom.A:
		in.link(n)
	default:
		// What is unknown leaves its text; a block in a line leaves a blank too.
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

// tag writes an element, unless nothing is in it.
func (in *inline) tag(name string, n *html.Node) {
	in.element("<"+name+">", "</"+name+">", n)
}

func (in *inline) element(open, end string, n *html.Node) {
	in.due()
	before := len(in.html)
	in.html = append(in.html, open...)
	written := len(in.html)
	in.inside(n)
	if len(in.html) == written {
		in.html = in.html[:before]
		return
	}
	in.html = append(in.html, end...)
}

// link writes a link that leads somewhere from everywhere; of others the text
// is left.
func (in *inline) link(n *html.Node) {
	href := in.d.absolute(attr(n, "href"))
	if href == "" {
		in.inside(n)
		return
	}
	in.links = true
	in.element(`<a href="`+html.EscapeString(href)+`">`, "</a>", n)
}

// write writes text with its blanks of all kinds as one.
func (in *inline) write(text string) {
	if in.d.entities {
		text = allowed(text)
	}
	for text != "" {
		rest := strings.TrimLeftFunc(text, unicode.IsSpace)
		in.blank = in.blank || len(rest) < len(text)
		n := wordEnd(rest)
		if n == 0 {
			return
		}
		in.due()
		in.html = append(in.html, escape(rest[:n])...)
		in.text = append(in.text, rest[:n]...)
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

// due writes the blank that is due, but none at the beginning of a line.
func (in *inline) due() {
	if n := len(in.text); in.blank && n > 0 && in.text[n-1] != '\n' {
		in.html, in.text = append(in.html, ' '), append(in.text, ' ')
	}
	in.blank = false
}

// absolute makes an address absolute by the bulletin's own; it is "" where that
// cannot be, and for schemes that do more than show a page or write a mail.
func (d *draft) absolute(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || raw == "" {
		return ""
	}
	if base, err := url.Parse(d.url); err == nil && d.url != "" && !strings.HasPrefix(raw, "#") {
		u = base.ResolveReference(u)
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto":
	default:
		return ""
	}
	return u.String()
}
