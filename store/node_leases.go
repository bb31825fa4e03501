package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// AcquireLease gives a node the lease of a task that one node does for all, or
// renews it, for the time given; ok is false where another node holds it.
func (v Nodes) AcquireLease(ctx context.Context, name, node string, lease time.Duration) (ok bool, err error) {
	err = v.db.inTx(ctx, "acquire the lease "+name, func(tx *sql.Tx) error {
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

// ReleaseLease releases a lease for another node to acquire.
func (v Nodes) ReleaseLease(ctx context.Context, name, node string) error {
	return v.db.inTx(ctx, "release the lease "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM duties WHERE name = $1 AND node = $2`, name, node)
		return err
	})
}
