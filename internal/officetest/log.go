//go:build unix

package officetest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// LogWaits is a log handler that keeps the attribute "wait" of each record with a
// message: how long its writer backs off.
type LogWaits struct {
	Message string
	mu      sync.Mutex
	waits   []time.Duration
}

// Waits gives the waits so far, the first one first.
func (c *LogWaits) Waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.waits)
}

// Enabled takes all levels.
func (c *LogWaits) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps the wait of the message; 0 where the record has none.
func (c *LogWaits) Handle(_ context.Context, r slog.Record) error {
	if r.Message != c.Message {
		return nil
	}
	var wait time.Duration
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "wait" {
			wait = a.Value.Duration()
		}
		return true
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, wait)
	return nil
}

// WithAttrs keeps the waits.
func (c *LogWaits) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup keeps the waits.
func (c *LogWaits) WithGroup(string) slog.Handler { return c }
