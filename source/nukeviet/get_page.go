package nukeviet

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"bantin"
	"bantin/fetch"
)

// words pairs the two wordings.
func words(vi, en string) bantin.Words { return bantin.Words{VI: vi, EN: en} }

// siteError makes a SiteError of its two wordings.
func siteError(vi, en string) *fetch.SiteError { return &fetch.SiteError{Words: words(vi, en)} }

// answer is what an address of a site says.
type answer struct {
	*fetch.Response
	redirect string // where a redirect to another page leads, which was not followed
}

// getPage gets an address. A redirect to the same page on another host or by
// another scheme is followed; one to another page is an answer, because that is
// how these sites say that there is no such thing.
func getPage(ctx context.Context, web *fetch.Client, req fetch.Request) (answer, error) {
	req.NoRedirect = true
	for range 5 {
		res, err := web.Get(ctx, req)
		if err != nil {
			return answer{}, fetch.NewSiteError(err)
		}
		if res.Location == "" {
			return answer{Response: res}, nil
		}
		if !isSamePage(req.URL, res.Location) {
			return answer{res, res.Location}, nil
		}
		req.URL = res.Location
	}
	return answer{}, fetch.NewSiteError(&fetch.Error{URL: req.URL, Err: fetch.ErrRedirects})
}

// asPage is how pages are noted while they are read (package attempt).
const asPage = ".html"

// unreadableList is the error of a list of news that cannot be read.
func unreadableList(err error) error {
	return &fetch.SiteError{Words: words("không đọc được danh sách bản tin", "cannot read the list of news"), Err: err}
}

// isSamePage reports whether two addresses differ in scheme, host or a slash at
// the end only, and are not the same to the letter.
func isSamePage(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	if err != nil || err2 != nil {
		return false
	}
	return trimSlash(u.Path) == trimSlash(v.Path) && u.Query().Encode() == v.Query().Encode()
}

// isSameHost reports whether two addresses are of one site: many write their links
// with "www." and without.
func isSameHost(a, b *url.URL) bool {
	bare := func(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }
	return bare(a) == bare(b)
}

func trimSlash(path string) string {
	for len(path) > 0 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	return path
}

// isMissing reports whether an error means that the site has no such page.
func isMissing(err error) bool {
	status := fetch.StatusOf(err)
	return status == http.StatusNotFound || status == http.StatusGone
}
