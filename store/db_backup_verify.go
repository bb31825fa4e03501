package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// checksumSuffix ends the name of the file beside a backup that has its checksum, as
// sha256sum writes it.
const checksumSuffix = ".sha256"

// ErrBackupDamaged says that a backup is not what was written, or no backup at all.
var ErrBackupDamaged = errors.New("the backup is damaged: take an older one")

// BackupInfo is what a backup holds.
type BackupInfo struct {
	File       string    `json:"file"`
	Made       time.Time `json:"made,omitzero"` // zero: by an older program
	Checksum   bool      `json:"checksum"`      // it has one, which fits
	Instance   string    `json:"-"`             // the installation that it is of
	Schema     int64     `json:"schema"`
	Contacts   int64     `json:"contacts"`
	Bulletins  int64     `json:"bulletins"`
	Editions   int64     `json:"editions"`
	Generation int64     `json:"-"`
}

// VerifyBackup checks a backup against its checksum and reads it through. It changes
// nothing. ErrBackupDamaged where it cannot be used; ErrNewer where a newer program has
// written it.
func VerifyBackup(ctx context.Context, file string) (b BackupInfo, err error) {
	return verifyBackup(ctx, file, false)
}

// verifyBackup is VerifyBackup. trusted: a backup with a fitting checksum is not read
// through again; Backup did that before it wrote the checksum.
func verifyBackup(ctx context.Context, file string, trusted bool) (b BackupInfo, err error) {
	b.File = file
	if b.Checksum, err = checkSum(ctx, file); err != nil {
		return b, fmt.Errorf("verify backup %s: %w", file, err)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return b, fmt.Errorf("verify backup %s: %w", file, err)
	}
	defer db.Close()
	if !trusted || !b.Checksum {
		err = readThrough(ctx, db)
	}
	if err == nil {
		err = b.read(ctx, db)
	}
	return b, wrap(err, "verify backup %s", file)
}

// readThrough looks at every page and every index.
func readThrough(ctx context.Context, db *sql.DB) error {
	found, err := collectColumn[string](ctx, db, `PRAGMA integrity_check(3)`)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w (%w)", ErrBackupDamaged, err)
	}
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("%w (%s)", ErrBackupDamaged, strings.Join(found, "; "))
	}
	return nil
}

// read counts what a backup holds.
func (b *BackupInfo) read(ctx context.Context, db *sql.DB) error {
	if err := db.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&b.Schema); err != nil {
		return fmt.Errorf("%w (it is no database of bantin: %w)", ErrBackupDamaged, err)
	}
	known, err := knownSchema()
	if err != nil {
		return err
	}
	if err := newer(b.Schema, known); err != nil {
		return err
	}
	var made string
	err = db.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM contacts), (SELECT COUNT(*) FROM bulletins), (SELECT COUNT(*) FROM editions),
		COALESCE((SELECT value FROM settings WHERE name = $1), ''), COALESCE((SELECT value FROM settings WHERE name = 'instance'), ''),
		COALESCE((SELECT value FROM counters WHERE name = 'generation'), 0)`, backupSetting).
		Scan(&b.Contacts, &b.Bulletins, &b.Editions, &made, &b.Instance, &b.Generation)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrBackupDamaged, err)
	}
	if ms, err := strconv.ParseInt(made, 10, 64); err == nil {
		b.Made = fromMillis(ms)
	}
	return nil
}

// isEmpty reports whether there is nothing in a backup that would be missed.
func (b *BackupInfo) isEmpty() bool { return b.Contacts+b.Bulletins+b.Editions == 0 }

// checkSum compares a file with its checksum; has is false where there is none.
func checkSum(ctx context.Context, file string) (has bool, err error) {
	sum, err := sumOf(ctx, file)
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(file + checksumSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	want, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if !strings.EqualFold(want, sum) {
		return true, fmt.Errorf("%w (its checksum is another than %s says)", ErrBackupDamaged, filepath.Base(file+checksumSuffix))
	}
	return true, nil
}

func sumOf(ctx context.Context, file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, untilDone{ctx, f}); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// writeSum writes the checksum that a file will have under its name.
func writeSum(ctx context.Context, tmp, file string) error {
	sum, err := sumOf(ctx, tmp)
	if err != nil {
		return err
	}
	name := file + checksumSuffix
	if err := os.WriteFile(name+".new", []byte(sum+"  "+filepath.Base(file)+"\n"), 0o600); err != nil {
		return err
	}
	if err := errors.Join(syncFile(name+".new"), os.Rename(name+".new", name)); err != nil {
		return errors.Join(err, os.Remove(name+".new"))
	}
	return nil
}

// untilDone reads until its context ends.
type untilDone struct {
	ctx context.Context
	io.Reader
}

func (r untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
