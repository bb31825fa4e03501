package nukeviet

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/fetch"
	"bantin/source/charset"
	"bantin/source/document"
	"bantin/source/extract"
)

// story reads the print page, else the download, else the page for people.
func (a *aliasSite) story(ctx context.Context, r row) (*story, error) {
	u, err := url.Parse(r.address)
	if err != nil {
		return nil, errNoStory
	}
	op, _ := a.op(u)
	addresses := []string{a.address("print/" + op), a.address("savefile/" + op), r.address}
	gone := make([]bool, len(addresses))
	led := false
	for i := a.way; i < len(addresses); i++ {
		res, err := getPage(ctx, a.web, fetch.Request{URL: addresses[i]})
		if isMissing(err) {
			gone[i] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		if led = res.redirect != ""; led || len(bytes.TrimSpace(res.Body)) == 0 {
			continue // not allowed
		}
		s := a.read(res.Body)
		if s == nil {
			return nil, fmt.Errorf("%s: %w", addresses[i], errNotStory)
		}
		a.way = a.settle(a.way, i)
		return s, nil
	}
	// Its own page decides: a redirect may be a log-in. The print page
	// of 4.x exists for each story.
	if gone[2] || gone[0] && led && !a.isThree {
		return nil, errNoStory
	}
	return nil, errNotStory
}

// read takes a story from a print page or from the page for people: both name its
// parts alike.
func (a *aliasSite) read(raw []byte) *story {
	text, err := charset.Decode(raw)
	if err != nil || !strings.Contains(strings.ToLower(text), "</html>") {
		return nil
	}
	root, err := document.ParsePage(text)
	if err != nil {
		return nil
	}
	s := &story{}
	var content, body *html.Node
	for n := range root.Descendants() {
		switch id := document.Attribute(n, "id"); {
		case id == "content" || id == "news_detail" || id == "detail":
			content = n
		case id == "hometext":
			s.lead = inside(n)
		case id == "bodytext" || id == "news-bodyhtml":
			body = n
		case id == "author":
			s.author = charset.OneLine(document.TextOf(n))
		}
	}
	if body == nil {
		return nil
	}
	s.body = inside(body)
	if content == nil {
		content = root
	}
	a.head(content, s)
	if name, who, ok := strings.Cut(s.author, ":"); ok && strings.Contains(strings.ToLower(name), "tác giả") {
		s.author = charset.OneLine(who)
	}
	if s.title == "" {
		return nil
	}
	return s
}

// head finds the title and the time, which stand before the text.
func (a *aliasSite) head(content *html.Node, s *story) {
	for n := range content.Descendants() {
		switch {
		case n.DataAtom == atom.H1 && s.title == "":
			s.title = charset.OneLine(document.TextOf(n))
		case (n.DataAtom == atom.Li || n.DataAtom == atom.Span || n.DataAtom == atom.Div || n.DataAtom == atom.P) && s.published.IsZero():
			text := shortText(n)
			if t, precision, ok := extract.ParseTime(text, a.loc); ok {
				s.date, s.published, s.precision = text, t, precision
			}
		}
		if document.Attribute(n, "id") == "bodytext" {
			return
		}
	}
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
