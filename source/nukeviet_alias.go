package source

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
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

// aliasSite is NukeViet 3.x or 4.x, whose stories have a page cat/alias-ID.
//
//	3.x  index.php/news/Cat/Alias-ID/
//	4.x  [vi/]news/cat/alias-ID.html
//	     index.php?language=vi&nv=news&op=cat/alias-ID.html
type aliasSite struct {
	web      *fetch.Client
	loc      *time.Location
	base     *url.URL // as configured
	three    bool     // 3.x
	root     string   // path up to the module: "/", "/vi/", "/index.php/"
	queries  bool     // addresses are index.php?nv=…
	language string
	module   string
	category string // alias; "" for all
	way      int    // the first of its ways that the site allows
}

const defaultModule = "news"

var (
	aliasPath   = regexp.MustCompile(`^([^/]+)/([^/]+)-(\d{1,18})(?:\.html|/)?$`)
	languageTag = regexp.MustCompile(`^[a-z]{2}$`)
)

// newAliasSite takes the configured address apart.
func newAliasSite(v *nukeviet, three, queries bool) *aliasSite {
	a := &aliasSite{web: v.spec.Web, loc: v.spec.Location, base: v.base, three: three, queries: queries, language: "vi", module: defaultModule, root: "/"}
	q := v.base.Query()
	if queries {
		a.root = v.base.Path[:strings.LastIndexByte("/"+v.base.Path, '/')]
		a.root = "/" + strings.Trim(a.root, "/")
		a.language, a.module = cmp.Or(q.Get("language"), a.language), cmp.Or(q.Get("nv"), a.module)
		a.category, _, _ = strings.Cut(q.Get("op"), "/")
		return a
	}
	parts := strings.FieldsFunc(v.base.Path, func(r rune) bool { return r == '/' })
	var root []string
	for i, part := range parts {
		switch {
		case part == "index.php":
			if three {
				root = append(root, part)
			}
		case languageTag.MatchString(part):
			a.language = part
			root = append(root, part)
		case part == a.module || i == len(parts)-1 && part != "" && len(parts) == 1:
			a.module = part
			if i+1 < len(parts) {
				a.category = parts[i+1]
			}
			a.root = slashed(root)
			return a
		default:
			root = append(root, part)
		}
	}
	if three && (len(root) == 0 || root[len(root)-1] != "index.php") {
		root = append(root, "index.php")
	}
	a.root = slashed(root)
	return a
}

func slashed(parts []string) string {
	if len(parts) == 0 {
		return "/"
	}
	return "/" + strings.Join(parts, "/") + "/"
}

// address makes the address of something of the module, such as rss/.
func (a *aliasSite) address(op string) string {
	u := *a.base
	u.RawQuery, u.Fragment, u.RawPath = "", "", ""
	if a.queries {
		u.Path = strings.TrimSuffix(a.root, "/") + "/index.php"
		u.RawQuery = "language=" + url.QueryEscape(a.language) + "&nv=" + url.QueryEscape(a.module)
		if op != "" {
			u.RawQuery += "&op=" + strings.TrimSuffix(op, "/")
		}
		return u.String()
	}
	u.Path = a.root + a.module + "/" + op
	return u.String()
}

// link reads the address of a story of the module, and of the category.
func (a *aliasSite) link(href string) (id, address string, ok bool) {
	u, err := a.base.Parse(strings.TrimSpace(href))
	if err != nil || !sameHost(u, a.base) {
		return "", "", false
	}
	op, ok := a.op(u)
	if !ok {
		return "", "", false
	}
	m := aliasPath.FindStringSubmatch(op)
	if m == nil || m[2] == "page" || a.category != "" && m[1] != a.category || other(m[1]) {
		return "", "", false
	}
	u.Fragment = ""
	return strings.Clone(m[3]), u.String(), true // it is kept, and its page is not
}

// other reports whether a part of an address names another page of the module
// than a category.
func other(name string) bool {
	switch strings.ToLower(name) {
	case "print", "savefile", "sendmail", "rss", "tag", "topic", "groups", "author", "search", "content", "instant-rss":
		return true
	}
	return false
}

// op is what an address says behind the module.
func (a *aliasSite) op(u *url.URL) (string, bool) {
	if q := u.Query(); q.Get("nv") == a.module {
		return q.Get("op"), true
	}
	_, op, ok := strings.Cut(u.Path, "/"+a.module+"/")
	return op, ok
}

func (a *aliasSite) row(id, address string) row { return row{id: id, address: address} }

// indexes are where the newest stories are listed, the best first.
func (a *aliasSite) indexes() []string {
	if a.three {
		return []string{"rss", "list"}
	}
	return []string{"sitemap", "rss", "list"}
}

