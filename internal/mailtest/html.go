package mailtest

import (
	"slices"

	"bantin/source/document/dom"

	"golang.org/x/net/html"
)

func elements(root *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(names, n.Data) {
			out = append(out, n)
		}
	}
	return out
}

// lacking names the first element without one of the attributes.
func lacking(list []*html.Node, names ...string) string {
	for _, n := range list {
		for _, name := range names {
			if dom.Attribute(n, name) == "" {
				return n.Data + " without " + name
			}
		}
	}
	return ""
}
