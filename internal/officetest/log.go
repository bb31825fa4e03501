//go:build unix

package officetest

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// LogCount is a log handler that counts how often a message was logged.
type LogCount struct {
	Message string
	n       atomic.Int64
}

// Count is how often the message was logged.
func (c *LogCount) Count() int64 { return c.n.Load() }

// Enabled takes all levels.
func (c *LogCount) Enabled(context.Context, slog.Level) bool { return true }

// Handle counts the message.
func (c *LogCount) Handle(_ context.Context, r slog.Record) error {
	if r.Message == c.Message {
		c.n.Add(1)
	}
	return nil
}

// WithAttrs keeps the count.
func (c *LogCount) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup keeps the count.
func (c *LogCount) WithGroup(string) slog.Handler { return c }
