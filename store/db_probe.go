package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// TryWriting writes a small value durably: nil where the database can be written now.
func (db *DB) TryWriting(ctx context.Context) error {
	return db.inTx(ctx, "try to write", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ('probe', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, fmt.Sprint(millis(db.now())))
		return err
	})
}

// QuickCheck reads a database file through and looks whether it is whole: ErrDamaged
// where it is not. A server looks after that itself.
func (db *DB) QuickCheck(ctx context.Context) error {
	if db.postgres {
		return nil
	}
	found, err := collectColumn[string](ctx, db.reader, `PRAGMA quick_check(3)`)
	if err != nil {
		return fmt.Errorf("check the database: %w", err)
	}
	if len(found) == 1 && found[0] == "ok" {
		return nil
	}
	return fmt.Errorf("check the database: %w (%s)", ErrDamaged, strings.Join(found, "; "))
}
