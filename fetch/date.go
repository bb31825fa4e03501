package fetch

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// ErrDate says that a response does not tell the time.
var ErrDate = errors.New("the response does not tell the time")

// Date asks the host of an address what time it is: the Date of its response, whatever
// its status (RFC 9110 6.6.1). That of a response from a cache tells nothing (RFC 9111
// 5.1). One request is made, and not repeated.
func (c *Client) Date(ctx context.Context, address string) (time.Time, error) {
	u, err := checkURL(address)
	if err != nil {
		return time.Time{}, &Error{URL: address, Err: err, permanent: true}
	}
	fail := func(err error) (time.Time, error) { return time.Time{}, &Error{URL: u.Redacted(), Err: err} }
	ctx, cancel := context.WithTimeoutCause(ctx, c.opt.Timeout, ErrSlow)
	defer cancel()
	message, err := http.NewRequestWithContext(ctx, http.MethodHead, u.String(), nil)
	if err != nil {
		return fail(ErrAddress)
	}
	message.Header.Set("User-Agent", c.opt.UserAgent)
	res, err := c.http.Do(message)
	if err != nil {
		return fail(causeOf(ctx, err))
	}
	defer res.Body.Close()
	t, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil || res.Header.Get("Age") != "" && res.Header.Get("Age") != "0" {
		return fail(ErrDate)
	}
	return t, nil
}
