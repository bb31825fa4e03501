package nukeviet

import (
	"bytes"
	"context"
	"encoding/xml"
	stdhtml "html"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin"
	"bantin/source/charset"
	"bantin/source/document"
	"bantin/source/extract"
)

// listDate is how lists write a time: 29.04.2022 15:30, 29/04/2022, 15:30.
var listDate = regexp.MustCompile(`\b(\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2})(?:[ ,\-–|]+(\d{1,2}:\d{2}(?: ?(?:AM|PM|am|pm|SA|CH)\b)?))?`)

// storyLink gives the number and page of the story that an address leads to.
type storyLink func(href string) (id, address string, ok bool)

// readList reads the rows of a list from its page. Themes write them in many
// ways; what they have in common is links to stories, and times. A time belongs
// to the one story that the smallest element around it links to; where there are
// several, to the last before it. Links without a time are of other boxes of the
// page, such as what was read most; they count where they are newer than the
// oldest of the list, because the lead story of a category stands apart.
func readList(raw []byte, link storyLink, loc *time.Location) (rows []row, links map[string]bool, err error) {
	text, err := charset.Decode(raw)
	if err != nil {
		return nil, nil, err
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	r := listReader{link: link, loc: loc, at: map[string]int{}, inside: map[*html.Node]string{}}
	r.walk(root)
	links = make(map[string]bool, len(r.at))
	low := int64(0)
	for i := range r.rows {
		links[r.rows[i].id] = true
		if n := r.rows[i].number(); !r.rows[i].published.IsZero() && (low == 0 || n < low) {
			low = n
		}
	}
	for _, row := range r.rows {
		if !row.published.IsZero() || low == 0 || row.number() > low {
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
	last   string         // id of the last link
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
	r.last = ""
	for n := range root.Descendants() {
		switch {
		case n.DataAtom == atom.A:
			if id, _, ok := r.link(document.Attribute(n, "href")); ok {
				r.last = id
			}
		case n.Type == html.TextNode && n.Parent != nil && n.Parent.DataAtom != atom.Script:
			r.time(n)
		}
	}
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

func (r *listReader) time(n *html.Node) {
	m := listDate.FindStringSubmatch(n.Data)
	if m == nil {
		return
	}
	id := ""
	for p := n.Parent; p != nil && id == ""; p = p.Parent {
		id = r.inside[p]
	}
	if id == severalStories {
		id = r.last
	}
	i, ok := r.at[id]
	if !ok || !r.rows[i].published.IsZero() {
		return
	}
	if t, precision, ok := extract.ParseTime(strings.TrimSpace(m[1]+" "+m[2]), r.loc); ok {
		r.rows[i].published, r.rows[i].precision = t, precision
	}
}

// readSitemap reads a sitemap of news: lastmod is the time of publication.
func readSitemap(raw []byte, link storyLink) ([]row, error) {
	var doc struct {
		URLs []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	var rows []row
	for _, u := range doc.URLs {
		id, address, ok := link(strings.TrimSpace(u.Loc))
		if !ok {
			continue
		}
		r := row{id: id, address: address, kind: 's'}
		if t, err := time.Parse(time.RFC3339, strings.TrimSpace(u.LastMod)); err == nil {
			r.published, r.precision = t, bantin.PrecisionMinute
		}
		rows = append(rows, r)
	}
	return rows, nil
}

var feedDate = regexp.MustCompile(`(\d{1,2}) (\w{3}) (\d{4}) (\d{2}):\d{2}:\d{2} (\S+)`)

// readSiteFeed reads the RSS of a NukeViet site. The minutes of its times are
// the month (a fault of all versions), so that the hour alone is kept, and its
// titles are escaped once more than others.
func readSiteFeed(raw []byte, link storyLink) ([]row, error) {
	var doc struct {
		Items []struct {
			Title   string `xml:"title"`
			Link    string `xml:"link"`
			GUID    string `xml:"guid"`
			PubDate string `xml:"pubDate"`
		} `xml:"channel>item"`
	}
	if err := unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	var rows []row
	for _, item := range doc.Items {
		id, address, ok := link(strings.TrimSpace(item.Link))
		if !ok {
			continue
		}
		r := row{id: id, address: address, title: charset.OneLine(stdhtml.UnescapeString(item.Title)), kind: 'r'}
		if m := feedDate.FindStringSubmatch(item.PubDate); m != nil {
			if t, err := time.Parse("2 Jan 2006 15 -0700", m[1]+" "+m[2]+" "+m[3]+" "+m[4]+" "+offset(m[5])); err == nil {
				r.published, r.precision = t, bantin.PrecisionDay
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func offset(zone string) string {
	if zone == "GMT" || zone == "UTC" || zone == "Z" {
		return "+0000"
	}
	return strings.ReplaceAll(zone, ":", "")
}

// unmarshal reads XML. Entities that a document defines itself are not expanded.
func unmarshal(raw []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	d.Strict = false
	return d.Decode(into)
}

// noStories is the error of a page that should list stories and lists none.
func noStories(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return siteError("trang không liệt kê bản tin nào: có thể đang bảo trì hoặc đòi đăng nhập",
		"the page lists no stories: perhaps maintenance or a login page")
}
