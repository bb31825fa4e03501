package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// ErrNotSQLite says that a database of another kind is backed up by its own
// tools.
var ErrNotSQLite = errors.New("this command copies SQLite; back PostgreSQL up with its own tools (pg_dump, pg_basebackup)")

// ErrNothingToBackUp says that there is nothing in the database, perhaps since its disk is
// not mounted: a backup of it would take the place of a good one.
var ErrNothingToBackUp = errors.New("there are no contacts, bulletins or editions in the database: is its disk mounted, is data the right folder?")

// backupSetting is the setting of a backup that says when it was made.
const backupSetting = "backup_made"

// Backup writes a copy of the database to the file, whole or not at all,
// while other processes read and write, and its checksum beside it. A file that is there is
// kept and an error. The copy is read through before it gets its name. A program that
// opens it holds all mailing until a person resumes it. A database without anything in it
// is ErrNothingToBackUp.
func (db *DB) Backup(ctx context.Context, file string) error {
	if db.postgres {
		return fmt.Errorf("back up: %w", ErrNotSQLite)
	}
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("back up to %s: %w: choose another name", file, os.ErrExist)
	}
	if _, err := db.Instance(ctx); err != nil { // a journal of the time to come names it
		return fmt.Errorf("back up: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".bantin-backup-*")
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer os.Remove(tmp.Name())
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	// VACUUM INTO takes an empty file and reads one snapshot; other processes
	// write on meanwhile.
	if _, err := db.writer.ExecContext(ctx, `VACUUM INTO $1`, tmp.Name()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, explain(err))
	}
	if err := markCopy(ctx, tmp.Name(), db.now()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, explain(err))
	}
	if err := syncFile(tmp.Name()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	switch b, err := VerifyBackup(ctx, tmp.Name()); {
	case err != nil:
		return fmt.Errorf("back up to %s: %w", file, err)
	case b.isEmpty():
		return fmt.Errorf("back up: %w", ErrNothingToBackUp)
	}
	if err := writeSum(ctx, tmp.Name(), file); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	if err := os.Link(tmp.Name(), file); err != nil { // unlike a rename it never replaces
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return syncFile(filepath.Dir(file))
}

// markCopy makes a program that opens the file hold all mailing first: the
// database that it was made from may live on.
func markCopy(ctx context.Context, file string, now time.Time) error {
	copied, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath())
	if err != nil {
		return err
	}
	_, err = copied.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, heldSetting, string(HeldCopy))
	if err == nil {
		_, err = copied.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			backupSetting, strconv.FormatInt(millis(now), 10))
	}
	return errors.Join(err, copied.Close())
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
