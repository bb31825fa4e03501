package fetch

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

// ErrPatience says that the host asked to be left alone for a while yet.
var ErrPatience = errors.New("the host asked for patience")

// host is what is known of one host: whose turn it is and when.
type host struct {
	turn chan struct{} // holds one token while a request runs

	mu    sync.Mutex
	next  time.Time // the pace allows the next request
	until time.Time // the host wants to be left alone
}

// mostHosts is how many hosts are remembered of which nothing need be.
const mostHosts = 1000

func (c *Client) host(name string) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[name]
	if h == nil {
		if len(c.hosts) >= mostHosts {
			maps.DeleteFunc(c.hosts, func(_ string, h *host) bool { return h.idle(time.Now()) })
		}
		h = &host{turn: make(chan struct{}, 1)}
		c.hosts[name] = h
	}
	return h
}

// idle reports whether nobody asks the host and it may be asked at once.
func (h *host) idle(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.turn) == 0 && !h.next.After(now) && !h.until.After(now)
}

// enter waits for the turn, the pace, and what Retry-After asked for.
func (h *host) enter(ctx context.Context, opt Options) *Error {
	select {
	case h.turn <- struct{}{}:
	case <-ctx.Done():
		return &Error{Err: context.Cause(ctx)}
	}
	h.mu.Lock()
	next, until := h.next, h.until
	h.mu.Unlock()
	if time.Until(until) > opt.Patience {
		h.leave()
		return &Error{RetryAt: until, Err: ErrPatience}
	}
	if until.After(next) {
		next = until
	}
	if err := sleep(ctx, time.Until(next)); err != nil {
		h.leave()
		return &Error{Err: err}
	}
	if opt.PerSecond > 0 {
		h.mu.Lock()
		h.next = time.Now().Add(time.Duration(float64(time.Second) / opt.PerSecond))
		h.mu.Unlock()
	}
	return nil
}

func (h *host) leave() { <-h.turn }

// patience keeps what Retry-After said.
func (h *host) patience(until time.Time) {
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
