package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bantin/store"
)

// outageHandler lets one line a minute through about a database that cannot be used: a
// dozen loops and every visitor meet it at once, and say the same. The next line that
// goes through says how many were left out.
type outageHandler struct {
	slog.Handler
	outage *outage
}

// outageLineInterval is how often an outage is logged.
const outageLineInterval = time.Minute

// outage is what was logged of an outage.
type outage struct {
	mu      sync.Mutex
	last    time.Time // when a line went through
	met     time.Time // when the outage was met last
	leftOut int
}

// Handle implements slog.Handler.
func (h outageHandler) Handle(ctx context.Context, r slog.Record) error {
	err := errorOf(&r)
	if err == nil {
		return h.Handler.Handle(ctx, r)
	}
	goes, leftOut := h.outage.take(err, r.Time)
	if !goes {
		return nil
	}
	if leftOut > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("lines_left_out", leftOut))
	}
	return h.Handler.Handle(ctx, r)
}

// take reports whether a line about an error goes through, and how many were left out
// before it. What runs out of time during an outage does so because of it.
func (o *outage) take(err error, now time.Time) (goes bool, leftOut int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	late := errors.Is(err, context.DeadlineExceeded) && now.Sub(o.met) < outageLineInterval
	if !late && !isOutage(err) {
		return true, 0
	}
	o.met = now
	if now.Sub(o.last).Abs() < outageLineInterval {
		o.leftOut++
		return false, 0
	}
	leftOut, o.leftOut, o.last = o.leftOut, 0, now
	return true, leftOut
}

// isOutage reports whether an error is that of a database that cannot be used.
func isOutage(err error) bool {
	return slices.ContainsFunc(store.Unusable(), func(unusable error) bool { return errors.Is(err, unusable) })
}

// errorOf gives the error of a log line; nil where it has none.
func errorOf(r *slog.Record) (found error) {
	r.Attrs(func(a slog.Attr) bool {
		found, _ = a.Value.Any().(error)
		return found == nil
	})
	return found
}

// WithAttrs implements slog.Handler.
func (h outageHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return outageHandler{h.Handler.WithAttrs(attrs), h.outage}
}

// WithGroup implements slog.Handler.
func (h outageHandler) WithGroup(name string) slog.Handler {
	return outageHandler{h.Handler.WithGroup(name), h.outage}
}
