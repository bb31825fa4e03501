package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// keepPrivate makes the database of a path a file that its owner alone may read: it has
// addresses and the secret of links. A group that was given leave to write keeps it, as
// where a mail server's pipe runs `bantin bounce receive`. SQLite gives the files beside
// it the same mode. A file of somebody else's stays as it is, which `bantin doctor` tells.
func keepPrivate(path string, create bool) error {
	if create {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if errors.Is(err, fs.ErrPermission) {
			return nil // opening it says so, in the words of the database
		}
		if err != nil {
			return fmt.Errorf("make database: %w", err)
		}
		if err := f.Close(); err != nil {
			return fmt.Errorf("make database: %w", err)
		}
	}
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(file)
		if err != nil {
			continue // there is none yet
		}
		mode := info.Mode().Perm()
		private := mode &^ 0o007
		if mode&0o020 == 0 {
			private = mode &^ 0o077
		}
		if private == mode {
			continue
		}
		_ = os.Chmod(file, private) // not ours, or on a disk that is read only: nothing is worse than before
	}
	return nil
}