func (a *aliasSite) index(kind string) string {
	switch kind {
	case "sitemap":
		u := *a.base
		u.RawQuery, u.Fragment, u.RawPath = "", "", ""
		u.Path = strings.TrimSuffix(a.root, "/") + "/"
		u.Path = strings.TrimSuffix(u.Path, a.language+"/") + "sitemap-" + a.language + "." + a.module + ".xml"
		return u.String()
	case "rss":
		if a.category != "" {
			return a.address("rss/" + a.category + "/")
		}
		return a.address("rss/")
	}
	return a.base.String()
}

func (a *aliasSite) look(ctx context.Context, notes map[string]string) (listing, error) {
	kinds := a.indexes()
	if kind := notes["index"]; kind != "" {
		kinds = []string{kind}
	}
	var last error
	for _, kind := range kinds {
		l, err := a.lookAt(ctx, kind, notes)
		if err == nil {
			return l, nil
		}
		last = err
		if !missing(err) && !isEmpty(err) {
			return l, err
		}
	}
	if notes["index"] != "" && missing(last) { // it was there once: all are tried again
		delete(notes, "index")
		return a.look(ctx, notes)
	}
	return listing{}, last
}

// lookAt asks one index, with the validators it had last time.
func (a *aliasSite) lookAt(ctx context.Context, kind string, notes map[string]string) (listing, error) {
	req := fetch.Request{URL: a.index(kind)}
	if notes["index"] == kind {
		req.ETag, req.LastModified = notes["etag"], notes["modified"]
	}
	res, err := page(ctx, a.web, req)
	if err != nil {
		return listing{}, err
	}
	if res.elsewhere != "" {
		return listing{}, &emptyError{nothing(ctx)}
	}
	if res.NotModified() {
		return listing{same: true, whole: true}, nil
	}
	l, err := a.readIndex(kind, res.Body)
	if err != nil {
		return listing{}, &emptyError{&SiteError{Words: words("không đọc được "+req.URL, "cannot read "+req.URL), Err: err}}
	}
	if len(l.rows) == 0 {
		return listing{}, &emptyError{nothing(ctx)}
	}
	l.notes = map[string]string{"index": kind, "etag": res.ETag, "modified": res.LastModified}
	return l, nil
}

// emptyError says that an index lists nothing: another may.
type emptyError struct{ error }

func (e *emptyError) Unwrap() error { return e.error }

func isEmpty(err error) bool {
	_, ok := err.(*emptyError)
	return ok
}

func (a *aliasSite) readIndex(kind string, raw []byte) (l listing, err error) {
	switch kind {
	case "sitemap":
		l.rows, err = readSitemap(raw, a.link)
		l.whole = true
	case "rss":
		l.rows, err = readSiteFeed(raw, a.link)
	default:
		l.rows, l.links, err = readList(raw, a.link, a.loc)
		l.next = 2
	}
	return l, err
}

// page reads a page of the list; the first is 0 as it is 1.
func (a *aliasSite) page(ctx context.Context, place int) (listing, int, error) {
	place = max(place, 1)
	address := a.base.String()
	if place > 1 {
		op := "page-" + strconv.Itoa(place)
		if a.category != "" {
			op = a.category + "/" + op
		}
		address = a.address(op)
		if !a.queries {
			address += "/"
		}
	}
	res, err := page(ctx, a.web, fetch.Request{URL: address})
	if missing(err) || err == nil && res.elsewhere != "" {
		return listing{}, -1, nil // the list ends here
	}
	if err != nil {
		return listing{}, -1, err
	}
	rows, links, err := readList(res.Body, a.link, a.loc)
	if err != nil {
		return listing{}, -1, &SiteError{Words: words("không đọc được danh sách bản tin", "cannot read the list of news"), Err: err}
	}
	return listing{rows: rows, links: links}, place + 1, nil
}

// story reads the print page, else the file, else the page that people read.
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
		res, err := page(ctx, a.web, fetch.Request{URL: addresses[i]})
		if missing(err) {
			gone[i] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		if led = res.elsewhere != ""; led || len(bytes.TrimSpace(res.Body)) == 0 {
			continue // not allowed
		}
		s := a.read(res.Body)
		if s == nil {
			return nil, fmt.Errorf("%s: %w", addresses[i], errNotStory)
		}
		a.way = i
		return s, nil
	}
	// Its own page decides: what is led elsewhere may be a log-in. The print page
	// of 4.x exists for each story.
	if gone[2] || gone[0] && led && !a.three {
		return nil, errNoStory
	}
	return nil, errNotStory
}

// read takes a story from a print page, or from the page that people read: both
// name its parts alike.
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
