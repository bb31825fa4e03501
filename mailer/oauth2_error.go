package mailer

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
)

// TokenError says why there is no access token.
type TokenError struct {
	Refused bool   // the token server refuses our credentials: asking again is of no use
	Code    string // of RFC 6749 5.2, such as invalid_grant; "" where the server did not say
	Err     error  // the cause, without secrets
}

func (e *TokenError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

// tokenError makes an error that can be shown: without the secrets that a server
// may echo, and without its page where it answers with one.
func (o *OAuth2) tokenError(err error) *TokenError {
	host := o.opt.TokenURL
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	fail := func(format string, values ...any) *TokenError {
		return &TokenError{Err: fmt.Errorf("get an access token from "+host+": "+format, values...)}
	}
	var said *oauth2.RetrieveError
	var request *url.Error
	var file *refreshTokenError
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
func isRefusal(e *oauth2.RetrieveError) bool {
	switch e.ErrorCode {
	case "server_error", "temporarily_unavailable", "slow_down":
		return false
	}
	status := e.Response.StatusCode
	return status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
}

// shown is a text of the token server for people.
func (o *OAuth2) shown(text string) string {
	secrets := []string{o.opt.ClientSecret, url.QueryEscape(o.opt.ClientSecret)}
	if o.opt.Refresh != nil {
		if token, err := o.opt.Refresh.Load(); err == nil {
			secrets = append(secrets, token, url.QueryEscape(token))
		}
	}
	return withoutSecrets(OneLine(withoutSecrets(text, secrets...)), secrets...)
}
