package store

import (
	"context"
	"database/sql"
)

// bulletinTx is one transaction that changes bulletins. Its statements are
// prepared once and its counters are written once, which halves its cost.
type bulletinTx struct {
	tx       *sql.Tx
	now      int64
	rules    ArrivalPolicy
	prepared map[string]*sql.Stmt

	seq, lastChange, changedAt int64
}

// inBulletinTx changes bulletins within a transaction, counted.
func (db *DB) inBulletinTx(ctx context.Context, tx *sql.Tx, do func(*bulletinTx) error) error {
	in := &bulletinTx{tx: tx, now: millis(db.now()), prepared: map[string]*sql.Stmt{}}
	if err := in.loadCounters(ctx); err != nil {
		return err
	}
	if err := do(in); err != nil {
		return err
	}
	return in.saveCounters(ctx)
}

// prepare gives the statement of a query; the end of the transaction closes it.
func (in *bulletinTx) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := in.prepared[query]; ok {
		return s, nil
	}
	s, err := in.tx.PrepareContext(ctx, query)
	if err == nil {
		in.prepared[query] = s
	}
	return s, err
}

func (in *bulletinTx) exec(ctx context.Context, query string, args ...any) error {
	s, err := in.prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx, args...)
	return err
}

// queryRow scans the only row of a query, or sql.ErrNoRows.
func (in *bulletinTx) queryRow(ctx context.Context, query string, args ...any) interface{ Scan(...any) error } {
	s, err := in.prepare(ctx, query)
	if err != nil {
		return failedRow{err}
	}
	return s.QueryRowContext(ctx, args...)
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

// One write runs at a time, so counters read here are nobody else's until they
// are written back.
func (in *bulletinTx) loadCounters(ctx context.Context) error {
	return in.tx.QueryRowContext(ctx, `SELECT
		(SELECT value FROM counters WHERE name = 'seq'),
		(SELECT value FROM counters WHERE name = 'change'),
		(SELECT value FROM counters WHERE name = 'changed_at')`).Scan(&in.seq, &in.lastChange, &in.changedAt)
}

func (in *bulletinTx) saveCounters(ctx context.Context) error {
	for name, value := range map[string]int64{"seq": in.seq, "change": in.lastChange, "changed_at": in.changedAt} {
		if err := in.exec(ctx, `UPDATE counters SET value = $1 WHERE name = $2`, value, name); err != nil {
			return err
		}
	}
	return nil
}

func (in *bulletinTx) nextSeq() sql.NullInt64 {
	in.seq++
	return sql.NullInt64{Int64: in.seq, Valid: true}
}

// nextChange gives the next change number and a time that rises with it, so that
// no two entries of a feed were updated at the same time: readers sort by it.
func (in *bulletinTx) nextChange() (n, at int64) {
	in.lastChange++
	in.changedAt = max(in.changedAt+1, in.now)
	return in.lastChange, in.changedAt
}
