package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"
)

func millis(t time.Time) int64 { return t.UnixMilli() }

// UseClock has the database take the time from now instead of time.Now, before it is
// used by several goroutines: a daemon gives the time that it believes. Where the
// database is a file, that is its own time too; where it is a server, its own clock
// decides as before about leases, hours of the day and rates.
func (db *DB) UseClock(now func() time.Time) { db.now, db.believed = now, true }

// Now is the time by the clock that the store uses.
func (db *DB) Now() time.Time { return db.now() }

// ServerTime gives the time of the database server, and whether it runs on another host:
// one on this machine has this machine's clock. ok is false where the database is a file.
func (db *DB) ServerTime(ctx context.Context) (t time.Time, remote, ok bool, err error) {
	if !db.postgres {
		return t, false, false, nil
	}
	var ms int64
	err = db.reader.QueryRowContext(ctx, `SELECT `+db.clock()+`, COALESCE(inet_server_addr() <> inet_client_addr(), FALSE)`).Scan(&ms, &remote)
	if err != nil {
		return t, false, true, fmt.Errorf("ask the database for the time: %w", explain(err))
	}
	return fromMillis(ms), remote, true, nil
}

// DatabaseTime gives the database's own time, which is the same to all nodes.
func (db *DB) DatabaseTime(ctx context.Context) (time.Time, error) {
	ms, err := get[int64](ctx, db.reader, `SELECT `+db.clock())
	if err != nil {
		return time.Time{}, fmt.Errorf("ask the database for the time: %w", explain(err))
	}
	return fromMillis(ms), nil
}

// clock is the database's own time in milliseconds, as SQL. Leases are compared
// by it alone: a node whose clock is wrong changes nothing.
func (db *DB) clock() string {
	switch {
	case db.fixed:
		return strconv.FormatInt(millis(db.now()), 10)
	case db.postgres:
		return `(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT`
	}
	const wall = `CAST(unixepoch('subsec') * 1000 AS INTEGER)` // when the statement runs, and not when it is written
	if off := db.wallOff(); off != 0 {
		return `(` + wall + ` + ` + strconv.FormatInt(off.Milliseconds(), 10) + `)`
	}
	return wall
}

// time is the database's own time.
func (db *DB) time(ctx context.Context, q querier) (time.Time, error) {
	now, err := get[int64](ctx, q, `SELECT `+db.clock())
	return fromMillis(now), err
}

// wallOff is how far the time that is believed is from the clock of this machine; 0 where
// it is the same.
func (db *DB) wallOff() time.Duration {
	if !db.believed {
		return 0
	}
	off := db.now().Sub(time.Now().Round(0))
	if off.Abs() < time.Second {
		return 0
	}
	return off
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

// asTime scans a column of milliseconds, which may be NULL, into a time.
func asTime(t *time.Time) sql.Scanner { return (*scannedTime)(t) }

type scannedTime time.Time

func (t *scannedTime) Scan(column any) error {
	var ms sql.NullInt64
	err := ms.Scan(column)
	*t = scannedTime(fromNullMillis(ms))
	return err
}
