package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Errors inside an [Error] that callers may ask for.
var (
	ErrAddress   = errors.New("not an http or https address")
	ErrRedirects = errors.New("redirected too often or to nowhere")
	ErrTooLarge  = errors.New("the answer is too large")
	ErrSlow      = errors.New("the answer is too slow")
	ErrEncoding  = errors.New("packed in a way that was not asked for")
)

// Error says why an address gave nothing.
type Error struct {
	URL     string
	Status  int       // of HTTP; 0 where no answer came
	RetryAt time.Time // when the host wants to be asked again; zero: it did not say
	Err     error     // nil where Status says it all

	final bool // asking again would give the same
}

func (e *Error) Error() string {
	text := "get " + e.URL + ": "
	switch {
	case e.Err != nil:
		text += e.Err.Error()
	default:
		text += strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status)))
	}
	if !e.RetryAt.IsZero() {
		text += ", ask again at " + e.RetryAt.UTC().Format(time.RFC3339)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same request may succeed later.
func (e *Error) Temporary() bool {
	switch {
	case e.final:
		return false
	case e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout:
		return true
	case e.Status != 0:
		return e.Status >= 500 && e.Status != http.StatusNotImplemented
	}
	var inner *InnerError
	var certificate *tls.CertificateVerificationError
	for _, is := range []error{ErrAddress, ErrTooLarge, ErrEncoding, context.Canceled} {
		if errors.Is(e.Err, is) {
			return false
		}
	}
	return !errors.As(e.Err, &inner) && !errors.As(e.Err, &certificate)
}

// wait is how long the host wants to be left alone.
func (e *Error) wait() time.Duration {
	if e.RetryAt.IsZero() {
		return 0
	}
	return time.Until(e.RetryAt)
}

// StatusOf gives the HTTP status that an error carries, or 0.
func StatusOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// longestRetry bounds what a host may ask for: one that says 2099 is mistaken.
const longestRetry = 24 * time.Hour

// retryAt reads Retry-After (RFC 9110 10.2.3): seconds, or a date.
func retryAt(h http.Header, now time.Time) time.Time {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return time.Time{}
	}
	at, err := http.ParseTime(value)
	if seconds, bad := strconv.ParseUint(value, 10, 31); bad == nil {
		at, err = now.Add(time.Duration(seconds)*time.Second), nil
	}
	if err != nil || at.Before(now) {
		return time.Time{}
	}
	if latest := now.Add(longestRetry); at.After(latest) {
		return latest
	}
	return at
}

// shown is an address for messages: without the password it may have.
func shown(u *url.URL) string { return u.Redacted() }

// InnerError says that an address inside the network was refused.
type InnerError struct{ Address string }

func (e *InnerError) Error() string {
	return "the address " + e.Address + " is inside the network"
}

// refuseInner looks at host:port as the dialer has resolved it.
func refuseInner(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || inner(host) {
		return &InnerError{host}
	}
	return nil
}
