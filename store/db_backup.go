package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// ErrNotSQLite says that a database of another kind is backed up by its own
// tools.
var ErrNotSQLite = errors.New("this command copies SQLite; back PostgreSQL up with its own tools (pg_dump, pg_basebackup)")

// Backup writes a copy of the database to the file, whole or not at all,
// while other processes read and write. A file that is there is kept and an
// error. A program that opens the copy holds all mailing until a person resumes it.
func (db *DB) Backup(ctx context.Context, file string) error {
	if db.postgres {
		return fmt.Errorf("back up: %w", ErrNotSQLite)
	}
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("back up to %s: %w: choose another name", file, os.ErrExist)
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
	if err := markCopy(ctx, tmp.Name()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, explain(err))
	}
	if err := syncFile(tmp.Name()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	if err := os.Link(tmp.Name(), file); err != nil { // unlike a rename it never replaces
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return syncFile(filepath.Dir(file))
}

// markCopy makes a program that opens the file hold all mailing first: the
// database that it was made from may live on.
func markCopy(ctx context.Context, file string) error {
	copied, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath())
	if err != nil {
		return err
	}
	_, err = copied.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, heldSetting, string(HeldCopy))
	return errors.Join(err, copied.Close())
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
