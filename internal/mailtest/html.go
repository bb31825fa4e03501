package mailtest

import (
	"slices"
	"strings"

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

func value(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// lacking names the first element without one of the attributes.
func lacking(list []*html.Node, names ...string) string {
	for _, n := range list {
		for _, name := range names {
			if value(n, name) == "" {
				return n.Data + " without " + name
			}
		}
	}
	return ""
}

func textOf(root *html.Node) string {
	var w strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			w.WriteString(n.Data)
		}
	}
	return w.String()
}
