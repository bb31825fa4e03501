package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The parser refuses more than 512 nested elements, as an attack, but the unclosed
// tags of an old editor nest as deeply. Then the innermost tags are left out, and no
// text is.

// ParsePage parses a page. One of more than maxNodes elements is cut there.
func ParsePage(text string) (*html.Node, error) {
	root, _, err := parsePage(text)
	return root, err
}

// parsePage parses a page, and says whether its end was left out.
func parsePage(text string) (root *html.Node, cut bool, err error) {
	text, cut = bounded(text)
	if root, err = html.Parse(strings.NewReader(text)); err != nil {
		root, err = html.Parse(strings.NewReader(flattened(text)))
	}
	return root, cut, err
}

// ParsePiece parses a piece of a page. One of more than maxNodes elements is cut there.
func ParsePiece(text string) ([]*html.Node, error) {
	nodes, _, err := parsePiece(text)
	return nodes, err
}

// parsePiece parses a piece of a page, and says whether its end was left out.
func parsePiece(text string) (nodes []*html.Node, cut bool, err error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	text, cut = bounded(text)
	if nodes, err = html.ParseFragment(strings.NewReader(text), body); err != nil {
		nodes, err = html.ParseFragment(strings.NewReader(flattened(text)), body)
	}
	return nodes, cut, err
}

// flattened leaves out tags that are nested more than a hundred deep. A block there
// becomes a paragraph.
func flattened(text string) string {
	const deepest = 100
	var out strings.Builder
	depth := 0
	z := html.NewTokenizer(strings.NewReader(text))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		raw := string(z.Raw())
		name, _ := z.TagName()
		tag := atom.Lookup(name)
		keep := true
		switch {
		case isChildless(tag):
		case kind == html.StartTagToken:
			depth++
			keep = depth <= deepest
		case kind == html.EndTagToken:
			keep = depth <= deepest
			depth = max(0, depth-1)
		}
		switch {
		case keep:
			out.WriteString(raw)
		case isBlock(&html.Node{Type: html.ElementNode, DataAtom: tag}):
			out.WriteString("<br><br>")
		}
	}
	return out.String()
}

// isChildless reports whether an element can have no elements in it.
func isChildless(tag atom.Atom) bool {
	switch tag {
	case atom.Br, atom.Img, atom.Hr, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col, atom.Embed, atom.Source, atom.Track, atom.Wbr,
		atom.Script, atom.Style, atom.Title, atom.Textarea, atom.Iframe, atom.Noscript, atom.Noframes, atom.Xmp, atom.Plaintext, atom.Noembed:
		return true
	}
	return false
}
