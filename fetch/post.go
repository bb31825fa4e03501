package fetch

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Post sends a form once. Any 2xx is a Response, and so is a redirect, which is not
// followed: the caller decides whether its target may have the form. Anything else
// is an *Error. The body of the response is discarded. Posts are neither paced nor
// retried, because the caller decides that too.
func (c *Client) Post(ctx context.Context, address string, form url.Values) (*Response, error) {
	u, err := checkURL(address)
	if err != nil {
		return nil, &Error{URL: address, Err: err, permanent: true}
	}
	fail := func(err error) error { return &Error{URL: u.Redacted(), Err: err} }
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := time.AfterFunc(c.opt.Timeout, func() { cancel(ErrSlow) })
	defer total.Stop()
	message, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fail(ErrAddress)
	}
	message.Header.Set("User-Agent", c.opt.UserAgent)
	message.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.http.Do(message)
	if err != nil {
		return nil, fail(causeOf(ctx, err))
	}
	defer res.Body.Close()
	drain(res.Body, cancel)
	out := &Response{URL: u.String(), Status: res.StatusCode}
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return out, nil
	case res.StatusCode >= 300 && res.StatusCode < 400:
		to, err := u.Parse(res.Header.Get("Location"))
		if err != nil || res.Header.Get("Location") == "" {
			return nil, fail(ErrRedirects)
		}
		out.Location = to.String()
		return out, nil
	}
	return nil, &Error{URL: u.Redacted(), Status: res.StatusCode, RetryAt: retryAt(res.Header, time.Now())}
}

// drain reads a short body to its end, so that the connection can be reused, and
// waits a second at most.
func drain(body io.Reader, cancel context.CancelCauseFunc) {
	const most, patience = 4 << 10, time.Second
	slow := time.AfterFunc(patience, func() { cancel(ErrSlow) })
	defer slow.Stop()
	_, _ = io.CopyN(io.Discard, body, most) // only to reuse the connection
}
