package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The generation is a number that only rises: with each start of a program
// that mails and with each edition. It stands in the database and in a file of
// the data directory, so that an older database, which would mail editions once
// more, is known by being behind the file.

// generationFile is its name in the data directory.
const generationFile = "generation"

// homeSetting is the setting that names the PostgreSQL database that the rows were
// written in: the same rows in another one are a copy.
const homeSetting = "home"

// BeginMailing raises the generation for a program that will mail, and tells
// whether mailing is held. It is from now on where the database is not the one
// that this machine knows: an older one, a backup, a copy.
func (v Nodes) BeginMailing(ctx context.Context) (why HoldReason, err error) {
	lock, err := v.db.lockGeneration()
	if err != nil {
		return why, err
	}
	defer lock.Close()
	seen, known, err := v.db.readGeneration() // before the database's, which only rises
	if err != nil {
		return why, err
	}
	here, err := v.db.databaseIdentity(ctx)
	if err != nil {
		return why, err
	}
	var now int64
	err = v.db.write(ctx, "begin a generation", func(tx *sql.Tx) error {
		var was string
		err := tx.QueryRowContext(ctx, `SELECT value, COALESCE((SELECT value FROM settings WHERE name = $1), '')
			FROM counters WHERE name = 'generation'`, homeSetting).Scan(&now, &was)
		if err != nil {
			return err
		}
		if err := holdIfCopy(ctx, tx, now, seen, known || v.db.postgres, was != "" && was != here); err != nil {
			return err
		}
		now = max(now, seen) + 1
		if _, err := tx.ExecContext(ctx, `UPDATE counters SET value = $1 WHERE name = 'generation'`, now); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, homeSetting, here)
		if err != nil {
			return err
		}
		why, err = v.db.readHold(ctx, tx)
		return err
	})
	if err != nil {
		return why, err
	}
	return why, v.db.writeGeneration(now)
}

// holdIfCopy holds mailing where the database is at generation now and the file
// has seen another; known says that there should be, or is, a file.
func holdIfCopy(ctx context.Context, tx *sql.Tx, now, seen int64, known, moved bool) error {
	switch {
	case now < seen:
		return insertHold(ctx, tx, HeldRestored)
	case moved, !known && now > 0:
		return insertHold(ctx, tx, HeldCopy)
	}
	return nil
}

func (db *DB) readHold(ctx context.Context, tx *sql.Tx) (why HoldReason, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COALESCE((SELECT value FROM settings WHERE name = $1), '')`, heldSetting).Scan(&why)
	return why, err
}

// RecordGeneration keeps in the file what the database is at. It is called now
// and then by who runs for long: other nodes raise it too.
func (v Nodes) RecordGeneration(ctx context.Context) error {
	now, err := get[int64](ctx, v.db.reader, `SELECT value FROM counters WHERE name = 'generation'`)
	if err != nil {
		return fmt.Errorf("look up the generation: %w", explain(err))
	}
	lock, err := v.db.lockGeneration()
	if err != nil {
		return err
	}
	defer lock.Close()
	return v.db.writeGeneration(now)
}

// databaseIdentity names the database itself, by what a dump of it does not carry.
// A SQLite file is known by the file beside it.
func (db *DB) databaseIdentity(ctx context.Context) (string, error) {
	if !db.postgres {
		return "", nil
	}
	var database, system string
	err := db.reader.QueryRowContext(ctx, `SELECT oid::TEXT FROM pg_database WHERE datname = current_database()`).Scan(&database)
	if err != nil {
		return "", fmt.Errorf("look which database this is: %w", explain(err))
	}
	// Some providers do not let everybody ask: then the first part is missing.
	if err := db.reader.QueryRowContext(ctx, `SELECT system_identifier::TEXT FROM pg_control_system()`).Scan(&system); err != nil {
		system = ""
	}
	return system + "/" + database, nil
}

func (db *DB) readGeneration() (n int64, known bool, err error) {
	path := filepath.Join(db.dir, generationFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read generation: %w", err)
	}
	n, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, false, fmt.Errorf("read generation: %s holds no number: remove it, and mailing is held until you say `bantin deliveries resume`", path)
	}
	return n, true, nil
}

// lockGeneration keeps other processes of this machine from raising the one
// and reading the other between two steps of ours.
func (db *DB) lockGeneration() (*FileLock, error) {
	lock, err := LockFile(filepath.Join(db.dir, generationFile+".lock"), 10*time.Second)
	return lock, wrap(err, "keep generation")
}

// writeGeneration writes the file, whole or not at all, by who has the lock. It
// never goes back.
func (db *DB) writeGeneration(n int64) (err error) {
	path := filepath.Join(db.dir, generationFile)
	if seen, _, err := db.readGeneration(); err != nil || seen >= n {
		return err
	}
	if err := os.WriteFile(path+".new", []byte(strconv.FormatInt(n, 10)+"\n"), 0o640); err != nil {
		return fmt.Errorf("keep generation: %w", err)
	}
	if err := syncFile(path + ".new"); err != nil {
		return fmt.Errorf("keep generation: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("keep generation: %w", err)
	}
	return syncFile(db.dir)
}
