package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bantin/feed"
)

// Export writes every document of the library below dir, each whole or not at
// all, and touches only what differs. It tells how many it wrote.
func Export(ctx context.Context, library *feed.Library, dir string) (written int, err error) {
	for _, path := range library.Paths() {
		if err := ctx.Err(); err != nil {
			return written, err
		}
		file := filepath.Join(dir, filepath.FromSlash(path))
		body := library.Get(path).Body
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, body) {
			continue
		}
		if err := writeWhole(file, body); err != nil {
			return written, fmt.Errorf("export %s: %w", path, err)
		}
		written++
	}
	return written, nil
}

// writeWhole writes a file that others read: whole or not at all.
func writeWhole(file string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // after the rename it is gone
	_, err = tmp.Write(body)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}
