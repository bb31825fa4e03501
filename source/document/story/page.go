// Package story reads the pages of NukeViet sites: what they say of their story, whether
// the site sends them or somebody saved them. The save and print pages of 2.0 are here,
// those of 3.x and 4.x in named.go, and the page of the themes of 2.0 in theme.go.
package story

import (
	"bytes"
	stdhtml "html"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"bantin/source/charset"
)

// Page is what a page says of its story.
type Page struct {
	Title  string // plain text, its entities decoded once
	Date   string // as it stands there
	Author string
	URL    string // of the story, where the page says it

	Lead, Body, Notes string // HTML as an editor wrote it

	sure bool // no other program makes such pages
}

// The constant parts of the save and print pages of 2.0. What stands between
// them is raw HTML of editors, which may say anything, so that it is cut out of
// the bytes and parsed alone.
const (
	storyBegin = `<p align="justify"><b>`
	storyEnd   = `</i></td>`
	redRule    = `<hr color="#DC0312"`
)

var (
	savedTitle = regexp.MustCompile(`(?s)<font size="5">(.*?)</font>`)
	savedDate  = regexp.MustCompile(`(?s)<font size="2">(.*?)</font>`)
	savedURL   = regexp.MustCompile(`<a href="([^"]*[?&;]sid=\d[^"]*)"`)
	markup     = regexp.MustCompile(`<[^>]*>`)
)

// Cut cuts a story out of a save or print page of NukeViet 2.0. It is nil where
// the page has not that form, or not to its end.
func Cut(raw []byte) *Page {
	begin := bytes.Index(raw, []byte(storyBegin))
	rule := bytes.LastIndex(raw, []byte(redRule))
	if begin < 0 || rule < begin {
		return nil
	}
	end := bytes.LastIndex(raw[:rule], []byte(storyEnd))
	if end < begin+len(storyBegin) {
		return nil
	}
	head, inside := raw[:begin], string(raw[begin+len(storyBegin):end])
	title := savedTitle.FindSubmatch(head)
	if title == nil {
		return nil
	}
	s := &Page{Title: plainHTML(string(title[1])), sure: true}
	if dates := savedDate.FindAllSubmatch(head, -1); dates != nil {
		s.Date, _, _ = strings.Cut(plainHTML(string(dates[len(dates)-1][1])), " | ")
	}
	if m := savedURL.FindSubmatch(raw[rule:]); m != nil {
		s.URL = stdhtml.UnescapeString(string(m[1]))
	}
	lead, rest, ok := strings.Cut(inside, "</b><br>")
	if !ok {
		return nil
	}
	s.Lead = lead
	notes := strings.LastIndex(rest, "<br>\n<i>")
	if notes < 0 {
		notes = strings.LastIndex(rest, "<i>")
	}
	if notes < 0 {
		return nil
	}
	s.Body = strings.TrimPrefix(rest[:notes], "\n")
	_, s.Notes, _ = strings.Cut(rest[notes:], "<i>")
	return s
}

// plainHTML makes plain text of a piece of HTML: its entities are decoded once.
func plainHTML(raw string) string {
	return charset.OneLine(stdhtml.UnescapeString(markup.ReplaceAllString(raw, " ")))
}

// Saved takes the story out of a page of a NukeViet site that somebody saved; nil
// where it is none. What only looks a little like one is read as any other page.
func Saved(text string, root *html.Node) *Page {
	if s := Cut([]byte(text)); s != nil {
		return s
	}
	for _, read := range []func(*html.Node) *Page{Printed, Themed, Named} {
		if s := read(root); s != nil && s.sure {
			return s
		}
	}
	return nil
}
