package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/fetch"
)

// SiteError says that a site could not be read.
type SiteError struct {
	Words bantin.Words
	Err   error // the cause; may be nil
}

func (e *SiteError) Error() string {
	switch {
	case e.Err == nil:
		return e.Words.EN
	case e.Words.EN == "":
		return e.Err.Error()
	}
	return e.Words.EN + ": " + e.Err.Error()
}

func (e *SiteError) Unwrap() error { return e.Err }

// RetryAt is when the site wants to be asked again; zero where it did not say.
func (e *SiteError) RetryAt() time.Time {
	var f *fetch.Error
	if errors.As(e.Err, &f) {
		return f.RetryAt
	}
	return time.Time{}
}

// siteError makes a SiteError of its two wordings.
func siteError(vi, en string) *SiteError { return &SiteError{Words: words(vi, en)} }

// unreadable makes a SiteError of what an address answered, with what an admin
// can do about it where that is not plain.
func unreadable(err error) *SiteError {
	e := &SiteError{Err: err}
	var inner *fetch.InnerError
	var status *fetch.Error
	switch {
	case errors.As(err, &inner):
		e.Words = words("địa chỉ của trang nằm trong mạng nội bộ; nếu đúng là như vậy, hãy ghi allow_private: true dưới nguồn này",
			"the site is inside the network; if it should be, write allow_private: true under this source")
	case errors.As(err, &status) && status.Status != 0:
		e.Words.VI = fmt.Sprintf("trang trả lời mã %d", status.Status)
	case errors.Is(err, fetch.ErrSlow):
		e.Words.VI = "trang trả lời quá chậm"
	case errors.Is(err, fetch.ErrPatience):
		e.Words.VI = "trang yêu cầu chờ"
	default:
		e.Words.VI = "không đọc được trang"
	}
	return e
}

// answer is what an address of a site says.
type answer struct {
	*fetch.Response
	elsewhere string // a redirect to another page led there, and was not followed
}

// page gets an address. A redirect to the same page on another host or by
// another scheme is followed; one to another page is an answer, because that is
// how these sites say that there is no such thing.
func page(ctx context.Context, web *fetch.Client, req fetch.Request) (answer, error) {
	req.Stay = true
	for range 5 {
		res, err := web.Get(ctx, req)
		if err != nil {
			return answer{}, unreadable(err)
		}
		if res.Location == "" {
			return answer{Response: res}, nil
		}
		if !samePage(req.URL, res.Location) {
			return answer{res, res.Location}, nil
		}
		req.URL = res.Location
	}
	return answer{}, unreadable(&fetch.Error{URL: req.URL, Err: fetch.ErrRedirects})
}

// samePage reports whether two addresses differ in scheme, host or a slash at
// the end only, and are not the same to the letter.
func samePage(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	if err != nil || err2 != nil {
		return false
	}
	return trimSlash(u.Path) == trimSlash(v.Path) && u.Query().Encode() == v.Query().Encode()
}

// sameHost reports whether two addresses are of one site: many write their links
// with "www." and without.
func sameHost(a, b *url.URL) bool {
	bare := func(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }
	return bare(a) == bare(b)
}

func trimSlash(path string) string {
	for len(path) > 0 && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	return path
}

// missing reports whether an error means that the site has no such page.
func missing(err error) bool {
	status := fetch.StatusOf(err)
	return status == http.StatusNotFound || status == http.StatusGone
}

// newsSpan is how old a bulletin may be at a source's first read to be news
// (docs/design.md, "What is news").
const newsSpan = 31 * 24 * time.Hour

// checkSite wants what every kind of site needs.
func checkSite(spec Spec) error {
	u, err := url.Parse(spec.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("open source %q: %q is no web address", spec.ID, spec.URL)
	case spec.Web == nil:
		return fmt.Errorf("open source %q: it needs a client for the web", spec.ID)
	}
	return nil
}

// memory loads the notes of a source.
func (s *Spec) memory(ctx context.Context) (map[string]string, error) {
	if s.Notes == nil {
		return map[string]string{}, nil
	}
	notes, err := s.Notes(ctx)
	if err != nil {
		return nil, err
	}
	if notes == nil {
		notes = map[string]string{}
	}
	return notes, nil
}

// history reports whether a time is too old for news.
func history(published, first time.Time) bool {
	return !published.IsZero() && published.Before(first.Add(-newsSpan))
}

// firstRead is when a source was first read, by its notes: now, where it never was.
func (s *Spec) firstRead(notes map[string]string) time.Time {
	if unix, err := strconv.ParseInt(notes["first"], 10, 64); err == nil {
		return time.Unix(unix, 0)
	}
	return s.Now()
}

// errEnough says that whoever reads wants no more.
var errEnough = errors.New("the reader stopped")

// sequence makes the items that read gives one after the other a sequence.
func sequence(read func(give func(Item) error) error) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		err := read(func(item Item) error {
			if !yield(item, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Item{}, err)
		}
	}
}
