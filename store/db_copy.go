package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Errors of a copy.
var (
	ErrInUse       = errors.New("the database is in use: stop every daemon and every command that mails first")
	ErrNotEmpty    = errors.New("the other database is not empty: choose one without anything of bantin in it")
	ErrCopyDiffers = errors.New("the copy is not what was copied: begin again with an empty database")
)

// CopyProgress tells how far a copy is.
type CopyProgress struct {
	Table   string
	Rows    int64 // of this table, so far
	Checked bool  // the table is whole, counted and compared
}

// copyOfSetting is the setting of a database that is being copied to: the installation
// that is copied.
const copyOfSetting = "copy_of"

// CopyTo copies everything into another database, which holds all mailing from
// then on, and compares each table. What was interrupted goes on where it
// stopped. Nobody may mail meanwhile; the caller keeps daemons away.
func (db *DB) CopyTo(ctx context.Context, to *DB, told func(CopyProgress)) error {
	if err := db.CheckIdle(ctx); err != nil {
		return err
	}
	instance, err := db.Instance(ctx)
	if err != nil {
		return err
	}
	if err := to.beginCopy(ctx, instance); err != nil {
		return err
	}
	// One look at the whole, whatever pages and imports write meanwhile.
	options := &sql.TxOptions{}
	if db.postgres {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	from, err := db.reader.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("copy the database: %w", explain(err))
	}
	defer from.Rollback() // it only reads
	c := &copier{from: from, to: to, told: told}
	if c.tables, err = db.tables(ctx, from); err != nil {
		return err
	}
	if err := c.all(ctx, db); err != nil {
		return fmt.Errorf("copy the database: %w", explain(err))
	}
	return to.endCopy(ctx)
}

// CheckIdle is ErrInUse while anybody mails or a daemon runs.
func (db *DB) CheckIdle(ctx context.Context) error {
	if err := db.Nodes().ReclaimDead(ctx); err != nil {
		return err
	}
	busy, err := get[bool](ctx, db.reader, `SELECT EXISTS (SELECT 1 FROM chunks WHERE done = 0 AND lease > `+db.clock()+`)
		OR EXISTS (SELECT 1 FROM duties WHERE till > `+db.clock()+`)`)
	if err != nil {
		return fmt.Errorf("look who uses the database: %w", explain(err))
	}
	if busy {
		return ErrInUse
	}
	return nil
}

// beginCopy marks a database that is empty, or was marked by the same copy.
func (db *DB) beginCopy(ctx context.Context, instance string) error {
	return db.write(ctx, "begin a copy", func(tx *sql.Tx) error {
		var mark string
		var used bool
		err := tx.QueryRowContext(ctx, `SELECT COALESCE((SELECT value FROM settings WHERE name = $1), ''),
			EXISTS (SELECT 1 FROM settings) OR EXISTS (SELECT 1 FROM contacts) OR EXISTS (SELECT 1 FROM bulletins)`, copyOfSetting).Scan(&mark, &used)
		if err != nil {
			return err
		}
		if mark != instance && used {
			return ErrNotEmpty
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, copyOfSetting, instance)
		if err != nil {
			return err
		}
		return insertHold(ctx, tx, HeldCopy)
	})
}

// endCopy has the words of bulletins collected anew and takes the mark away.
func (db *DB) endCopy(ctx context.Context) error {
	err := db.write(ctx, "end a copy", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE counters SET value = 0 WHERE name = 'shelved'`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM settings WHERE name = $1`, copyOfSetting)
		return err
	})
	if err != nil || !db.postgres {
		return err
	}
	_, err = db.writer.ExecContext(ctx, `ANALYZE`)
	return explain(err)
}
