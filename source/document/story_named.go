package document

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/place"
	"bantin/source/charset"
	"bantin/source/extract"
)

// NamedStory takes a story from a print page of NukeViet 3.x or 4.x, or from the page
// for people: both name its parts, by id or by class. It is nil where no part is
// named as its body.
func NamedStory(root *html.Node) *StoryPage {
	p := storyParts{}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			p.note(n)
		}
	}
	if p.body == nil || p.title == nil {
		return nil
	}
	s := &StoryPage{Title: charset.OneLine(TextOf(p.title)), sure: p.named || p.lead != nil}
	s.URL, s.Author, s.Notes = p.url, p.authorName, p.source
	within := commonAncestor(p.title, p.body)
	s.Date = p.date(within)
	if p.lead != nil {
		s.Lead = leadHTML(p.lead)
	}
	s.Body = p.pictures(within) + inside(p.body)
	if s.Title == "" {
		return nil
	}
	return s
}

// storyParts are the named elements of a page with a story.
type storyParts struct {
	title, lead, body *html.Node
	author            *html.Node
	authorName        string
	source            string // where the story was taken from, as HTML
	url               string
	named             bool // the page says that NukeViet made it
}

// note looks whether an element is one of the parts. They come in the order of the
// page: the title is the last heading before lead and body.
func (p *storyParts) note(n *html.Node) {
	id, class := Attribute(n, "id"), " "+Attribute(n, "class")+" "
	switch {
	case p.body == nil && n.DataAtom == atom.Div && (id == "bodytext" || id == "news-bodyhtml" || strings.Contains(class, " bodytext ")):
		p.body = n
	case p.body == nil && p.lead == nil && (id == "hometext" || strings.Contains(class, " hometext ")):
		p.lead = n
	case p.body == nil && p.lead == nil && n.DataAtom == atom.H1:
		p.title = n
	case p.body != nil && id == "author":
		p.author = n
		p.noteAuthor(n)
	case p.body != nil && n.DataAtom == atom.P && !isInside(n, p.body):
		p.noteAuthor(n)
	case n.DataAtom == atom.Meta && strings.EqualFold(Attribute(n, "name"), "generator"):
		p.named = strings.Contains(strings.ToLower(Attribute(n, "content")), "nukeviet")
	case p.url == "" && id == "url":
		p.url = firstLink(n)
	}
}

// noteAuthor reads "Tác giả bài viết: …" and "Nguồn tin: …".
func (p *storyParts) noteAuthor(n *html.Node) {
	const longest = 300 // bytes
	text := charset.OneLine(TextOf(n))
	if len(text) > longest {
		return
	}
	if label := strings.Index(text, "Nguồn tin:"); label > 0 {
		text = strings.TrimSpace(text[:label])
	}
	label, value, ok := strings.Cut(text, ":")
	switch folded := place.Fold(label); {
	case ok && (strings.Contains(folded, "tac gia") || folded == "author"):
		p.authorName = firstOf(p.authorName, charset.OneLine(value))
	case ok && (folded == "nguon tin" || folded == "nguon" || folded == "source") && p.source == "" && n.DataAtom == atom.P:
		p.source = "<p>" + inside(n) + "</p>"
	case n == p.author && p.authorName == "" && folded != "nguon tin":
		p.authorName = text
	}
}

// date is the first line between title and body that is a time and nothing else, or
// one right before the title.
func (p *storyParts) date(within *html.Node) string {
	before, behind, met := "", "", false
	for n := range within.Descendants() {
		switch {
		case n == p.title:
			met = true
		case n == p.lead, n == p.body:
			return firstOf(behind, before)
		case !isTimeHolder(n):
		case behind != "":
			return behind
		default:
			text := shortText(n)
			if !isTime(text) {
				continue
			}
			switch {
			case met:
				behind = text
			case within.DataAtom != atom.Body && within.DataAtom != atom.Html: // there it is the clock of the page
				before = text
			}
		}
	}
	return firstOf(behind, before)
}

// isTime reports whether a text is a time and nothing else.
func isTime(text string) bool {
	_, _, ok := extract.ParseTime(text, time.UTC)
	return ok
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func isTimeHolder(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Li, atom.Span, atom.Div, atom.P, atom.Em, atom.Time, atom.Small, atom.Td:
		return true
	}
	return false
}

// pictures are those that stand between lead and body, as HTML, with the words
// under them.
func (p *storyParts) pictures(within *html.Node) string {
	if p.lead == nil || isInside(p.body, p.lead) {
		return ""
	}
	var b bytes.Buffer
	var walk func(n *html.Node, behind bool) (met bool)
	walk = func(n *html.Node, behind bool) bool {
		for c := range n.ChildNodes() {
			switch {
			case c == p.body:
				return true
			case c == p.lead:
				behind = true
			case isInside(p.body, c) || isInside(p.lead, c):
				if walk(c, behind) {
					return true
				}
				behind = behind || isInside(p.lead, c)
			case behind && isStoryPicture(c):
				html.Render(&b, c) // into memory
			}
		}
		return false
	}
	walk(within, false)
	return b.String()
}

// isStoryPicture reports whether an element between lead and body is a picture with
// its words: it says no more than a caption does, and is nothing to click.
func isStoryPicture(n *html.Node) bool {
	if n.DataAtom == atom.Ul || isFrame(n) || len(pictures(n)) == 0 {
		return false
	}
	return len([]rune(charset.OneLine(visibleText(n)))) <= maxCaption
}

// frameClasses are those of what pages have around their stories.
var frameClasses = []string{"modal", "socialicon", "social", "control", "navigation", "breadcrumb", "toolbar", "menu"}

// isFrame reports whether an element is by its class no part of a story.
func isFrame(n *html.Node) bool {
	for class := range strings.FieldsSeq(Attribute(n, "class")) {
		if slices.Contains(frameClasses, class) {
			return true
		}
	}
	return false
}

// leadHTML is the inside of a lead. Themes write it as a heading, and put windows
// with a larger picture into it.
func leadHTML(n *html.Node) string {
	var drop []*html.Node
	for c := range n.Descendants() {
		switch c.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4:
			c.Data, c.DataAtom = "p", atom.P
		}
		if isFrame(c) {
			drop = append(drop, c)
		}
	}
	for _, c := range drop {
		c.Parent.RemoveChild(c)
	}
	return inside(n)
}

// shortText is the text below n as one line, or "" where it is longer than a
// time may be: a page of nested elements is not read once for each of them.
func shortText(n *html.Node) string {
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

// inside writes what is in an element.
func inside(n *html.Node) string {
	var b bytes.Buffer
	for c := range n.ChildNodes() {
		if html.Render(&b, c) != nil {
			return ""
		}
	}
	return b.String()
}

// firstLink is where the first link below n leads, or the address that stands there.
func firstLink(n *html.Node) string {
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

// isInside reports whether n is below an element, or is it.
func isInside(n, element *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == element {
			return true
		}
	}
	return false
}

// commonAncestor is the smallest element around two nodes.
func commonAncestor(a, b *html.Node) *html.Node {
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
