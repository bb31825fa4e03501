// Package dom answers questions about parsed HTML.
package dom

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// Attribute is the value of an attribute, or "".
func Attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// TextOf is the text of all nodes below n.
func TextOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// ShortText is the text below n as one line, or "" where it is longer than a
// time may be: a page of nested elements is not read once for each of them.
func ShortText(n *html.Node) string {
	const longest = 80 // bytes
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(strings.TrimLeft(c.Data, " \t\r\n"))
		}
		if b.Len() > longest {
			return ""
		}
	}
	return charset.OneLine(b.String())
}

// Inside writes what is in an element.
func Inside(n *html.Node) string { return HTMLOf(slices.Collect(n.ChildNodes())) }

// FirstLink is where the first link below n leads, or the address that stands there.
func FirstLink(n *html.Node) string {
	for c := range n.Descendants() {
		if c.DataAtom == atom.A && Attribute(c, "href") != "" {
			return Attribute(c, "href")
		}
	}
	if _, address, ok := strings.Cut(TextOf(n), "http"); ok {
		address, _, _ = strings.Cut("http"+address, " ")
		return address
	}
	return ""
}

// IsInside reports whether n is below an element, or is it.
func IsInside(n, element *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == element {
			return true
		}
	}
	return false
}

// CommonAncestor is the smallest element around two nodes.
func CommonAncestor(a, b *html.Node) *html.Node {
	above := map[*html.Node]bool{}
	for n := a; n != nil; n = n.Parent {
		above[n] = true
	}
	for n := b; n != nil; n = n.Parent {
		if above[n] {
			return n
		}
	}
	return a
}

// HTMLOf writes nodes as HTML.
func HTMLOf(nodes []*html.Node) string {
	var b bytes.Buffer
	for _, n := range nodes {
		if html.Render(&b, n) != nil {
			return ""
		}
	}
	return b.String()
}
