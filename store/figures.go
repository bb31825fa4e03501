package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Figures are counts for monitoring, each by one cheap query.
type Figures struct{ db *DB }

// Figures gives the view of the counts.
func (db *DB) Figures() Figures { return Figures{db} }

// Suppressions counts the addresses that must not be mailed, by what led there: office,
// or the kind of a returned message.
func (v Figures) Suppressions(ctx context.Context) (map[string]int64, error) {
	return v.countBy(ctx, `SELECT origin, COUNT(*) FROM suppressions GROUP BY origin`)
}

// Returns counts the returned messages that are kept, by kind.
func (v Figures) Returns(ctx context.Context) (map[string]int64, error) {
	return v.countBy(ctx, `SELECT kind, COUNT(*) FROM returns GROUP BY kind`)
}

// Troubles counts the troubles that last, by kind.
func (v Figures) Troubles(ctx context.Context) (map[string]int64, error) {
	return v.countBy(ctx, `SELECT kind, COUNT(*) FROM troubles WHERE resolved = 0 GROUP BY kind`)
}

func (v Figures) countBy(ctx context.Context, query string) (map[string]int64, error) {
	counts, err := collectMap[string, int64](ctx, v.db.reader, query)
	return counts, wrap(err, "count")
}

// OldestWaiting gives since when the oldest message waits to be sent: of an edition since
// its edition was made, of a notice since it was queued; zero where none waits.
func (v Figures) OldestWaiting(ctx context.Context) (delivery, notice time.Time, err error) {
	var made, queued sql.NullInt64
	err = v.db.reader.QueryRowContext(ctx, `SELECT
		(SELECT MIN(e.created_at) FROM editions e WHERE e.status IN ('open', 'sending', 'paused', 'held')),
		(SELECT MIN(created_at) FROM notices WHERE status IN ('queued', 'deferred'))`).Scan(&made, &queued)
	if err != nil {
		return delivery, notice, fmt.Errorf("look for the oldest waiting message: %w", explain(err))
	}
	return fromNullMillis(made), fromNullMillis(queued), nil
}
