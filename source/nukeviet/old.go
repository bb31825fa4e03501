package nukeviet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"bantin/fetch"
	"bantin/source/attempt"
)

// oldSite is NukeViet 2.0: modules.php?name=News with parameters.
type oldSite struct {
	web  *fetch.Client
	base *url.URL // of the list, or of a category
	loc  *time.Location
	way  int // the first of ways that the site allows
	exceptions

	attempts *attempt.Log
}

func newOldSite(s *Site) *oldSite {
	return &oldSite{web: s.options.Web, attempts: s.options.Attempts, base: s.base, loc: s.options.Location}
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
	return sid, o.address("op", "viewst", "sid", sid), true
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 18 && strings.Trim(s, "0123456789") == ""
}

func (o *oldSite) row(id, _ string) row {
	return row{id: id, address: o.address("op", "viewst", "sid", id)}
}

func (o *oldSite) look(ctx context.Context, notes map[string]string) (listing, error) {
	l, _, err := o.ask(ctx, 0, notes)
	if err == nil && len(l.rows) == 0 && !l.notModified {
		err = noStories(ctx)
	}
	return l, err
}

// pageStep is that of the pages of 15 rows that sites have as they are installed.
func (o *oldSite) pageStep() int { return 14 }

// page lists stories from a row on. Pages overlap by one row, so that a list that
// moved up meanwhile is noticed.
func (o *oldSite) page(ctx context.Context, offset int) (listing, int, error) {
	return o.ask(ctx, offset, nil)
}

// ask asks for a page of the list, with the validators of the last response where the
// notes have some. A story that was scheduled is given its number when somebody opens
// the list; that request leads to the front page once, and is made again.
func (o *oldSite) ask(ctx context.Context, offset int, notes map[string]string) (listing, int, error) {
	req := fetch.Request{URL: o.list(offset)}
	if notes["index"] == "list" {
		req.ETag, req.LastModified = notes["etag"], notes["modified"]
	}
	var a answer
	var err error
	for range 2 {
		a, err = getPage(ctx, o.web, req)
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
	if a.NotModified() {
		return listing{notModified: true, complete: true}, -1, nil
	}
	l, next, err := o.readPage(ctx, a.Body, offset)
	if offset == 0 && !l.cut {
		l.notes = map[string]string{"index": "list", "etag": a.ETag, "modified": a.LastModified}
	}
	if err == nil && l.cut && len(l.rows) == 0 {
		err = brokenOff(req.URL)
	}
	return l, next, err
}

// brokenOff is the error of a page that ends before its end.
func brokenOff(address string) error {
	return fetch.NewSiteError(&fetch.Error{URL: address, Err: io.ErrUnexpectedEOF, Begun: true})
}

// readPage is read of a page that is noted meanwhile.
func (o *oldSite) readPage(ctx context.Context, raw []byte, offset int) (l listing, next int, err error) {
	if stopped := o.attempts.Do(ctx, asPage, raw, func() { l, next, err = o.read(raw, offset) }); stopped != nil {
		return listing{}, -1, unreadableList(stopped)
	}
	return l, next, err
}

// read reads a page of the list.
func (o *oldSite) read(raw []byte, offset int) (listing, int, error) {
	rows, links, err := readList(raw, o.link, o.loc)
	if err != nil {
		return listing{}, -1, unreadableList(err)
	}
	dated := 0
	for i := range rows {
		if !rows[i].roughly().IsZero() {
			dated++
		}
	}
	next := offset + max(1, dated-1)
	if dated == 0 {
		next = -1
	}
	return listing{rows: rows, links: links, next: next, cut: isCut(raw)}, next, nil
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
	var s *story
	err = o.attempts.Do(ctx, asPage, a.Body, func() {
		if s = cutStory(a.Body, o.loc); way == "viewst" {
			s = viewedStory(a.Body, r, o.loc)
		}
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errNotStory, err)
	case s == nil:
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
