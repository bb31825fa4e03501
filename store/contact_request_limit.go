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

// RequestLimits are what strangers may set in motion.
type RequestLimits struct {
	Refuse []RequestLimit // where one is used up nothing is done: ErrRequestLimit
	Ignore []RequestLimit // the same without an error: the visitor may be somebody else
	Delay  []RequestLimit // where one is used up the mail waits for a window that has room
}

// maxDelays is how many windows a mail may wait; where none of them has room it is
// ErrRequestLimit.
const maxDelays = 5

// areUsedUp reports whether one of the limits is used up.
func areUsedUp(ctx context.Context, q querier, limits []RequestLimit, now time.Time) (bool, error) {
	for _, l := range limits {
		if spent, err := l.isUsedUp(ctx, q, now); err != nil || spent {
			return spent, err
		}
	}
	return false, nil
}

// takeAll takes one of each, and reports whether there was one.
func takeAll(ctx context.Context, tx *sql.Tx, limits []RequestLimit, now time.Time) (bool, error) {
	for _, l := range limits {
		if free, err := l.take(ctx, tx, now); err != nil || !free {
			return free, err
		}
	}
	return true, nil
}

// firstFree takes one of each in the first window in which all have one, and gives when
// that begins: now, or later.
func firstFree(ctx context.Context, tx *sql.Tx, limits []RequestLimit, now time.Time) (time.Time, error) {
	at := now
	for i := 0; i < len(limits); i++ {
		spent, err := limits[i].isUsedUp(ctx, tx, at)
		if err != nil {
			return at, err
		}
		if !spent {
			continue
		}
		at = at.Truncate(limits[i].Window).Add(limits[i].Window)
		if at.Sub(now) > maxDelays*limits[i].Window {
			return at, ErrRequestLimit
		}
		i = -1 // what had room before may have none then
	}
	_, err := takeAll(ctx, tx, limits, at)
	return at, err
}

// isUsedUp reports whether the limit is used up, without waiting for who writes:
// ten thousand requests beyond a limit cost ten thousand small reads.
func (l RequestLimit) isUsedUp(ctx context.Context, q querier, now time.Time) (bool, error) {
	used, err := get[int](ctx, q, `SELECT used FROM limits WHERE key = $1 AND since = $2`, l.Key, millis(now.Truncate(l.Window)))
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
