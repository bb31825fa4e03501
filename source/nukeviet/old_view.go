package nukeviet

import (
	"bytes"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
	"bantin/source/document"
	pages "bantin/source/document/story"
	"bantin/source/extract"
)

// viewedStory reads the page that people read: as the themes of 2.0 write it, else
// the smallest element that has the story's title and much more.
func viewedStory(raw []byte, r row, loc *time.Location) *story {
	text, err := charset.Decode(raw)
	if err != nil || !strings.Contains(strings.ToLower(text), "</html>") {
		return nil
	}
	root, err := document.ParsePage(text)
	if err != nil {
		return nil
	}
	if s := storyOf(pages.Themed(root), loc); s != nil {
		s.categories = categoriesOfPage(root, s.title)
		return s
	}
	for _, title := range titlesOfPage(root, r.title) {
		for n := range root.Descendants() {
			if n.Type == html.TextNode && charset.OneLine(n.Data) == title && n.Parent.DataAtom != atom.Title && n.Parent.DataAtom != atom.A {
				s := storyAround(n, title, loc)
				if s != nil {
					s.categories = categoriesOfPage(root, title)
				}
				return s
			}
		}
	}
	return nil
}

// titlesOfPage are the titles that a story may have on a page that is called "Site |
// Category | Title" or "Site | Category | Category | Title": none where it is called
// otherwise, and that of the list where it has no name.
func titlesOfPage(root *html.Node, listed string) (titles []string) {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Title {
			parts := strings.Split(document.TextOf(n), " | ")
			for i := 2; i < len(parts) && i <= 3; i++ {
				titles = append(titles, charset.OneLine(strings.Join(parts[i:], " | ")))
			}
			if len(titles) == 0 || titles[0] != "" {
				return titles
			}
			break
		}
	}
	return []string{listed}
}

// categoriesOfPage are the names that stand between site and title in what a page is
// called.
func categoriesOfPage(root *html.Node, title string) []string {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Title {
			name := strings.TrimSuffix(charset.OneLine(document.TextOf(n)), " | "+title)
			parts := strings.Split(name, " | ")
			return parts[1:min(len(parts), 3)]
		}
	}
	return nil
}

// storyAround takes the smallest element around a title that has much more in it.
func storyAround(n *html.Node, title string, loc *time.Location) *story {
	const much = 200 // bytes
	for p := n.Parent; p != nil; p = p.Parent {
		if len(charset.OneLine(document.TextOf(p))) < len(title)+much && p.DataAtom != atom.Body {
			continue
		}
		s := &story{title: title}
		takeDate(p, n, s, loc)
		n.Data = "" // the title is not in the text again
		var b bytes.Buffer
		for c := range p.ChildNodes() {
			if html.Render(&b, c) != nil {
				return nil
			}
		}
		s.body = b.String()
		return s
	}
	return nil
}

// takeDate takes the time that stands alone behind a title, before the first long
// text, and leaves it out of the story: it would be its lead.
func takeDate(within, title *html.Node, s *story, loc *time.Location) {
	const long = 120 // bytes
	met := false
	for n := range within.Descendants() {
		switch {
		case n == title:
			met = true
			continue
		case !met || n.Type != html.TextNode || n.Parent.DataAtom == atom.Script:
			continue
		}
		if at := listDate.FindStringSubmatchIndex(n.Data); at != nil && standsAlone(n, at[0], at[1], at[4] >= 0) {
			s.date = dateText(n.Data, at)
			s.published, s.precision, _ = extract.ParseTime(s.date, loc)
			n.Data = ""
			return
		}
		if len(strings.TrimSpace(n.Data)) > long {
			return
		}
	}
}
