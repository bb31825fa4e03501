package oauth2

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	xoauth2 "golang.org/x/oauth2"

	"bantin"
)

// Error says why there is no access token.
type Error struct {
	Refused bool   // the token server refuses our credentials: asking again is of no use
	Code    string // of RFC 6749 5.2, such as invalid_grant; "" where the server did not say
	Err     error  // the cause, without secrets
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// tokenError makes an error that can be shown: without the secrets that a server
// may echo, and without its page where it answers with one.
func (o *Tokens) tokenError(err error) *Error {
	host := o.opt.TokenURL
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	fail := func(format string, values ...any) *Error {
		return &Error{Err: fmt.Errorf("get an access token from "+host+": "+format, values...)}
	}
	var said *xoauth2.RetrieveError
	var request *url.Error
	var file *refreshError
	switch {
	case errors.As(err, &file):
		return fail("%w", file)
	case errors.As(err, &request):
		return fail("%w", request.Err) // the address has been said
	case !errors.As(err, &said):
		return fail("the answer is not an access token")
	case said.ErrorCode == "":
		e := fail("status %d, and no reason", said.Response.StatusCode)
		e.Refused = said.Response.StatusCode == http.StatusUnauthorized
		return e
	}
	e := fail("%s (status %d) %s", o.shown(said.ErrorCode), said.Response.StatusCode, o.shown(said.ErrorDescription))
	e.Code, e.Refused = o.shown(said.ErrorCode), isRefusal(said)
	return e
}

// isRefusal tells refused credentials from a server that is busy or broken.
func isRefusal(e *xoauth2.RetrieveError) bool {
	switch e.ErrorCode {
	case "server_error", "temporarily_unavailable", "slow_down":
		return false
	}
	status := e.Response.StatusCode
	return status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
}

// shown is a text of the token server for people.
func (o *Tokens) shown(text string) string {
	secrets := []string{o.opt.ClientSecret, url.QueryEscape(o.opt.ClientSecret)}
	if o.opt.Refresh != nil {
		if token, err := o.opt.Refresh.Load(); err == nil {
			secrets = append(secrets, token, url.QueryEscape(token))
		}
	}
	return bantin.WithoutSecrets(bantin.OneLine(bantin.WithoutSecrets(text, secrets...)), secrets...)
}
