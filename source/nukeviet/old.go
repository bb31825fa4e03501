package nukeviet

import (
	"bytes"
	"context"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/fetch"
	"bantin/source/charset"
	"bantin/source/document"
	"bantin/source/extract"
)

// oldSite is NukeViet 2.0: modules.php?name=News with parameters.
type oldSite struct {
	web  *fetch.Client
	base *url.URL // of the list, or of a category
	loc  *time.Location
	way  int // the first of ways that the site allows
	exceptions
}

// ways are the pages of a story, the one that costs the site least first; the last
// raises its hit counter.
func ways() []string { return []string{"save", "print", "viewst"} }

// address makes the address of a page with other parameters.
func (o *oldSite) address(pairs ...string) string {
	u := *o.base
	q := url.Values{"name": {"News"}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	u.RawQuery, u.Fragment = q.Encode(), ""
	return u.String()
}

// list makes the address of the list at a row.
func (o *oldSite) list(offset int) string {
	u := *o.base
	q := u.Query()
	if q.Get("name") == "" {
		q.Set("name", "News")
	}
	q.Del("page")
	if offset > 0 {
		q.Set("page", strconv.Itoa(offset))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// link reads the address of a story.
func (o *oldSite) link(href string) (id, address string, ok bool) {
	u, err := o.base.Parse(strings.TrimSpace(href))
	if err != nil || path.Base(u.Path) != "modules.php" || !isSameHost(u, o.base) {
		return "", "", false
	}
	q := u.Query()
	sid := q.Get("sid")
	if !strings.EqualFold(q.Get("name"), "News") || q.Get("op") != "viewst" || !isNumber(sid) {
		return "", "", false
	}
	sid = strings.Clone(sid) // so that the page is not kept in memory
	return sid, o.address("op", "viewst", "sid", sid), true
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 18 && strings.Trim(s, "0123456789") == ""
}

func (o *oldSite) row(id, _ string) row {
	return row{id: id, address: o.address("op", "viewst", "sid", id)}
}

func (o *oldSite) look(ctx context.Context, _ map[string]string) (listing, error) {
	l, _, err := o.page(ctx, 0)
	if err == nil && len(l.rows) == 0 {
		err = noStories(ctx)
	}
	return l, err
}

// page lists stories from a row on. Pages overlap by one row, so that a list that
// moved up meanwhile is noticed. A story that was scheduled is given
// its number when somebody opens the list; that request leads to the front page
// once, and is made again.
func (o *oldSite) page(ctx context.Context, offset int) (listing, int, error) {
	var a answer
	var err error
	for range 2 {
		a, err = getPage(ctx, o.web, fetch.Request{URL: o.list(offset)})
		if err != nil || a.redirect == "" {
			break
		}
	}
	if err != nil {
		return listing{}, -1, err
	}
	if a.redirect != "" {
		return listing{}, -1, siteError("danh sách bản tin chuyển sang "+a.redirect+": chuyên mục này có không?",
			"the list of news redirects to "+a.redirect+": does this category exist?")
	}
	return o.read(a.Body, offset)
}

// read reads a page of the list.
func (o *oldSite) read(raw []byte, offset int) (listing, int, error) {
	rows, links, err := readList(raw, o.link, o.loc)
	if err != nil {
		return listing{}, -1, &fetch.SiteError{Words: words("không đọc được danh sách bản tin", "cannot read the list of news"), Err: err}
	}
	dated := 0
	for i := range rows {
		if !rows[i].published.IsZero() {
			dated++
		}
	}
	next := offset + max(1, dated-1)
	if dated == 0 {
		next = -1
	}
	return listing{rows: rows, links: links, next: next}, next, nil
}

func (o *oldSite) story(ctx context.Context, r row) (*story, error) {
	for i := o.way; i < len(ways()); i++ {
		s, err := o.readBy(ctx, ways()[i], r)
		if err != nil {
			return nil, err
		}
		if s != nil {
			o.way = o.settle(o.way, i)
			return s, nil
		}
	}
	return nil, errNoStory
}

// readBy reads a story in one way; nil where the site answers with nothing.
func (o *oldSite) readBy(ctx context.Context, way string, r row) (*story, error) {
	address := o.address("file", way, "sid", r.id)
	if way == "viewst" {
		address = r.address
	}
	a, err := getPage(ctx, o.web, fetch.Request{URL: address})
	switch {
	case isMissing(err):
		return nil, nil
	case err != nil:
		return nil, err
	case a.redirect != "" && way == "viewst" && !isFrontPage(a.redirect):
		return nil, errNotStory // a log-in
	case a.redirect != "" || len(bytes.TrimSpace(a.Body)) == 0 && way != "viewst":
		return nil, nil
	}
	s := cutStory(a.Body, o.loc)
	if way == "viewst" {
		s = viewedStory(a.Body, r, o.loc)
	}
	if s == nil {
		return nil, errNotStory
	}
	return s, nil
}

// isFrontPage reports whether an address is that of a site's first page, where a
// story that does not exist leads to.
func isFrontPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.RawQuery == "" && (path.Base(u.Path) == "index.php" || strings.HasSuffix("/"+u.Path, "/"))
}

// viewedStory reads the page that people read. It has the site's theme around
// it: the story is in the smallest element that has its title and much more.
func viewedStory(raw []byte, r row, loc *time.Location) *story {
	text, err := charset.Decode(raw)
	if err != nil || !strings.Contains(strings.ToLower(text), "</html>") {
		return nil
	}
	root, err := document.ParsePage(text)
	if err != nil {
		return nil
	}
	var title string
	for n := range root.Descendants() {
		if n.DataAtom == atom.Title {
			parts := strings.Split(document.TextOf(n), " | ")
			if len(parts) < 3 {
				return nil
			}
			title = charset.OneLine(strings.Join(parts[2:], " | "))
			break
		}
	}
	if title == "" {
		title = r.title
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && charset.OneLine(n.Data) == title && n.Parent.DataAtom != atom.Title && n.Parent.DataAtom != atom.A {
			return storyAround(n, title, loc)
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
		if m := listDate.FindStringSubmatch(document.TextOf(p)); m != nil {
			s.date = strings.TrimSpace(m[1] + " " + m[2])
			s.published, s.precision, _ = extract.ParseTime(s.date, loc)
		}
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
