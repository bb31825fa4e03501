package fetch_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"bantin"
	"bantin/fetch"
)

// An admin reads in Vietnamese why a site could not be read.
func TestSiteErrorSaysWhy(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&fetch.Error{Status: http.StatusServiceUnavailable}, "trang trả lời mã 503"},
		{&fetch.Error{Err: fetch.ErrSlow}, "trang trả lời quá chậm"},
		{&fetch.Error{Err: fetch.ErrMustWait, RetryAt: time.Date(2026, time.May, 2, 8, 0, 0, 0, time.UTC)}, "trang yêu cầu chờ"},
		{&fetch.Error{Err: fetch.ErrRedirects}, "không đọc được trang"},
	} {
		site := fetch.NewSiteError(fmt.Errorf("read: %w", c.err))
		if got := site.Words.In(bantin.Vietnamese); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
