// Package fetch is the one HTTP client that reads foreign sites.
//
// It has manners: one User-Agent that says whom to ask, one request at a time
// to a host and no more of them than the pace allows, conditional requests, and
// a host that asks for patience (Retry-After) gets it. What fails for the moment
// is tried again after growing pauses.
//
// It is guarded: http and https only, certificates checked, no proxy; addresses
// inside the network are refused when a connection is made, after the name was
// resolved, so that no name and no redirect leads there; the size of an answer
// is limited as it comes and as it is unpacked, its time in all and between two
// bytes, and the number of redirects, each of which is checked like the first
// address.
//
// An answer of 200 or 304 is a [Response]; so is a redirect where the request
// says Stay. All else is an [Error] with the status.
package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"
)

// Options tune a Client. Zero values are the defaults, which are right for a
// site that serves pages.
type Options struct {
	UserAgent    string         // see UserAgent
	AllowPrivate bool           // addresses inside the network may be asked
	PerSecond    float64        // requests to one host; 0: no pause between them
	MaxBytes     int64          // of an answer, unpacked; default 8 MB
	Total        time.Duration  // for one request, its body included; default 90 s
	Idle         time.Duration  // between two reads of a body; default 20 s
	Redirects    int            // at most so many; default 5
	Attempts     int            // in all, where an error may pass; default 3
	Pause        time.Duration  // before the second attempt, three times as long before each further; default 2 s
	Patience     time.Duration  // the longest Retry-After that is waited for; a longer one is an Error; default 1 min
	Roots        *x509.CertPool // who vouches for certificates; nil: whom the system trusts
}

// Client fetches. It is safe for use by several goroutines.
type Client struct {
	opt  Options
	http *http.Client

	mu    sync.Mutex
	hosts map[string]*host
}

// UserAgent names this program, the site it works for and whom to ask.
func UserAgent(site, contact string) string {
	if contact != "" {
		site += "; " + contact
	}
	return "bantin/1 (+" + site + ")"
}

// New makes a client.
func New(opt Options) *Client {
	opt.UserAgent = cmp.Or(opt.UserAgent, "bantin/1")
	opt.MaxBytes = cmp.Or(opt.MaxBytes, 8<<20)
	opt.Total = cmp.Or(opt.Total, 90*time.Second)
	opt.Idle = cmp.Or(opt.Idle, 20*time.Second)
	opt.Redirects = cmp.Or(opt.Redirects, 5)
	opt.Attempts = cmp.Or(opt.Attempts, 3)
	opt.Pause = cmp.Or(opt.Pause, 2*time.Second)
	opt.Patience = cmp.Or(opt.Patience, time.Minute)
	c := &Client{opt: opt, hosts: map[string]*host{}}
	dialer := &net.Dialer{Timeout: 15 * time.Second}
	if !opt.AllowPrivate {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return refuseInner(address) }
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			// No proxy: it would make the connections, and nobody would look where to.
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: opt.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    15 * time.Second,
			ResponseHeaderTimeout:  min(opt.Total, 60*time.Second),
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        30 * time.Second,
			DisableCompression:     true, // unpacked here, with limits
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// Request is what to get.
type Request struct {
	URL          string
	ETag         string // as an earlier Response had it; an answer of 304 has no body
	LastModified string
	Accept       string // media types
	MaxBytes     int64  // 0: as the client's options say
	Stay         bool   // a redirect is an answer and not followed
}

// Response is an answer.
type Response struct {
	URL          string // that answered in the end
	Status       int    // 200, 304, or 301 to 308 for a request that stays
	Location     string // where a redirect leads, absolute
	ContentType  string
	ETag         string
	LastModified string
	Body         []byte
}

// NotModified reports that the answer is as it was: it has no body.
func (r *Response) NotModified() bool { return r.Status == http.StatusNotModified }

// Get fetches an address. Errors are of type *Error; those of ctx too.
func (c *Client) Get(ctx context.Context, req Request) (*Response, error) {
	pause := c.opt.Pause
	for attempt := 1; ; attempt++ {
		res, err := c.follow(ctx, req)
		if err == nil {
			return res, nil
		}
		if attempt == c.opt.Attempts || ctx.Err() != nil || !err.Temporary() || err.wait() > c.opt.Patience {
			return nil, err
		}
		if sleep(ctx, max(pause, err.wait())) != nil {
			return nil, err
		}
		pause *= 3
	}
}

// follow gets an address and goes where redirects lead.
func (c *Client) follow(ctx context.Context, req Request) (*Response, *Error) {
	address := req.URL
	for range c.opt.Redirects + 1 {
		u, err := checkURL(address)
		if err != nil {
			return nil, &Error{URL: address, Err: err, final: true}
		}
		res, failure := c.once(ctx, u, req)
		if failure != nil || res.Location == "" || req.Stay {
			return res, failure
		}
		address = res.Location
	}
	return nil, &Error{URL: req.URL, Err: ErrRedirects, final: true}
}

// checkURL wants an absolute http or https address.
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

// once makes one request when it is the host's turn.
func (c *Client) once(ctx context.Context, u *url.URL, req Request) (*Response, *Error) {
	fail := func(err error) *Error { return &Error{URL: shown(u), Err: err} }
	h := c.host(u.Host)
	if err := h.enter(ctx, c.opt); err != nil {
		err.URL = shown(u)
		return nil, err
	}
	defer h.leave()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := time.AfterFunc(c.opt.Total, func() { cancel(ErrSlow) })
	defer total.Stop()
	message, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fail(ErrAddress)
	}
	c.header(message.Header, req)
	res, err := c.http.Do(message)
	if err != nil {
		return nil, fail(cause(ctx, err))
	}
	defer res.Body.Close()
	asked := req.ETag != "" || req.LastModified != ""
	if !answered(res.StatusCode) || res.StatusCode == http.StatusNotModified && !asked {
		failure := &Error{URL: shown(u), Status: res.StatusCode, RetryAt: retryAt(res.Header, time.Now())}
		h.patience(failure.RetryAt)
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

func answered(status int) bool {
	switch status {
	case http.StatusOK, http.StatusNotModified, http.StatusMovedPermanently, http.StatusFound,
		http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
