package story

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/place"
	"bantin/source/charset"
	"bantin/source/document/dom"
	"bantin/source/extract"
)

// Named takes a story from a print page of NukeViet 3.x or 4.x, or from the page
// for people: both name its parts, by id or by class. It is nil where no part is
// named as its body.
func Named(root *html.Node) *Page {
	p := storyParts{}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			p.note(n)
		}
	}
	if p.body == nil || p.title == nil {
		return nil
	}
	s := &Page{Title: charset.OneLine(dom.TextOf(p.title)), sure: p.named || p.lead != nil}
	s.URL, s.Author, s.Notes = p.url, p.authorName, p.source
	within := dom.CommonAncestor(p.title, p.body)
	s.Date = p.date(within)
	if p.lead != nil {
		s.Lead = leadHTML(p.lead)
	}
	s.Body = p.pictures(within) + dom.Inside(p.body)
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
	id, class := dom.Attribute(n, "id"), " "+dom.Attribute(n, "class")+" "
	switch {
	case p.body == nil && n.DataAtom == atom.Div && (id == "bodytext" || id == "news-bodyhtml" || strings.Contains(class, " bodytext ")):
		p.body = n
	case p.body == nil && p.lead == nil && (id == "hometext" || strings.Contains(class, " hometext ")):
		p.lead = n
	case p.body == nil && p.lead == nil && n.DataAtom == atom.H1:
		p.title = n
	case p.body != nil && p.author == nil && id == "author":
		p.author = n
		p.noteAuthor(n)
	case p.body != nil && n.DataAtom == atom.P && !dom.IsInside(n, p.body):
		p.noteAuthor(n)
	case n.DataAtom == atom.Meta && strings.EqualFold(dom.Attribute(n, "name"), "generator"):
		p.named = strings.Contains(strings.ToLower(dom.Attribute(n, "content")), "nukeviet")
	case p.url == "" && id == "url":
		p.url = dom.FirstLink(n)
	}
}

// noteAuthor reads "Tác giả bài viết: …" and "Nguồn tin: …".
func (p *storyParts) noteAuthor(n *html.Node) {
	const longest = 300 // bytes
	text := charset.OneLine(dom.TextOf(n))
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
		p.source = "<p>" + dom.Inside(n) + "</p>"
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
			text := dom.ShortText(n)
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
	if p.lead == nil || dom.IsInside(p.body, p.lead) {
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
			case dom.IsInside(p.body, c) || dom.IsInside(p.lead, c):
				if walk(c, behind) {
					return true
				}
				behind = behind || dom.IsInside(p.lead, c)
			case behind && isStoryPicture(c):
				html.Render(&b, c) // into memory
			}
		}
		return false
	}
	walk(within, false)
	return b.String()
}

// maxCaption is how many characters a caption may have.
const maxCaption = 300

// isStoryPicture reports whether an element between lead and body is a picture with
// its words: it says no more than a caption does, and is nothing to click.
func isStoryPicture(n *html.Node) bool {
	if n.DataAtom == atom.Ul || isFrame(n) || !hasPicture(n) {
		return false
	}
	return utf8.RuneCountInString(charset.OneLine(dom.TextOf(n))) <= maxCaption
}

func hasPicture(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Img {
			return true
		}
	}
	return n.DataAtom == atom.Img
}

// frameClasses are those of what pages have around their stories.
var frameClasses = []string{"modal", "socialicon", "social", "control", "navigation", "breadcrumb", "toolbar", "menu"}

// isFrame reports whether an element is by its class no part of a story.
func isFrame(n *html.Node) bool {
	for class := range strings.FieldsSeq(dom.Attribute(n, "class")) {
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
	return dom.Inside(n)
}
