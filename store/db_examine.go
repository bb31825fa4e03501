package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Version says what keeps the data.
type Version struct {
	Engine   string // such as SQLite 3.50.4
	Schema   int64
	ReadOnly bool // a standby
}

// Version asks the database what it is.
func (db *DB) Version(ctx context.Context) (Version, error) {
	v := Version{Schema: db.schema}
	var number string
	query := db.dialect(`SELECT sqlite_version(), 0`, `SELECT current_setting('server_version'), CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END`)
	if err := db.reader.QueryRowContext(ctx, query).Scan(&number, &v.ReadOnly); err != nil {
		return v, fmt.Errorf("ask the database for its version: %w", explain(err))
	}
	v.Engine = db.dialect("SQLite ", "PostgreSQL ") + number
	return v, nil
}

// markSetting is a random number that this database alone has: a copy of it gets another
// one at its first examination.
const markSetting = "mark"

// markLife is how long a mark is used.
const markLife = 10 * time.Minute

// Mark gives the mark of this database; "" for none.
func (db *DB) Mark(ctx context.Context) (string, error) {
	text, err := db.Setting(ctx, markSetting)
	mark, _, _ := strings.Cut(text, " ")
	return mark, err
}

// RenewMark gives the mark of this database and makes a new one where it is older than ten
// minutes, so that examinations at the same time see the same. One that cannot be renewed
// goes on.
func (db *DB) RenewMark(ctx context.Context) (mark string, err error) {
	text, err := db.Setting(ctx, markSetting)
	old, fresh := readMark(text, db.now())
	if err != nil || fresh {
		return old, err
	}
	err = db.write(ctx, "renew the mark", func(tx *sql.Tx) error {
		stored, err := get[string](ctx, tx, `SELECT COALESCE((SELECT value FROM settings WHERE name = $1), '')`, markSetting)
		if err != nil {
			return err
		}
		var fresh bool
		if mark, fresh = readMark(stored, db.now()); fresh {
			return nil
		}
		random := make([]byte, 16)
		rand.Read(random)
		mark = hex.EncodeToString(random)
		_, err = tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, markSetting, mark+" "+strconv.FormatInt(millis(db.now()), 10))
		return err
	})
	if err != nil && old != "" {
		return old, nil // a database that cannot be written has its last one
	}
	return mark, err
}

// readMark reads a stored mark and whether it is fresh. One from the future is not.
func readMark(text string, now time.Time) (mark string, fresh bool) {
	mark, at, _ := strings.Cut(text, " ")
	ms, err := strconv.ParseInt(at, 10, 64)
	return mark, err == nil && now.Sub(fromMillis(ms)).Abs() < markLife
}
