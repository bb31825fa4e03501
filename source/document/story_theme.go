package document

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// ThemedStory takes a story from the page that people read of a site of NukeViet 2.0
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
func ThemedStory(root *html.Node) *StoryPage {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && Attribute(n, "class") == "storytitle" && n.DataAtom == atom.Div {
			if s := themedStory(n); s != nil {
				return s
			}
		}
	}
	return nil
}

// themedStory reads the siblings behind a title.
func themedStory(title *html.Node) *StoryPage {
	s := &StoryPage{Title: charset.OneLine(TextOf(title)), sure: true}
	var lead, rest []*html.Node
	part := &rest
	for n := title.NextSibling; n != nil; n = n.NextSibling {
		switch class := Attribute(n, "class"); {
		case class == "articlehometext" && lead == nil:
			part = &lead
			*part = append(*part, n)
		case class == "indexhometext" && lead != nil && part == &lead:
			part = &rest
			*part = append(*part, n)
		case lead == nil:
			if text := shortText(n); s.Date == "" && isTime(text) {
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
	s.Lead, s.Body = htmlOf(lead), htmlOf(rest)
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
		if !strings.EqualFold(Attribute(last, "align"), "right") || first == nil || first.DataAtom != atom.B {
			return ""
		}
		last.RemoveChild(first)
		source := strings.TrimSpace(inside(last))
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

// PrintedStory takes a story from a save or print page of NukeViet 2.0 that a browser
// wrote anew, so that its tags are not those of the site any more: below a red rule,
// a table with the title in the largest size and the date below it.
func PrintedStory(root *html.Node) *StoryPage {
	rules := 0
	var title, date, text *html.Node
	s := &StoryPage{sure: true}
	for n := range root.Descendants() {
		switch {
		case n.DataAtom == atom.Hr && strings.EqualFold(Attribute(n, "color"), "#DC0312"):
			rules++
		case n.DataAtom == atom.Font && Attribute(n, "size") == "5" && rules == 1:
			title = n
		case n.DataAtom == atom.Font && Attribute(n, "size") == "2" && title != nil && date == nil:
			date = n
		case n.DataAtom == atom.P && strings.EqualFold(Attribute(n, "align"), "justify") && date != nil && text == nil:
			text = n
		case n.DataAtom == atom.A && rules > 1 && s.URL == "" && strings.Contains(Attribute(n, "href"), "sid="):
			s.URL = Attribute(n, "href")
		}
	}
	if rules < 2 || title == nil || text == nil {
		return nil
	}
	s.Title = charset.OneLine(TextOf(title))
	s.Date, _, _ = strings.Cut(charset.OneLine(TextOf(date)), " | ")
	nodes := children(text)
	for n := text.NextSibling; n != nil; n = n.NextSibling {
		nodes = append(nodes, n)
	}
	for i, n := range nodes { // a picture of the lead may stand before its words
		if n.DataAtom == atom.B && strings.TrimSpace(TextOf(n)) != "" {
			s.Lead, s.Body = htmlOf(nodes[:i])+inside(n), htmlOf(nodes[i+1:])
			return s
		}
	}
	return nil
}

// htmlOf writes nodes as HTML.
func htmlOf(nodes []*html.Node) string {
	var b bytes.Buffer
	for _, n := range nodes {
		if html.Render(&b, n) != nil {
			return ""
		}
	}
	return b.String()
}
