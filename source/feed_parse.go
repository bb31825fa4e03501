package source

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/json"

	"bantin/source/charset"
)

// errNoFeed says that a document is no feed.
var errNoFeed = errors.New("it has no <rss>, <feed> or <rdf:RDF>, and is no JSON object")

// errCutOff says that a feed ends too early. What stands before its end is read.
var errCutOff = errors.New("the feed ends too early")

// errTooComplex says that a feed has more elements, or deeper ones, than are read.
var errTooComplex = errors.New("the feed has too many elements")

// parseFeed reads a feed of any format, whatever its encoding and whatever scripts wrote
// before it. The items carry the types of their texts (feed_type.go). Beside errCutOff
// and errTooComplex the entries are given that are whole.
func parseFeed(raw []byte, contentType string) (*gofeed.Feed, error) {
	text, isJSON := withoutPreface(charset.DecodeFeed(raw, contentType))
	if text == "" {
		return nil, errNoFeed
	}
	if isJSON {
		return parseJSON(text)
	}
	if end, isWhole := feedFits(text); end < len(text) {
		return parseBeginning(text[:end], isWhole)
	}
	doc, err := newParser(text).Parse(strings.NewReader(text))
	if err == nil {
		return doc, nil
	}
	if whole := wholeEntries(text); whole != "" {
		if doc, again := newParser(whole).Parse(strings.NewReader(whole)); again == nil {
			return doc, errCutOff
		}
	}
	return nil, err
}

func parseJSON(text string) (*gofeed.Feed, error) {
	within, isWhole := jsonFits(text)
	if within == "" {
		return nil, errTooComplex
	}
	doc, err := newParser("").Parse(strings.NewReader(within))
	if err == nil && !isWhole {
		err = errTooComplex
	}
	return doc, err
}

// parseBeginning reads the whole entries of what is within the limits of a feed.
func parseBeginning(text string, isWhole bool) (*gofeed.Feed, error) {
	whole := wholeEntries(text)
	if whole == "" {
		return nil, errTooComplex
	}
	doc, err := newParser(whole).Parse(strings.NewReader(whole))
	if err == nil && !isWhole {
		err = errTooComplex
	}
	return doc, err
}

// newParser makes a parser that keeps the types of texts.
func newParser(text string) *gofeed.Parser {
	p := gofeed.NewParser()
	p.AtomTranslator = &atomTranslator{text: text}
	p.JSONTranslator = &jsonTranslator{}
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return p
}

var feedRoot = regexp.MustCompile(`(?i)<(?:[a-z]\w*:)?(?:rss|feed|rdf)[\s>]`)

// withoutPreface gives a feed from its root on: what stands before may be a long comment
// or what a script printed.
func withoutPreface(text string) (feed string, isJSON bool) {
	if trimmed := strings.TrimLeft(text, " \t\r\n\ufeff"); strings.HasPrefix(trimmed, "{") {
		return trimmed, true
	}
	if root := rootOf(text); root != "" {
		return root, false
	}
	if i := strings.Index(text, "{"); i >= 0 && strings.Contains(text[i:], "jsonfeed.org") {
		return text[i:], true
	}
	return "", false
}

// rootOf is a feed from its root on, which stands in no comment; "" where it has none.
func rootOf(text string) string {
	at := feedRoot.FindStringIndex(text)
	for rest := 0; at != nil; {
		comment := strings.Index(text[rest:at[0]], "<!--")
		if comment < 0 {
			return text[at[0]:]
		}
		end := strings.Index(text[rest+comment:], "-->")
		if end < 0 {
			return ""
		}
		if rest += comment + end + len("-->"); rest <= at[0] {
			continue
		}
		if at = feedRoot.FindStringIndex(text[rest:]); at != nil { // it stood in the comment
			at[0] += rest
		}
	}
	return ""
}

var feedElement = regexp.MustCompile(`^<([\w:]+)`)

// wholeEntries closes a feed that breaks off, behind its last whole entry; "" where it
// has none.
func wholeEntries(text string) string {
	root := feedElement.FindStringSubmatch(text)
	if root == nil {
		return ""
	}
	prefix, name, ok := strings.Cut(root[1], ":")
	switch {
	case !ok:
		prefix, name = "", root[1]
	case strings.EqualFold(name, "feed"):
		prefix += ":"
	default:
		prefix = ""
	}
	entry, ends := "</"+prefix+"entry>", "</"+root[1]+">"
	if !strings.EqualFold(name, "feed") {
		entry = "</item>"
	}
	if strings.EqualFold(name, "rss") {
		ends = "</channel>" + ends
	}
	i := strings.LastIndex(text, entry)
	if i < 0 {
		return ""
	}
	return text[:i+len(entry)] + ends
}

// atomTranslator gives the entries of Atom with the types of their texts, and the link
// that is meant for people.
type atomTranslator struct {
	gofeed.DefaultAtomTranslator
	text string
}

func (t *atomTranslator) Translate(feed any) (*gofeed.Feed, error) {
	doc, err := t.DefaultAtomTranslator.Translate(feed)
	own, ok := feed.(*atom.Feed)
	if err != nil || !ok {
		return doc, err
	}
	types := atomTypes(t.text)
	for i, entry := range own.Entries {
		item := doc.Items[i]
		if link := pageLink(entry.Links); link != "" {
			item.Link = link
		}
		if i < len(types) {
			item.Custom = types[i]
		}
		if entry.Content != nil && !isReadableType(entry.Content.Type) {
			item.Content = "" // a picture or a document in Base64
		}
	}
	return doc, nil
}

// pageLink chooses the link of an entry: the alternate that is a page, before one of
// another format.
func pageLink(links []*atom.Link) string {
	rank := func(l *atom.Link) int {
		kind := strings.ToLower(l.Type)
		switch {
		case l.Rel != "" && l.Rel != "alternate" || l.Href == "":
			return 0
		case strings.Contains(kind, "html"):
			return 3
		case kind == "":
			return 2
		}
		return 1
	}
	best := 0
	link := ""
	for _, l := range links {
		if l != nil && rank(l) > best {
			best, link = rank(l), l.Href
		}
	}
	return link
}

func isReadableType(kind string) bool {
	kind = strings.ToLower(kind)
	return kind == "" || kind == "text" || strings.Contains(kind, "html") || strings.HasPrefix(kind, "text/") || strings.Contains(kind, "xml")
}

// jsonTranslator gives the items of JSON Feed with the types of their texts and all of
// their pictures.
type jsonTranslator struct{ gofeed.DefaultJSONTranslator }

func (t *jsonTranslator) Translate(feed any) (*gofeed.Feed, error) {
	doc, err := t.DefaultJSONTranslator.Translate(feed)
	own, ok := feed.(*json.Feed)
	if err != nil || !ok {
		return doc, err
	}
	for i, item := range own.Items {
		doc.Items[i].Custom = map[string]string{"title": "text", "summary": "text"}
		if strings.TrimSpace(item.ContentHTML) == "" {
			doc.Items[i].Custom["content"] = "text"
		}
		for _, address := range []string{item.Image, item.BannerImage} {
			if address != "" && !slices.ContainsFunc(doc.Items[i].Enclosures, func(e *gofeed.Enclosure) bool { return e.URL == address }) {
				doc.Items[i].Enclosures = append(doc.Items[i].Enclosures, &gofeed.Enclosure{URL: address, Type: "image/*"})
			}
		}
	}
	return doc, nil
}
