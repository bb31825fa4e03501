package store

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bantin"
)

// backupOf makes a database with one contact and gives a backup of it.
func backupOf(t *testing.T) (dir, backup string) {
	t.Helper()
	dir = migrated.Dir(t)
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Imports().Apply(t.Context(), []bantin.Contact{{Email: "lan@example.org"}}, bantin.OriginOffice, nil, false); err != nil {
		t.Fatal(err)
	}
	backup = filepath.Join(t.TempDir(), "sao-luu.db")
	if err := errors.Join(db.Backup(t.Context(), backup), db.Close()); err != nil {
		t.Fatal(err)
	}
	return dir, backup
}

// holds looks whom the database of a folder knows.
func holds(t *testing.T, dir string, want ...string) {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got []string
	for c, err := range db.Contacts().All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.Email)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the database knows %v, want %v", got, want)
	}
}

// What cannot be restored changes nothing, and leaves nothing behind.
func TestRestoreRefuses(t *testing.T) {
	dir, backup := backupOf(t)
	edit := func(query string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "sửa.db")
		if err := copyFile(t.Context(), backup, file); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return file
	}
	cut := filepath.Join(t.TempDir(), "cụt.db")
	text, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, text[:len(text)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file string
		want error
	}{
		"of a newer program": {edit(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`), ErrNewer},
		"cut":                {cut, ErrBackupDamaged},
		"no database":        {"db_restore_test.go", ErrBackupDamaged},
		"another database":   {edit(`DROP TABLE goose_db_version`), ErrBackupDamaged},
		"missing":            {filepath.Join(t.TempDir(), "không có"), fs.ErrNotExist},
	} {
		if _, err := Restore(t.Context(), dir, test.file, nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	lock, err := lockDaemon(dir, "bantin run")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), dir, backup, nil); !errors.As(err, new(*DataDirInUseError)) {
		t.Errorf("beside a daemon or another restore: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	command, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := command.RenewMark(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), dir, backup, nil); !errors.Is(err, ErrInUse) {
		t.Errorf("while a command uses the database: %v", err)
	}
	if err := command.Close(); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, "lan@example.org")
	left, err := filepath.Glob(filepath.Join(dir, "*before*"))
	aside, globErr := filepath.Glob(filepath.Join(dir, ".restore*"))
	if len(left)+len(aside) > 0 || err != nil || globErr != nil {
		t.Errorf("left behind: %v %v", left, aside)
	}
}

// A damaged database is put away with what stands beside it, and the restored one holds.
func TestRestoreOverDamage(t *testing.T) {
	dir, backup := backupOf(t)
	for name, text := range map[string]string{File: strings.Repeat("hỏng", 5000), File + "-wal": "hỏng", File + "-shm": "hỏng"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Restore(t.Context(), dir, backup, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(r.Kept); err != nil || !strings.HasPrefix(string(text), "hỏng") {
		t.Errorf("the damaged one is not kept: %v", err)
	}
	if r.Backup.Contacts != 1 || r.Backup.Made.IsZero() || !r.Backup.Checksum {
		t.Errorf("%+v", r.Backup)
	}
	holds(t, dir, "lan@example.org")
	db, _ := openAt(t, dir, "")
	if why, err := db.Deliveries().HoldReason(t.Context()); why == NotHeld || err != nil {
		t.Errorf("mailing is not held: %q, %v", why, err)
	}

	// On a machine that never had one.
	fresh := filepath.Join(t.TempDir(), "mới")
	if r, err := Restore(t.Context(), fresh, backup, nil); err != nil || r.Kept != "" {
		t.Errorf("%+v, %v", r, err)
	}
	holds(t, fresh, "lan@example.org")
}
