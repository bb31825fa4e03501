package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// AcquireNodeLease makes a node the one that does something for all, or keeps it that
// one, for the time given; ok is false where another is.
func (db *DB) AcquireNodeLease(ctx context.Context, name, node string, lease time.Duration) (ok bool, err error) {
	err = db.beside(ctx, "take the duty "+name, func(tx *sql.Tx) error {
		ok = true
		err := tx.QueryRowContext(ctx, `INSERT INTO duties (name, node, till) VALUES ($1, $2, `+db.clock()+` + $3)
			ON CONFLICT (name) DO UPDATE SET node = excluded.node, till = excluded.till
				WHERE duties.node = excluded.node OR duties.till <= `+db.clock()+`
			RETURNING node`, name, node, lease.Milliseconds()).Scan(&node)
		if errors.Is(err, sql.ErrNoRows) {
			ok, err = false, nil
		}
		return err
	})
	return ok && err == nil, err
}

// ReleaseNodeLease leaves a duty to whoever takes it next.
func (db *DB) ReleaseNodeLease(ctx context.Context, name, node string) error {
	return db.beside(ctx, "drop the duty "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM duties WHERE name = $1 AND node = $2`, name, node)
		return err
	})
}
