package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// AcquireLease makes a node the one that does something for all, or keeps it that
// one, for the time given; ok is false where another is.
func (v Nodes) AcquireLease(ctx context.Context, name, node string, lease time.Duration) (ok bool, err error) {
	err = v.db.inTx(ctx, "take the duty "+name, func(tx *sql.Tx) error {
		ok = true
		err := tx.QueryRowContext(ctx, `INSERT INTO duties (name, node, till) VALUES ($1, $2, `+v.db.clock()+` + $3)
			ON CONFLICT (name) DO UPDATE SET node = excluded.node, till = excluded.till
				WHERE duties.node = excluded.node OR duties.till <= `+v.db.clock()+`
			RETURNING node`, name, node, lease.Milliseconds()).Scan(&node)
		if errors.Is(err, sql.ErrNoRows) {
			ok, err = false, nil
		}
		return err
	})
	return ok && err == nil, err
}

// ReleaseLease leaves a duty to whoever takes it next.
func (v Nodes) ReleaseLease(ctx context.Context, name, node string) error {
	return v.db.inTx(ctx, "drop the duty "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM duties WHERE name = $1 AND node = $2`, name, node)
		return err
	})
}
