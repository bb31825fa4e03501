package fetch

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

// ErrMustWait says that Retry-After is longer than MaxRetryAfter.
var ErrMustWait = errors.New("the host asks to wait")

// host serialises and paces the requests to one host.
type host struct {
	turn chan struct{} // holds one token while a request runs

	mu    sync.Mutex
	next  time.Time // when the rate limit allows the next request
	until time.Time // when Retry-After ends
}

// maxHosts is how many idle hosts are kept.
const maxHosts = 1000

func (c *Client) host(name string) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[name]
	if h == nil {
		if len(c.hosts) >= maxHosts {
			maps.DeleteFunc(c.hosts, func(_ string, h *host) bool { return h.isIdle(time.Now()) })
		}
		h = &host{turn: make(chan struct{}, 1)}
		c.hosts[name] = h
	}
	return h
}

// isIdle reports whether no request to the host runs or must wait.
func (h *host) isIdle(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.turn) == 0 && !h.next.After(now) && !h.until.After(now)
}

// acquire waits for the request before, the rate limit and Retry-After.
func (h *host) acquire(ctx context.Context, opt Options) *Error {
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return &Error{Err: context.Cause(ctx)}
	}
	h.mu.Lock()
	next, until := h.next, h.until
	h.mu.Unlock()
	if time.Until(until) > opt.MaxRetryAfter {
		h.release()
		return &Error{RetryAt: until, Err: ErrMustWait}
	}
	if until.After(next) {
		next = until
	}
	if err := sleep(ctx, time.Until(next)); err != nil {
		h.release()
		return &Error{Err: err}
	}
	if opt.PerSecond > 0 {
		h.mu.Lock()
		h.next = time.Now().Add(time.Duration(float64(time.Second) / opt.PerSecond))
		h.mu.Unlock()
	}
	return nil
}

func (h *host) release() { <-h.turn }

// delayUntil delays the next request as Retry-After asks.
func (h *host) delayUntil(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.until) {
		h.until = until
	}
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
