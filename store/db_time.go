package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"
)

func millis(t time.Time) int64 { return t.UnixMilli() }

// clock is the database's own time in milliseconds, as SQL. Leases are compared
// by it alone: a node whose clock is wrong changes nothing.
func (db *DB) clock() string {
	switch {
	case db.fixed:
		return strconv.FormatInt(millis(db.now()), 10)
	case db.postgres:
		return `(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT`
	}
	return `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
}

// time is the database's own time.
func (db *DB) time(ctx context.Context, q querier) (time.Time, error) {
	var now int64
	err := q.QueryRowContext(ctx, `SELECT `+db.clock()).Scan(&now)
	return fromMillis(now), err
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func nullMillis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: millis(t), Valid: !t.IsZero()}
}

func fromNullMillis(v sql.NullInt64) time.Time {
	if !v.Valid {
		return time.Time{}
	}
	return fromMillis(v.Int64)
}
