package store

import (
	"context"
	"os"
	"testing"
	"time"

	"bantin/internal/pgtest"
	"bantin/internal/sqlitetest"
)

var postgres = pgtest.Server{Prepare: func(url string) error {
	dir, err := os.MkdirTemp("", "bantin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return migrateIn(dir, url)
}}

// migrated is what a test's database begins as.
var migrated = sqlitetest.Template{Prepare: func(dir string) error { return migrateIn(dir, "") }}

func migrateIn(dir, url string) error {
	db, err := Open(context.Background(), dir, Options{URL: url})
	if err != nil {
		return err
	}
	return db.Close()
}

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

// clock is a time that tests set.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// eachDatabase runs a test on SQLite and on PostgreSQL: what the store promises
// holds on both.
func eachDatabase(t *testing.T, test func(t *testing.T, db *DB, clock *clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		db, clock := open(t)
		test(t, db, clock)
	})
	t.Run("postgres", func(t *testing.T) {
		db, clock := openAt(t, t.TempDir(), postgres.Database(t))
		test(t, db, clock)
	})
}

// open gives a fresh SQLite database.
func open(t *testing.T) (*DB, *clock) {
	t.Helper()
	return openAt(t, migrated.Dir(t), "")
}

func openAt(t *testing.T, dir, url string) (*DB, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	db, err := Open(t.Context(), dir, Options{URL: url, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, c
}
