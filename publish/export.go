package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Export writes every document of the feeds, archives included, below dir,
// each whole or not at all, and touches only what differs. It tells how many
// there are and how many it wrote.
func Export(ctx context.Context, feeds *Feeds, dir string) (all, written int, err error) {
	for path, document := range feeds.Documents(ctx) {
		if document.err != nil {
			return all, written, fmt.Errorf("export: %w", document.err)
		}
		all++
		file := filepath.Join(dir, filepath.FromSlash(path))
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, document.Body) {
			continue
		}
		if err := writeWhole(file, document.Body); err != nil {
			return all, written, fmt.Errorf("export %s: %w", path, err)
		}
		written++
	}
	return all, written, nil
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
