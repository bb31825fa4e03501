package source

import (
	"encoding/xml"
	stdhtml "html"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
	"bantin/source/document"
)

// A feed says of each text whether it is plain text or HTML, and that is kept: the titles
// of RSS and JSON Feed are text, and so is what Atom gives no type (RFC 4287 3.1.1). Only
// markup that cannot be meant as text is read against that: a title in a pair of tags,
// a text that is one paragraph element from end to end. A library that gives all of it
// as one string leaves that to the types that are noted here in Item.Custom.

// atomTypes reads the types of the texts of an Atom feed, entry by entry: "text", or
// nothing for HTML.
func atomTypes(text string) (all []map[string]string) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	depth, within := 0, 0 // within: the depth of the entry
	for {
		token, err := d.RawToken()
		if err != nil {
			return all
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case within == 0 && t.Name.Local == "entry":
				within = depth
				all = append(all, nil)
			case within > 0 && depth == within+1 && isPlain(t) && isTextConstruct(t.Name.Local):
				if all[len(all)-1] == nil {
					all[len(all)-1] = map[string]string{}
				}
				all[len(all)-1][t.Name.Local] = "text"
			}
		case xml.EndElement:
			if depth == within {
				within = 0
			}
			depth--
		}
	}
}

func isTextConstruct(name string) bool {
	return name == "title" || name == "summary" || name == "content"
}

// isPlain reports whether a text construct of Atom is plain text. An escaped one of Atom
// 0.3 is HTML.
func isPlain(e xml.StartElement) bool {
	for _, a := range e.Attr {
		switch {
		case a.Name.Local == "mode" && strings.EqualFold(a.Value, "escaped"):
			return false
		case a.Name.Local == "type":
			kind := strings.ToLower(strings.TrimSpace(a.Value))
			return kind == "" || kind == "text" || kind == "text/plain"
		}
	}
	return true
}

// entity is a character reference that the parser left over because it was escaped
// twice.
var entity = regexp.MustCompile(`&(?:amp;)?(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|quot|apos|amp|nbsp|lt|gt);`)

// titleOf gives the title of an entry as plain text.
func titleOf(entry *gofeed.Item, isAtom bool) string {
	const most = 64 << 10 // bytes, before its markup is taken out
	title := entry.Title
	if len(title) > most {
		title = strings.ToValidUTF8(title[:most], "")
	}
	switch {
	case entry.Custom["title"] == "text":
		return charset.OneLine(title)
	case isAtom:
		return charset.OneLine(textOfHTML(unescapeOnce(title)))
	case entity.MatchString(title):
		title = stdhtml.UnescapeString(title)
	}
	if hasPairedTags(title) {
		title = textOfHTML(title)
	}
	return charset.OneLine(title)
}

// pairedTag is an element of a line with words in it: <b>Tin</b>. Of <b> and </b> that a
// text speaks about, blanks stand inside.
var pairedTag = regexp.MustCompile(`(?is)<(b|i|em|strong|u|span|font|sup|sub|a|p|small|big|mark)(?:\s[^<>]*)?>[^\s<].*?</(?:b|i|em|strong|u|span|font|sup|sub|a|p|small|big|mark)>|<br\s*/?>`)

func hasPairedTags(text string) bool {
	m := pairedTag.FindStringSubmatch(text)
	return m != nil && (m[1] == "" || strings.Contains(strings.ToLower(text), "</"+strings.ToLower(m[1])+">"))
}

// textOfHTML is the text of a piece of HTML, on one line.
func textOfHTML(page string) string {
	nodes, err := document.ParsePiece(literalTags(page))
	if err != nil {
		return page
	}
	var out strings.Builder
	for _, top := range nodes {
		if top.Type == html.TextNode {
			out.WriteString(top.Data)
		}
		for n := range top.Descendants() {
			switch {
			case n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style:
				out.WriteString(n.Data)
			case n.DataAtom == atom.Br, n.DataAtom == atom.P, n.DataAtom == atom.Div, n.DataAtom == atom.Li:
				out.WriteByte(' ')
			}
		}
		if top.DataAtom == atom.Br || top.DataAtom == atom.P || top.DataAtom == atom.Div {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

var (
	anyTag     = regexp.MustCompile(`<[a-zA-Z/!]`)
	escapedTag = regexp.MustCompile(`&lt;(?:p|br|div|img|a|strong|b|em|i|ul|ol|table|h[1-6]|span)\b[^<]*&gt;`)
	wholeBlock = regexp.MustCompile(`(?is)^\s*<(?:p|div|table|ul|ol|h[1-6]|blockquote|figure|section|article)[\s>].*>\s*$`)
	tagStart   = regexp.MustCompile(`</?([A-Za-z][^\s<>/]*)`)
)

// unescapeOnce undoes one escaping of HTML that was escaped twice: it has tags of
// paragraphs as text, and none as markup.
func unescapeOnce(page string) string {
	if !anyTag.MatchString(page) && escapedTag.MatchString(page) {
		return stdhtml.UnescapeString(page)
	}
	return page
}

// bodyOf gives a text of an entry as HTML, whatever it was declared as.
func bodyOf(entry *gofeed.Item, name, text string) string {
	switch {
	case entry.Custom[name] == "text" && !wholeBlock.MatchString(text):
	case !strings.Contains(text, "\n\n") || anyTag.MatchString(text) || escapedTag.MatchString(text):
		return literalTags(unescapeOnce(text))
	default:
		text = stdhtml.UnescapeString(text) // HTML without an element in it: its empty lines part it
	}
	var out strings.Builder
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			out.WriteString("<p>" + strings.ReplaceAll(stdhtml.EscapeString(part), "\n", "<br>") + "</p>\n")
		}
	}
	return out.String()
}

// literalTags escapes what looks like a tag and names no element, as in "gửi <an@example.org>"
// or "n<m": a parser would drop it with its words. Names with a colon or a hyphen are
// those of other programs' elements.
func literalTags(page string) string {
	return tagStart.ReplaceAllStringFunc(page, func(tag string) string {
		name := strings.ToLower(strings.TrimLeft(tag, "</"))
		if atom.Lookup([]byte(name)) != 0 && !strings.Contains(name, "@") || strings.ContainsAny(name, ":-") && !strings.ContainsAny(name, "@.") {
			return tag
		}
		return "&lt;" + tag[1:]
	})
}
