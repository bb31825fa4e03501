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

// read makes the Response and reads its body within the limits.
func (c *Client) read(ctx context.Context, cancel context.CancelCauseFunc, res *http.Response, req Request, u *url.URL) (*Response, *Error) {
	out := &Response{
		URL: u.String(), Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"),
		ETag: res.Header.Get("ETag"), LastModified: res.Header.Get("Last-Modified"),
	}
	if res.StatusCode == http.StatusNotModified {
		return out, nil
	}
	fail := func(err error) *Error { return &Error{URL: u.Redacted(), Err: err} }
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
	bad := func(err error) *Error { return &Error{URL: u.Redacted(), Err: err, Begun: true} }
	if res.ContentLength > limit {
		return nil, bad(ErrTooLarge)
	}
	idle := time.AfterFunc(c.opt.IdleTimeout, func() { cancel(ErrSlow) })
	defer idle.Stop()
	wire := &meteredReader{r: res.Body, idle: idle, wait: c.opt.IdleTimeout, left: limit}
	body, err := decompressed(wire, res.Header.Get("Content-Encoding"))
	if err == nil {
		out.Body, err = readAll(body, limit)
	}
	if err != nil {
		return nil, bad(causeOf(ctx, err))
	}
	return out, nil
}

// meteredReader counts the bytes on the wire and restarts the idle timer. Compressed
// bytes are limited too: a compressed stream may be endless and decompress to nothing.
type meteredReader struct {
	r    io.Reader
	idle *time.Timer
	wait time.Duration
	left int64
}

func (w *meteredReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.idle.Reset(w.wait)
	if w.left -= int64(n); w.left < 0 {
		return n, ErrTooLarge
	}
	return n, err
}

func decompressed(r io.Reader, encoding string) (io.Reader, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return r, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	}
	return nil, ErrEncoding // only gzip was asked for
}

// readAll reads up to the limit. A body that ends early is an error of net/http.
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

// causeOf gives the reason why we cancelled a request, if we did.
func causeOf(ctx context.Context, err error) error {
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
		return inURL.Err // Error has the address already
	}
	return err
}
