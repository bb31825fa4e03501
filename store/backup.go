package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes a copy of the database to the file, whole or not at all,
// while other processes read and write. A file that is there is kept and an
// error.
func (db *DB) Backup(ctx context.Context, file string) error {
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
	if err := syncFile(tmp.Name()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	if err := os.Link(tmp.Name(), file); err != nil { // unlike a rename it never replaces
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return syncFile(filepath.Dir(file))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
