package source

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/place"
	"bantin/source/charset"
)

// readPage reads an .html file: <title> or <h1>, <html lang>, <meta name="date">
// and "author", <link rel="canonical">, and the body, or its one <article> or
// <main>.
func (d *draft) readPage(text string) error {
	root, err := parsePage(text)
	if err != nil {
		return &Problem{Err: err, Words: words("không đọc được HTML", "cannot read the HTML")}
	}
	d.foreign, d.copied = true, true
	d.entities = strings.ContainsRune(text, '&')
	var body, main *html.Node
	var heading string
	mains := 0
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Html:
			d.setLanguage(attr(n, "lang"))
		case atom.Title:
			if d.title == "" && n.Namespace == "" {
				d.title = charset.OneLine(textOf(n))
			}
		case atom.Meta:
			d.meta(strings.ToLower(attr(n, "name")), attr(n, "content"))
		case atom.Link:
			if d.url == "" && strings.EqualFold(attr(n, "rel"), "canonical") {
				d.setURL(attr(n, "href"))
			}
		case atom.Body:
			body = n
		case atom.Article, atom.Main:
			main = n
			mains++
		case atom.H1:
			if heading == "" {
				heading = charset.OneLine(textOf(n))
			}
		}
	}
	// "Site | Title" in <title> is said better by the heading.
	if heading != "" && strings.Contains(place.Fold(d.title), place.Fold(heading)) {
		d.title = heading
	}
	if mains == 1 {
		body = main
	}
	if body == nil {
		return nil
	}
	if styled(text) {
		conceal([]*html.Node{root})
	}
	d.noteHidden(children(body))
	w := writer{d: d}
	w.flow(children(body))
	d.blocks = w.finish()
	return nil
}

// meta takes what a <meta> says.
func (d *draft) meta(name, content string) {
	switch name {
	case "author":
		d.author = content
	case "date":
		if !d.setPublished(content) {
			d.warnValue("date", content)
		}
	}
}

// attr is the value of an attribute, or "".
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// textOf is all text below n.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func children(n *html.Node) []*html.Node {
	var nodes []*html.Node
	for c := range n.ChildNodes() {
		nodes = append(nodes, c)
	}
	return nodes
}
