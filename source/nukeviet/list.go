package nukeviet

import (
	"context"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
	"bantin/source/document"
)

// storyLink gives the number and page of the story that an address leads to.
type storyLink func(href string) (id, address string, ok bool)

// readList reads the rows of a list from its page. Themes write them in many
// ways; what they have in common is links to stories, and times that stand alone
// (list_time.go). Links without a time are of other boxes of the page, such as what
// was read most; they count where they are newer than the oldest of the list, because
// the lead story of a category stands apart.
func readList(raw []byte, link storyLink, loc *time.Location) (rows []row, links map[string]bool, err error) {
	text, err := charset.Decode(raw)
	if err != nil {
		return nil, nil, err
	}
	root, err := document.ParsePage(text)
	if err != nil {
		return nil, nil, err
	}
	r := listReader{link: link, loc: loc, at: map[string]int{}, inside: map[*html.Node]string{}}
	r.walk(root)
	links = make(map[string]bool, len(r.at))
	low := int64(0)
	for i := range r.rows {
		links[r.rows[i].id] = true
		if n := r.rows[i].number(); !r.rows[i].roughly().IsZero() && (low == 0 || n < low) {
			low = n
		}
	}
	for _, row := range r.rows {
		if !row.roughly().IsZero() || low == 0 || row.number() > low {
			rows = append(rows, row)
		}
	}
	return rows, links, nil
}

type listReader struct {
	link   storyLink
	loc    *time.Location
	rows   []row
	at     map[string]int // id → index in rows
	inside map[*html.Node]string
}

// severalStories marks an element that links to more than one story.
const severalStories = "*"

func (r *listReader) walk(root *html.Node) {
	// First which stories are inside which element, then the times.
	for n := range root.Descendants() {
		if n.DataAtom == atom.A {
			r.anchor(n)
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent != nil && n.Parent.DataAtom != atom.Script {
			r.time(n)
		}
	}
	r.chooseTimes()
}

func (r *listReader) anchor(n *html.Node) {
	id, address, ok := r.link(document.Attribute(n, "href"))
	if !ok {
		return
	}
	for p := n; p != nil; p = p.Parent {
		if was, ok := r.inside[p]; ok && was != id {
			r.inside[p] = severalStories
		} else {
			r.inside[p] = id
		}
	}
	title := charset.OneLine(document.TextOf(n))
	i, met := r.at[id]
	if !met {
		r.at[id] = len(r.rows)
		r.rows = append(r.rows, row{id: id, address: address, title: title, kind: 'l'})
	} else if r.rows[i].title == "" {
		r.rows[i].title = title
	}
}

// noStories is the error of a page that should list stories and lists none.
func noStories(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return siteError("trang không liệt kê bản tin nào: có thể đang bảo trì hoặc đòi đăng nhập",
		"the page lists no stories: perhaps maintenance or a login page")
}
