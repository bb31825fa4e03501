package nukeviet

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bantin/fetch"
)

// indexes are where the newest stories are listed, the best first.
func (a *aliasSite) indexes() []string {
	if a.isThree {
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
	for i := 0; i < len(kinds); i++ {
		l, err := a.lookAt(ctx, kinds[i], notes)
		if err == nil {
			return l, nil
		}
		last = err
		switch {
		case isMissing(err) || isEmpty(err):
		case !isAnswered(err):
			return l, err
		case len(kinds) == 1: // the known one breaks off or is too large: another may not
			kinds = append(kinds, slices.DeleteFunc(a.indexes(), func(k string) bool { return k == kinds[0] })...)
		}
	}
	if notes["index"] != "" && isMissing(last) { // it existed once: try all again
		delete(notes, "index")
		return a.look(ctx, notes)
	}
	return listing{}, last
}

// lookAt requests one index with the validators of the last response.
func (a *aliasSite) lookAt(ctx context.Context, kind string, notes map[string]string) (listing, error) {
	req := fetch.Request{URL: a.index(kind)}
	if notes["index"] == kind {
		req.ETag, req.LastModified = notes["etag"], notes["modified"]
	}
	res, err := getPage(ctx, a.web, req)
	if err != nil {
		return listing{}, err
	}
	if res.redirect != "" {
		return listing{}, &emptyError{noStories(ctx)}
	}
	if res.NotModified() {
		return listing{notModified: true, complete: true}, nil
	}
	var l listing
	var unread error
	if err = a.attempts.Do(ctx, asPage, res.Body, func() { l, unread = a.readIndex(kind, res.Body) }); err == nil {
		err = unread
	}
	if err != nil {
		return listing{}, &emptyError{&fetch.SiteError{Words: words("không đọc được "+req.URL, "cannot read "+req.URL), Err: err}}
	}
	if len(l.rows) == 0 {
		return listing{}, &emptyError{noStories(ctx)}
	}
	if !l.cut {
		l.notes = map[string]string{"index": kind, "etag": res.ETag, "modified": res.LastModified}
	}
	return l, nil
}

// emptyError says that an index lists nothing; another one may.
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
		l.complete = true
	case "rss":
		l.rows, err = readSiteFeed(raw, a.link)
	default:
		l.rows, l.links, err = readList(raw, a.link, a.loc)
		l.next, l.cut = 2, isCut(raw)
	}
	return l, err
}

// page reads a page of the list; 0 and 1 are the first.
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
	res, err := getPage(ctx, a.web, fetch.Request{URL: address})
	if isMissing(err) || err == nil && res.redirect != "" {
		return listing{}, -1, nil // the list ends here
	}
	if err != nil {
		return listing{}, -1, err
	}
	var rows []row
	var links map[string]bool
	var unread error
	if err = a.attempts.Do(ctx, asPage, res.Body, func() { rows, links, unread = readList(res.Body, a.link, a.loc) }); err == nil {
		err = unread
	}
	if err != nil {
		return listing{}, -1, unreadableList(err)
	}
	l := listing{rows: rows, links: links, cut: isCut(res.Body)}
	if l.cut && len(rows) == 0 {
		return l, -1, brokenOff(address)
	}
	return l, place + 1, nil
}

func (a *aliasSite) pageStep() int { return 1 }
