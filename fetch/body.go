package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// read makes the Response of an answer and reads its body to the limits.
func (c *Client) read(ctx context.Context, cancel context.CancelCauseFunc, res *http.Response, req Request, u *url.URL) (*Response, *Error) {
	out := &Response{
		URL: u.String(), Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"),
		ETag: res.Header.Get("ETag"), LastModified: res.Header.Get("Last-Modified"),
	}
	if res.StatusCode == http.StatusNotModified {
		return out, nil
	}
	fail := func(err error) *Error { return &Error{URL: shown(u), Err: err} }
	if res.StatusCode != http.StatusOK {
		to, err := u.Parse(res.Header.Get("Location"))
		if err != nil || res.Header.Get("Location") == "" {
			return nil, fail(ErrRedirects)
		}
		out.Location = to.String()
		return out, nil
	}
	limit := c.opt.MaxBytes
	if req.MaxBytes > 0 {
		limit = req.MaxBytes
	}
	if res.ContentLength > limit {
		return nil, fail(ErrTooLarge)
	}
	idle := time.AfterFunc(c.opt.Idle, func() { cancel(ErrSlow) })
	defer idle.Stop()
	wire := &watched{r: res.Body, idle: idle, wait: c.opt.Idle, left: limit}
	body, err := unpacked(wire, res.Header.Get("Content-Encoding"))
	if err == nil {
		out.Body, err = readAll(body, limit)
	}
	if err != nil {
		return nil, fail(cause(ctx, err))
	}
	return out, nil
}

// watched counts what comes over the wire and restarts the idle timer. Packed
// bytes are limited too: a packed stream may go on for ever and unpack to nothing.
type watched struct {
	r    io.Reader
	idle *time.Timer
	wait time.Duration
	left int64
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.idle.Reset(w.wait)
	if w.left -= int64(n); w.left < 0 {
		return n, ErrTooLarge
	}
	return n, err
}

func unpacked(r io.Reader, encoding string) (io.Reader, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return r, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	}
	return nil, ErrEncoding // asked for gzip alone
}

// readAll reads to the limit. A body that ends early is an error of net/http.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, ErrTooLarge
	}
	return body, nil
}

// cause says why a request was broken off, where we did it.
func cause(ctx context.Context, err error) error {
	var refused *InnerError
	switch why := context.Cause(ctx); {
	case errors.As(err, &refused):
		return refused
	case errors.Is(why, ErrSlow):
		return ErrSlow
	case why != nil:
		return why
	}
	var inURL *url.Error
	if errors.As(err, &inURL) {
		return inURL.Err // the address stands in Error already
	}
	return err
}
