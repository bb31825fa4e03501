package publish

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// relay is what all connections share of the server's health: while it is
// away, or wants none of us, they wait together, longer each time, and no
// recipient pays for it.
type relay struct {
	log   *slog.Logger
	name  string
	mu    sync.Mutex
	waits int
	until time.Time
	last  error
}

// The waits while a relay is away: doubled from first to most.
const (
	firstRelayWait = time.Second
	mostRelayWait  = 2 * time.Minute
)

// failed notes that the relay could not be used.
func (r *relay) failed(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = err
	if time.Now().Before(r.until) {
		return // another connection has said so
	}
	wait := min(firstRelayWait<<min(r.waits, 10), mostRelayWait)
	r.waits++
	r.until = time.Now().Add(wait)
	r.log.Warn("the mail server cannot be used; nobody is skipped, trying again", "server", r.name, "error", err, "wait", wait)
}

// well notes that the relay took a message or refused one recipient.
func (r *relay) well() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waits, r.last, r.until = 0, nil, time.Time{}
}

// lastError is why the relay cannot be used; nil while it can.
func (r *relay) lastError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// ready waits until the relay may be tried.
func (r *relay) ready(ctx context.Context) error {
	r.mu.Lock()
	wait := time.Until(r.until)
	r.mu.Unlock()
	return sleep(ctx, wait)
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
