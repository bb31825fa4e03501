package document

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/place"
	"bantin/source/charset"
	"bantin/source/document/dom"
	"bantin/source/document/story"
)

// readPage reads an .html file: <title> or <h1>, <html lang>, the day that it says of
// itself, the <meta> of the author, <link rel="canonical">, and the body or its only <article> or <main>,
// or the story of a page of a NukeViet site.
func readPage(d *Draft, text string) error {
	root, cut, err := parsePage(text)
	if err != nil {
		return &Problem{Err: err, Words: words("không đọc được HTML", "cannot read the HTML")}
	}
	if cut {
		d.holdLong()
	}
	d.foreign, d.images.copied = true, true
	d.entities = strings.ContainsRune(text, '&')
	var body, main *html.Node
	var heading string
	var day pageDay
	mains := 0
	for n := range root.Descendants() {
		day.note(n)
		switch n.DataAtom {
		case atom.Html:
			d.setLanguage(Attribute(n, "lang"))
		case atom.Title:
			if d.Title == "" && n.Namespace == "" {
				d.Title = charset.OneLine(TextOf(n))
			}
		case atom.Meta:
			if strings.EqualFold(Attribute(n, "name"), "author") {
				d.Author = Attribute(n, "content")
			}
		case atom.Link:
			if d.URL == "" && strings.EqualFold(Attribute(n, "rel"), "canonical") {
				d.SetURL(Attribute(n, "href"))
			}
		case atom.Base:
			d.setBase(Attribute(n, "href"))
		case atom.Body:
			body = n
		case atom.Article, atom.Main:
			main = n
			mains++
		case atom.H1:
			if heading == "" {
				heading = charset.OneLine(TextOf(n))
			}
		}
	}
	// The heading is a better title than "Site | Title".
	if heading != "" && strings.Contains(place.Fold(d.Title), place.Fold(heading)) {
		d.Title = heading
	}
	framed := mains != 1 || body == nil || !isStory(main, body)
	if !framed {
		body = main
	}
	if s := story.Saved(text, root); s != nil {
		return d.readStory(s, root)
	}
	if body == nil {
		return nil
	}
	day.set(d, body)
	if framed {
		dropFrame(body)
	}
	liftNoscript(text, []*html.Node{body})
	d.blocks = d.write(children(body))
	return nil
}

// Attribute is the value of an attribute, or "".
func Attribute(n *html.Node, name string) string { return dom.Attribute(n, name) }

// TextOf is the text of all nodes below n.
func TextOf(n *html.Node) string { return dom.TextOf(n) }

func children(n *html.Node) []*html.Node {
	var nodes []*html.Node
	for c := range n.ChildNodes() {
		nodes = append(nodes, c)
	}
	return nodes
}

// savedFrom is what browsers write at the head of a page that they save.
var savedFrom = regexp.MustCompile(`^ ?saved from url=\(\d+\)(https?://\S+)`)

// readStory takes what a story of a site says for the page.
func (d *Draft) readStory(s *story.Page, root *html.Node) error {
	d.Title = s.Title
	d.SetPublished(s.Date)
	if s.Author != "" {
		d.Author = s.Author
	}
	if d.URL == "" {
		d.SetURL(s.URL)
	}
	for n := range root.ChildNodes() {
		if m := savedFrom.FindStringSubmatch(n.Data); n.Type == html.CommentNode && m != nil && d.URL == "" {
			d.SetURL(m[1])
		}
	}
	return d.addPieces(s.Lead, s.Body, s.Notes)
}
