//go:build unix

package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// The database is for its owner alone, one of an older program too, in a folder that was
// there before. What was given to a group stays given.
func TestDatabaseIsPrivate(t *testing.T) {
	for was, want := range map[fs.FileMode]fs.FileMode{0: 0o600, 0o644: 0o600, 0o640: 0o600, 0o666: 0o660, 0o660: 0o660} {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, File)
		if was != 0 {
			db, _ := openAt(t, dir, "")
			for _, name := range []string{file, file + "-wal", file + "-shm"} {
				if err := os.Chmod(name, was); err != nil {
					t.Fatal(err)
				}
			}
			_ = db // it stays open, as a daemon's does beside a command
		}
		openAt(t, dir, "")
		for _, name := range []string{file, file + "-wal", file + "-shm"} {
			info, err := os.Stat(name)
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("%s was %04o and is %v, %v; want %04o", filepath.Base(name), was, info.Mode(), err, want)
			}
		}
	}
}
