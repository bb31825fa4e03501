// Package fetch is the one HTTP client that reads foreign sites.
//
// It is polite: its User-Agent says whom to ask, it sends one request at a time to a
// host and keeps to a rate limit, it makes conditional requests, and it obeys
// Retry-After. A temporary failure is retried with backoff.
//
// It is guarded. It speaks http and https only, verifies certificates, and uses no
// proxy. It refuses addresses inside the network when it connects, after the name
// was resolved, so that no name and no redirect leads there; where a source lies inside,
// its own host and port are let through and nothing else. The size of a response
// is limited both on the wire and decompressed, and so are its total time, the time
// between two bytes, and the number of redirects, each of which is checked as the
// first address is.
//
// A response with status 200 or 304 is a [Response], and so is a redirect where the
// request says NoRedirect. Anything else is an [Error] with the status.
package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options tune a Client. Zero values are the defaults, which are right for a
// site that serves pages.
type Options struct {
	UserAgent     string           // see UserAgent
	AllowPrivate  bool             // allows addresses inside the network
	PrivateURL    string           // allows them for the host and port of this address alone
	PerSecond     float64          // rate limit of requests to one host; 0: none
	MaxBytes      int64            // of a response, decompressed; default 8 MB
	Timeout       time.Duration    // for one request, its body included; default 90 s
	IdleTimeout   time.Duration    // between two reads of a body; default 20 s
	MaxRedirects  int              // default 5
	MaxAttempts   int              // of a request whose error is temporary; default 3
	RetryDelay    time.Duration    // before the second attempt, three times as long before each further one; default 2 s
	MaxRetryAfter time.Duration    // the longest Retry-After to wait for; a longer one is an Error; default 1 min
	RootCAs       *x509.CertPool   // certificate authorities; nil: those of the system
	Now           func() time.Time // by which certificates are valid; default time.Now
}

// Client is a guarded HTTP client. It is safe for concurrent use.
type Client struct {
	opt  Options
	http *http.Client

	mu    sync.Mutex
	hosts map[string]*host
}

// UserAgent names this program and its version, the site it works for and whom to ask.
func UserAgent(version, site, contact string) string {
	if contact != "" {
		site += "; " + contact
	}
	return "bantin/" + strings.Trim(version, "()") + " (+" + site + ")" // Go calls what is not released (devel)
}

// New makes a client.
func New(opt Options) *Client {
	opt.UserAgent = cmp.Or(opt.UserAgent, "bantin/1")
	opt.MaxBytes = cmp.Or(opt.MaxBytes, 8<<20)
	opt.Timeout = cmp.Or(opt.Timeout, 90*time.Second)
	opt.IdleTimeout = cmp.Or(opt.IdleTimeout, 20*time.Second)
	opt.MaxRedirects = cmp.Or(opt.MaxRedirects, 5)
	opt.MaxAttempts = cmp.Or(opt.MaxAttempts, 3)
	opt.RetryDelay = cmp.Or(opt.RetryDelay, 2*time.Second)
	opt.MaxRetryAfter = cmp.Or(opt.MaxRetryAfter, time.Minute)
	c := &Client{opt: opt, hosts: map[string]*host{}}
	c.http = &http.Client{
		Transport: &http.Transport{
			// No proxy: it would make the connections, and their addresses would go unchecked.
			DialContext:            opt.dial(),
			TLSClientConfig:        &tls.Config{RootCAs: opt.RootCAs, MinVersion: tls.VersionTLS12, Time: opt.Now},
			TLSHandshakeTimeout:    15 * time.Second,
			ResponseHeaderTimeout:  min(opt.Timeout, 60*time.Second),
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        30 * time.Second,
			DisableCompression:     true, // decompressed here, with limits
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Request is an address to get, with its conditions and limits.
type Request struct {
	URL          string
	ETag         string // of an earlier Response; a 304 has no body
	LastModified string
	Accept       string // media types
	MaxBytes     int64  // 0: that of the client's options
	NoRedirect   bool   // a redirect is a response and not followed
}

// Response is the response to a request.
type Response struct {
	URL          string // after redirects
	Status       int    // 200, 304, or 301 to 308 for a request with NoRedirect
	Location     string // where a redirect leads, absolute
	ContentType  string
	ETag         string
	LastModified string
	Body         []byte
}

// NotModified reports whether nothing changed (304): the response has no body.
func (r *Response) NotModified() bool { return r.Status == http.StatusNotModified }

// Get fetches an address. Every error is an *Error, also that of a ctx that is done.
func (c *Client) Get(ctx context.Context, req Request) (*Response, error) {
	pause := c.opt.RetryDelay
	for attempt := 1; ; attempt++ {
		res, err := c.follow(ctx, req)
		if err == nil {
			return res, nil
		}
		if attempt == c.opt.MaxAttempts || ctx.Err() != nil || !err.Temporary() || err.wait() > c.opt.MaxRetryAfter {
			return nil, err
		}
		if sleep(ctx, max(pause, err.wait())) != nil {
			return nil, err
		}
		pause *= 3
	}
}

// follow gets an address and follows redirects.
func (c *Client) follow(ctx context.Context, req Request) (*Response, *Error) {
	address := req.URL
	for range c.opt.MaxRedirects + 1 {
		u, err := checkURL(address)
		if err != nil {
			return nil, &Error{URL: address, Err: err, permanent: true}
		}
		res, failure := c.attempt(ctx, u, req)
		if failure != nil || res.Location == "" || req.NoRedirect {
			return res, failure
		}
		address = res.Location
	}
	return nil, &Error{URL: req.URL, Err: ErrRedirects, permanent: true}
}

// checkURL accepts an absolute http or https address.
func checkURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, ErrAddress
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, ErrAddress
	}
	return u, nil
}

// attempt makes one request when the limits of its host allow it.
func (c *Client) attempt(ctx context.Context, u *url.URL, req Request) (*Response, *Error) {
	fail := func(err error) *Error { return &Error{URL: u.Redacted(), Err: err} }
	h := c.host(u.Host)
	if err := h.acquire(ctx, c.opt); err != nil {
		err.URL = u.Redacted()
		return nil, err
	}
	defer h.release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := time.AfterFunc(c.opt.Timeout, func() { cancel(ErrSlow) })
	defer total.Stop()
	message, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fail(ErrAddress)
	}
	c.header(message.Header, req)
	res, err := c.http.Do(message)
	if err != nil {
		return nil, fail(causeOf(ctx, err))
	}
	defer res.Body.Close()
	asked := req.ETag != "" || req.LastModified != ""
	if !isAnswer(res.StatusCode) || res.StatusCode == http.StatusNotModified && !asked {
		failure := &Error{URL: u.Redacted(), Status: res.StatusCode, RetryAt: retryAt(res.Header, time.Now())}
		h.delayUntil(failure.RetryAt)
		return nil, failure
	}
	return c.read(ctx, cancel, res, req, u)
}

func (c *Client) header(h http.Header, req Request) {
	h.Set("User-Agent", c.opt.UserAgent)
	h.Set("Accept-Encoding", "gzip")
	for name, value := range map[string]string{"Accept": req.Accept, "If-None-Match": req.ETag, "If-Modified-Since": req.LastModified} {
		if value != "" {
			h.Set(name, value)
		}
	}
}

func isAnswer(status int) bool {
	switch status {
	case http.StatusOK, http.StatusNotModified, http.StatusMovedPermanently, http.StatusFound,
		http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
