package story

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
	"bantin/source/document/dom"
)

// Themed takes a story from the page that people read of a site of NukeViet 2.0
// with one of the themes that came with it. Below the title stand the time, the lead,
// the body and, on the right, the account of who posted it and the source:
//
//	<td class="indexhometext"><div class="storytitle">TITLE</div>
//	<div class="grey">TIME</div>
//	<p class="articlehometext">LEAD
//	<p class="indexhometext">BODY
//	<p align="right"><b>ACCOUNT</b> SOURCE</td>
//
// The account is nobody's name and is left out. It is nil where the page is another.
func Themed(root *html.Node) *Page {
	const enough = 3 // titles that are tried
	tried := 0
	for n := range root.Descendants() {
		if n.DataAtom != atom.Div || dom.Attribute(n, "class") != "storytitle" {
			continue
		}
		if s := themedStory(n); s != nil {
			return s
		}
		if tried++; tried == enough {
			break
		}
	}
	return nil
}

// themedStory reads the siblings behind a title.
func themedStory(title *html.Node) *Page {
	s := &Page{Title: charset.OneLine(dom.TextOf(title)), sure: true}
	var lead, rest []*html.Node
	part := &rest
	for n := title.NextSibling; n != nil; n = n.NextSibling {
		switch class := dom.Attribute(n, "class"); {
		case class == "articlehometext" && lead == nil:
			part = &lead
			*part = append(*part, n)
		case class == "indexhometext" && lead != nil && part == &lead:
			part = &rest
			*part = append(*part, n)
		case lead == nil:
			if text := dom.ShortText(n); s.Date == "" && isTime(text) {
				s.Date = text
			}
		default:
			*part = append(*part, n)
		}
	}
	if s.Title == "" || lead == nil {
		return nil
	}
	s.Notes = takeSource(rest)
	s.Lead, s.Body = dom.HTMLOf(lead), dom.HTMLOf(rest)
	return s
}

// takeSource takes the account and the source, the last paragraph, out of a story and
// gives the source as HTML.
func takeSource(nodes []*html.Node) string {
	for i := len(nodes) - 1; i >= 0; i-- {
		last := lastParagraph(nodes[i])
		if last == nil {
			continue
		}
		first := last.FirstChild
		for first != nil && first.Type == html.TextNode && strings.TrimSpace(first.Data) == "" {
			first = first.NextSibling
		}
		if !strings.EqualFold(dom.Attribute(last, "align"), "right") || first == nil || first.DataAtom != atom.B {
			return ""
		}
		last.RemoveChild(first)
		source := strings.TrimSpace(dom.Inside(last))
		for last.FirstChild != nil {
			last.RemoveChild(last.FirstChild)
		}
		return source
	}
	return ""
}

// lastParagraph is the last <p> at or below n.
func lastParagraph(n *html.Node) (last *html.Node) {
	if n.DataAtom == atom.P {
		last = n
	}
	for c := range n.Descendants() {
		if c.DataAtom == atom.P {
			last = c
		}
	}
	return last
}

// Printed takes a story from a save or print page of NukeViet 2.0 that a browser
// wrote anew, so that its tags are not those of the site any more: below a red rule,
// a table with the title in the largest size and the date below it.
func Printed(root *html.Node) *Page {
	rules := 0
	var title, date, text *html.Node
	s := &Page{sure: true}
	for n := range root.Descendants() {
		switch {
		case n.DataAtom == atom.Hr && strings.EqualFold(dom.Attribute(n, "color"), "#DC0312"):
			rules++
		case n.DataAtom == atom.Font && dom.Attribute(n, "size") == "5" && rules == 1:
			title = n
		case n.DataAtom == atom.Font && dom.Attribute(n, "size") == "2" && title != nil && date == nil:
			date = n
		case n.DataAtom == atom.P && strings.EqualFold(dom.Attribute(n, "align"), "justify") && date != nil && text == nil:
			text = n
		case n.DataAtom == atom.A && rules > 1 && s.URL == "" && strings.Contains(dom.Attribute(n, "href"), "sid="):
			s.URL = dom.Attribute(n, "href")
		}
	}
	if rules < 2 || title == nil || text == nil {
		return nil
	}
	s.Title = charset.OneLine(dom.TextOf(title))
	s.Date, _, _ = strings.Cut(charset.OneLine(dom.TextOf(date)), " | ")
	nodes := slices.Collect(text.ChildNodes())
	for n := text.NextSibling; n != nil; n = n.NextSibling {
		nodes = append(nodes, n)
	}
	for i, n := range nodes { // a picture of the lead may stand before its words
		if n.DataAtom == atom.B && strings.TrimSpace(dom.TextOf(n)) != "" {
			s.Lead, s.Body = dom.HTMLOf(nodes[:i])+dom.Inside(n), dom.HTMLOf(nodes[i+1:])
			return s
		}
	}
	return nil
}
