package fetch

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Post sends a form, once, and gives what the answer's head says: of a body the
// beginning is thrown away and the rest not waited for. Any 2xx is a Response;
// so is a redirect, which is not followed: whoever posts decides whether what
// lies there may have it. All else is an *Error. There is no pace between
// posts and no second attempt, for the same reason.
func (c *Client) Post(ctx context.Context, address string, form url.Values) (*Response, error) {
	u, err := checkURL(address)
	if err != nil {
		return nil, &Error{URL: address, Err: err, final: true}
	}
	fail := func(err error) error { return &Error{URL: shown(u), Err: err} }
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := time.AfterFunc(c.opt.Total, func() { cancel(ErrSlow) })
	defer total.Stop()
	message, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fail(ErrAddress)
	}
	message.Header.Set("User-Agent", c.opt.UserAgent)
	message.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.http.Do(message)
	if err != nil {
		return nil, fail(cause(ctx, err))
	}
	defer res.Body.Close()
	finish(res.Body, cancel)
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
	return nil, &Error{URL: shown(u), Status: res.StatusCode, RetryAt: retryAt(res.Header, time.Now())}
}

// finish reads a short body to its end, so that the connection serves the next
// post too, but waits for it a second at most.
func finish(body io.Reader, cancel context.CancelCauseFunc) {
	const most, patience = 4 << 10, time.Second
	slow := time.AfterFunc(patience, func() { cancel(ErrSlow) })
	defer slow.Stop()
	_, _ = io.CopyN(io.Discard, body, most) // only to be able to go on with the connection
}
