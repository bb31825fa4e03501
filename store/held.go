package store

import (
	"context"
	"database/sql"
	"strconv"

	"bantin"
)

// HoldEdition holds an edition that is being sent and cannot go on without a person,
// and keeps why.
func (db *DB) HoldEdition(ctx context.Context, edition int64, why string) error {
	return db.write(ctx, "hold an edition", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE editions SET status = $1 WHERE n = $2 AND status = $3`, bantin.EditionHeld, edition, bantin.EditionSending)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, heldName(edition), why)
		return err
	})
}

// WhyHeld gives what HoldEdition kept of the edition; "" where it goes on.
func (db *DB) WhyHeld(ctx context.Context, edition int64) (why string, err error) {
	return db.Setting(ctx, heldName(edition))
}

// LetGoOn ends what HoldEdition began; an edition that is held for another
// reason stays as it is.
func (db *DB) LetGoOn(ctx context.Context, edition int64) error {
	return db.write(ctx, "let an edition go on", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM settings WHERE name = $1`, heldName(edition))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); n == 0 || err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE editions SET status = $1 WHERE n = $2 AND status = $3`, bantin.EditionSending, edition, bantin.EditionHeld)
		return err
	})
}

func heldName(edition int64) string { return "why edition is held: " + strconv.FormatInt(edition, 10) }
