package document

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// A page of a site has a frame: its head and menus before the text, its foot behind.
// Before the text, what consists of links is dropped, and what is marked up as a
// frame; behind it the foot alone, because lists of links there may be of documents.

// share is how much of an element is links.
type share struct {
	text, linked, links int // characters, those of them in links, number of links
	heading             bool
}

// dropFrame takes the frame out of a page. It stays where no text would be left.
func dropFrame(body *html.Node) {
	f := frame{shares: map[*html.Node]share{}}
	f.measure(body, false)
	if !f.findText(body) {
		return
	}
	framed, all := 0, f.shares[body].text
	for _, n := range f.found {
		framed += f.shares[n].text
	}
	if framed*2 > all {
		return // a page of links: they are what it says
	}
	for _, n := range f.found {
		n.Parent.RemoveChild(n)
	}
	for _, foot := range footers(body) {
		if f.shares[foot].text*2 < all {
			foot.Parent.RemoveChild(foot)
		}
	}
}

// isStory reports whether the only <article> or <main> of a page is what the page is about,
// and no part of its frame: it has the heading, or a fifth of the words that are no links.
func isStory(main, body *html.Node) bool {
	f := frame{shares: map[*html.Node]share{}}
	all := f.measure(body, false)
	own := f.shares[main]
	return own.heading || (own.text-own.linked)*5 >= all.text-all.linked
}

type frame struct {
	shares map[*html.Node]share
	found  []*html.Node // what is no text, before the text
}

// measure counts the links of each element, each once.
func (f *frame) measure(n *html.Node, linked bool) share {
	s := share{heading: n.DataAtom == atom.H1}
	if isDropped(n) && n.DataAtom != atom.Nav {
		return share{}
	}
	if n.DataAtom == atom.A && Attribute(n, "href") != "" {
		linked = true
		s.links = 1
	}
	if n.Type == html.TextNode {
		s.text = utf8.RuneCountInString(charset.OneLine(n.Data))
		if linked {
			s.linked = s.text
		}
		return s
	}
	for c := range n.ChildNodes() {
		in := f.measure(c, linked)
		s.text, s.linked, s.links, s.heading = s.text+in.text, s.linked+in.linked, s.links+in.links, s.heading || in.heading
	}
	f.shares[n] = s
	return s
}

// isMenu reports whether an element is links and nothing else.
func (s share) isMenu() bool {
	const fewest = 3
	return s.links >= fewest && s.linked*10 >= s.text*7
}

// findText goes down to the first text of a page, notes what stands before it and is
// frame, and reports whether there is any text.
func (f *frame) findText(n *html.Node) bool {
	const sentence = 60 // characters
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode && utf8.RuneCountInString(charset.OneLine(c.Data)) >= sentence {
			return true
		}
		s, measured := f.shares[c]
		switch {
		case !measured || s.text == 0: // pictures stay
		case s.isMenu() || !s.heading && isFrameElement(c):
			f.found = append(f.found, c)
		case s.heading || isWrapper(c):
			if c.DataAtom == atom.H1 || f.findText(c) {
				return true
			}
		case s.text >= sentence && s.links == 0 || isTextBlock(c):
			return true
		}
	}
	return false
}

// isFrameElement reports whether an element is head, menu or margin by its name.
func isFrameElement(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Header, atom.Nav, atom.Aside, atom.Footer, atom.Menu:
		return true
	}
	return slices.ContainsFunc([]string{Attribute(n, "class"), Attribute(n, "id")}, func(name string) bool {
		name = strings.ToLower(name)
		return name == "menu" || name == "header" || name == "nav" || name == "navbar" || name == "breadcrumb"
	})
}

// isWrapper reports whether an element only holds others.
func isWrapper(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Table, atom.Tbody, atom.Tr, atom.Td, atom.Center, atom.Form, atom.Font, atom.Span, atom.Article, atom.Main, atom.Header:
		return true
	}
	return false
}

// isTextBlock reports whether an element is a part of a text, however short.
func isTextBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.P, atom.Blockquote, atom.Ul, atom.Ol, atom.Dl, atom.Pre, atom.Figure:
		return true
	}
	return false
}

// footers are the feet of a page, and not those of an article in it.
func footers(n *html.Node) (found []*html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.DataAtom == atom.Footer:
			found = append(found, c)
		case c.DataAtom != atom.Article && c.DataAtom != atom.Main:
			found = append(found, footers(c)...)
		}
	}
	return found
}
