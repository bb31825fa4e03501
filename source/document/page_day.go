package document

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// pageDay is what a page says of its day, the best first: a <meta>, JSON-LD, a <time>
// at the head of its text.
type pageDay struct {
	meta   string
	linked string     // datePublished of JSON-LD
	time   *html.Node // <time>
}

// dayNames are the names of <meta> that give the day of publication.
var dayNames = map[string]bool{
	"date": true, "article:published_time": true, "datepublished": true, "pubdate": true, "publishdate": true, "publish_date": true,
	"dc.date": true, "dc.date.issued": true, "dcterms.issued": true, "dcterms.created": true, "og:published_time": true,
}

// note takes what an element says of the day.
func (p *pageDay) note(n *html.Node) {
	switch n.DataAtom {
	case atom.Meta:
		for _, key := range []string{"name", "property", "itemprop"} {
			if dayNames[strings.ToLower(Attribute(n, key))] && p.meta == "" {
				p.meta = strings.TrimSpace(Attribute(n, "content"))
			}
		}
	case atom.Script:
		if p.linked == "" && strings.EqualFold(strings.TrimSpace(Attribute(n, "type")), "application/ld+json") {
			p.linked = publishedOf(TextOf(n))
		}
	}
}

// set gives the draft its day, or warns of what is none.
func (p *pageDay) set(d *Draft, body *html.Node) {
	for _, text := range []string{p.meta, p.linked} {
		if text == "" {
			continue
		}
		if d.SetPublished(text) {
			return
		}
		d.WarnValue("date", text)
	}
	if p.time = headTime(body); p.time == nil {
		return
	}
	for _, text := range []string{Attribute(p.time, "datetime"), TextOf(p.time)} {
		if d.SetPublished(text) {
			p.time.Parent.RemoveChild(p.time) // it is no sentence of the text
			return
		}
	}
}

// longSentence is how much text a paragraph has that is no line about the page itself.
const longSentence = 60

// headTime finds the <time> at the head of a text: before its first paragraph, and in no
// sentence, where it is the day of something that is told.
func headTime(body *html.Node) *html.Node {
	for n := range body.Descendants() {
		switch n.DataAtom {
		case atom.Time:
			if !isWithin(n, atom.Nav, atom.Aside, atom.Footer) {
				return n
			}
		case atom.P:
			if len(charset.OneLine(TextOf(n))) > longSentence {
				return nil
			}
		}
	}
	return nil
}

func isWithin(n *html.Node, elements ...atom.Atom) bool {
	for p := range n.Ancestors() {
		for _, e := range elements {
			if p.DataAtom == e {
				return true
			}
		}
	}
	return false
}

// maxLinkedData is how many bytes of JSON-LD are looked at.
const maxLinkedData = 256 << 10

// publishedOf finds datePublished in JSON-LD: that of an article before that of anything.
func publishedOf(text string) string {
	var doc any
	if len(text) > maxLinkedData || json.Unmarshal([]byte(text), &doc) != nil {
		return ""
	}
	var article, other string
	visitObjects(doc, 0, func(object map[string]any) {
		date, _ := object["datePublished"].(string)
		kind, _ := object["@type"].(string)
		switch isArticle := strings.HasSuffix(kind, "Article") || strings.HasSuffix(kind, "Posting"); {
		case date == "":
		case isArticle && article == "":
			article = date
		case other == "":
			other = date
		}
	})
	if article != "" {
		return article
	}
	return other
}

// visitObjects visits the objects of a JSON document in the order of its lists.
func visitObjects(value any, depth int, visit func(map[string]any)) {
	const deepest = 8
	if depth > deepest {
		return
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			visitObjects(item, depth+1, visit)
		}
	case map[string]any:
		visit(v)
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage"} {
			visitObjects(v[key], depth+1, visit)
		}
	}
}
