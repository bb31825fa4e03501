package store

import (
	"context"
	"database/sql"
	"time"
)

// write runs do in a transaction that is durable when write returns nil. Only
// one of them runs at a time, over all processes, so that do may read a number,
// count on and write it. do may be run again from its beginning: it must set
// what it gives and not add to it.
func (db *DB) write(ctx context.Context, act string, do func(tx *sql.Tx) error) error {
	if !db.postgres {
		return db.inTx(ctx, act, do) // the writer's transactions take SQLite's lock as they begin
	}
	return db.inTx(ctx, act, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, writersLock); err != nil {
			return err
		}
		return do(tx)
	})
}

// execute is write for one statement.
func (db *DB) execute(ctx context.Context, act, statement string, args ...any) error {
	return db.write(ctx, act, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}

// inTx is write without the writers' lock: for transactions that are correct under
// the locks of their rows, concurrently with each other and with those of write.
func (db *DB) inTx(ctx context.Context, act string, do func(tx *sql.Tx) error) error {
	err := db.retry(ctx, func() error { return db.runTx(ctx, do) })
	return wrap(explain(err), "%s", act)
}

// uncertainCommit is the error of a commit that may have happened.
type uncertainCommit struct{ error }

func (e uncertainCommit) Unwrap() error { return e.error }

func (db *DB) runTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return uncertainCommit{err}
	}
	return nil
}

// retry does what lost its connection, or to another transaction, again for as
// long as writers wait for each other: a restart of the database takes a
// second, and an import of an hour should outlive it. What may have happened
// is not done twice.
func (db *DB) retry(ctx context.Context, do func() error) error {
	const timeout = 10 * time.Second
	end := time.Now().Add(timeout)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := do()
		if err == nil || !isRetryable(err) || time.Now().Add(pause).After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
