package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// RequestLimit is how often something may happen. Its key is a keyed hash: what is
// kept must not say who was at the form.
type RequestLimit struct {
	Key    string
	Max    int
	Window time.Duration
}

// ErrRequestLimit says that a limit is used up; another window brings room.
var ErrRequestLimit = errors.New("too often in a short time")

// isUsedUp reports whether the limit is used up, without waiting for who writes:
// ten thousand requests beyond a limit cost ten thousand small reads.
func (l RequestLimit) isUsedUp(ctx context.Context, q querier, now time.Time) (bool, error) {
	var used int
	err := q.QueryRowContext(ctx, `SELECT used FROM limits WHERE key = $1 AND since = $2`, l.Key, millis(now.Truncate(l.Window))).Scan(&used)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return used >= l.Max, err
}

// take takes one of what the limit allows, and reports whether there was one.
func (l RequestLimit) take(ctx context.Context, tx *sql.Tx, now time.Time) (bool, error) {
	var used int
	err := tx.QueryRowContext(ctx, `INSERT INTO limits (key, since, used) VALUES ($1, $2, 1)
		ON CONFLICT (key, since) DO UPDATE SET used = limits.used + 1 RETURNING used`,
		l.Key, millis(now.Truncate(l.Window))).Scan(&used)
	return used <= l.Max, err
}
