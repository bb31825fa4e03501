// Package sqlitetest gives tests SQLite databases whose schema is up to date: the
// migrations run once in a test binary, and each test begins with a copy of the file.
// Making all tables anew takes longer than most tests do, and ten times that under
// the race detector:
//
//	var migrated = sqlitetest.Template{Prepare: func(dir string) error { … }}
//
//	func TestIt(t *testing.T) { db, err := store.Open(t.Context(), migrated.Dir(t), store.Options{}) … }
//
// The store still opens the copy as it opens any database. What speaks of a first start
// or of migrations begins with an empty directory.
package sqlitetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Template is a database that others begin with. It is made when it is first used.
type Template struct {
	Prepare func(dir string) error // makes it in an empty directory, and closes it

	once   sync.Once
	failed error
	files  map[string][]byte // by name: what Prepare left
}

// Dir returns a new directory with a copy, which is removed after the test.
func (p *Template) Dir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := p.Put(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Put writes a copy into a directory, which is made where it is missing.
func (p *Template) Put(dir string) error {
	p.once.Do(func() { p.failed = p.make() })
	if p.failed != nil {
		return p.failed
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	for name, data := range p.files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (p *Template) make() error {
	dir, err := os.MkdirTemp("", "bantin-sqlite-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := p.Prepare(dir); err != nil {
		return fmt.Errorf("prepare a database: %w", err)
	}
	entries, err := os.ReadDir(dir)
	p.files = map[string][]byte{}
	for _, e := range entries {
		data, unread := os.ReadFile(filepath.Join(dir, e.Name()))
		p.files[e.Name()], err = data, errors.Join(err, unread)
	}
	return err
}
