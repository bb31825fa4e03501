package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Limit is how often something may happen. Its key is a keyed hash: what is
// kept must not say who was at the form.
type Limit struct {
	Key    string
	Most   int
	Window time.Duration
}

// ErrTooOften says that a limit is used up; another window brings room.
var ErrTooOften = errors.New("too often in a short time")

// spent reports whether the limit is used up, without waiting for who writes:
// ten thousand requests beyond a limit cost ten thousand small reads.
func (l Limit) spent(ctx context.Context, q querier, now time.Time) (bool, error) {
	var used int
	err := q.QueryRowContext(ctx, `SELECT used FROM limits WHERE key = $1 AND since = $2`, l.Key, millis(now.Truncate(l.Window))).Scan(&used)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return used >= l.Most, err
}

// use takes one of what the limit allows, and reports whether there was one.
func (l Limit) use(ctx context.Context, tx *sql.Tx, now time.Time) (bool, error) {
	var used int
	err := tx.QueryRowContext(ctx, `INSERT INTO limits (key, since, used) VALUES ($1, $2, 1)
		ON CONFLICT (key, since) DO UPDATE SET used = limits.used + 1 RETURNING used`,
		l.Key, millis(now.Truncate(l.Window))).Scan(&used)
	return used <= l.Most, err
}
