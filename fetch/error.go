package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Causes of an [Error].
var (
	ErrAddress   = errors.New("not an http or https address")
	ErrRedirects = errors.New("redirected too often or to nowhere")
	ErrTooLarge  = errors.New("the response is too large")
	ErrSlow      = errors.New("the response is too slow")
	ErrEncoding  = errors.New("unexpected content encoding")
)

// Error says why a request failed.
type Error struct {
	URL     string
	Status  int       // HTTP status; 0 where no response came
	RetryAt time.Time // from Retry-After; zero: the host did not say
	Err     error     // the cause; nil for a status

	Begun bool // the site had answered: what it sent is too large, broken off or not decodable

	permanent bool // a retry would fail too
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
		text += ", retry at " + e.RetryAt.UTC().Format(time.RFC3339)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same request may succeed later.
func (e *Error) Temporary() bool {
	switch {
	case e.permanent:
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

// wait is how long Retry-After asks to wait.
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

// maxRetryAfter is the longest Retry-After that is believed: a host that says 2099 is
// mistaken.
const maxRetryAfter = 24 * time.Hour

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
	if latest := now.Add(maxRetryAfter); at.After(latest) {
		return latest
	}
	return at
}

// InnerError says that an address inside the network was refused.
type InnerError struct {
	Address string
	Allowed string // host:port inside the network that may be reached; "" for none
}

func (e *InnerError) Error() string {
	if e.Allowed != "" {
		return "the address " + e.Address + " is inside the network, and only " + e.Allowed + " may be there"
	}
	return "the address " + e.Address + " is inside the network"
}
