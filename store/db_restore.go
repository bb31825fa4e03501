package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Prepare brings into a restored database what is known of the time since, before it takes
// its place.
type Prepare func(ctx context.Context, db *DB, backup BackupInfo) error

// RestoreResult is what a restore has done.
type RestoreResult struct {
	Backup BackupInfo
	Kept   string // where the database of before is now; "" where there was none
}

// Restore puts a backup in the place of the database of a data directory, where all
// mailing is held from then on. The backup is verified first (read through, unless its
// checksum fits) and brought up to date aside, so that a failure at any point leaves the
// database as it was. That one is kept beside it. No daemon may run, which the lock sees
// to, and no other program use the database. prepare may be nil; where it fails nothing is
// restored.
func Restore(ctx context.Context, dir, file string, prepare Prepare) (r RestoreResult, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return r, fmt.Errorf("make data directory: %w", err)
	}
	lock, err := lockDaemon(dir, fmt.Sprintf("pid %d, bantin restore", os.Getpid()))
	if err != nil {
		return r, err
	}
	defer lock.Close()
	if r.Backup, err = verifyBackup(ctx, file, true); err != nil {
		return r, err
	}
	aside, err := os.MkdirTemp(dir, ".restore-*")
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	defer os.RemoveAll(aside)
	if err := prepareRestored(ctx, aside, r.Backup, prepare); err != nil {
		return r, fmt.Errorf("restore %s: %w", file, err)
	}
	if r.Kept, err = replaceDatabase(ctx, dir, aside); err != nil {
		return r, fmt.Errorf("restore %s: %w", file, err)
	}
	return r, nil
}

// prepareRestored copies a backup into a folder, brings it up to date and holds all
// mailing.
func prepareRestored(ctx context.Context, aside string, backup BackupInfo, prepare Prepare) error {
	path := filepath.Join(aside, File)
	if err := copyFile(ctx, backup.File, path); err != nil {
		return err
	}
	db, err := Open(ctx, aside, Options{})
	if err != nil {
		return err
	}
	err = db.Deliveries().HoldAll(ctx, HeldRestored)
	if err == nil && prepare != nil {
		err = prepare(ctx, db, backup)
	}
	if err == nil {
		err = oneFile(ctx, db.writer, db.reader)
	}
	return errors.Join(err, db.Close(), syncFile(path))
}

// oneFile has a database stand in one file alone, which fails where another program has it
// open. The readers are closed.
func oneFile(ctx context.Context, writer, reader *sql.DB) error {
	if reader != nil {
		if err := reader.Close(); err != nil {
			return err
		}
	}
	mode, err := get[string](ctx, writer, `PRAGMA journal_mode = DELETE`)
	if err != nil {
		return explain(err)
	}
	if mode != "delete" {
		return ErrLocked
	}
	return nil
}

// replaceDatabase puts the database of the folder aside in the place of that of dir. There
// is one at any moment. The files beside the old one go with it: they must never meet
// another database.
func replaceDatabase(ctx context.Context, dir, aside string) (kept string, err error) {
	path := filepath.Join(dir, File)
	if _, err := os.Stat(path); err == nil {
		kept = unused(path + ".before-" + time.Now().UTC().Format("20060102T150405"))
		if err := putAway(ctx, path, kept); err != nil {
			return "", err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Rename(filepath.Join(aside, File), path); err != nil {
		return "", err
	}
	return kept, syncFile(dir)
}

// unused is a name that no file has: that one, or with a number behind it. The lock keeps
// others from taking it.
func unused(name string) string {
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// putAway gives a database a second name. One that other programs use is ErrInUse; one that
// is damaged is put away with the files beside it.
func putAway(ctx context.Context, path, kept string) error {
	old, err := connectSQLite(path, 1, "_txlock=immediate")
	if err != nil {
		return err
	}
	_, err = old.ExecContext(ctx, `PRAGMA busy_timeout = 2000`)
	if err == nil {
		err = oneFile(ctx, old, nil)
	}
	err = errors.Join(err, old.Close())
	if errors.Is(err, ErrLocked) || ctx.Err() != nil {
		return errors.Join(ErrInUse, err)
	}
	if err := os.Link(path, kept); err != nil {
		return err
	}
	for _, beside := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+beside, kept+beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, untilDone{ctx, in})
	return errors.Join(err, out.Sync(), out.Close())
}
