//go:build unix

package officetest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"bantin/internal/pgtest"
	"bantin/internal/sqlitetest"
	"bantin/store"
)

// Postgres is the PostgreSQL server of a test binary.
var Postgres = pgtest.Server{Prepare: func(url string) error {
	dir, err := os.MkdirTemp("", "bantin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return migrateIn(dir, url)
}}

// migrated is what the database of a test begins as.
var migrated = sqlitetest.Template{Prepare: func(dir string) error { return migrateIn(dir, "") }}

// DataDir returns a data directory of an installation that was started before: its
// database has all tables and nothing else.
func DataDir(t testing.TB) string {
	t.Helper()
	return migrated.Dir(t)
}

// FillDataDir makes a directory one of an installation that was started before.
func FillDataDir(dir string) error { return migrated.Put(dir) }

func migrateIn(dir, url string) error {
	db, err := store.Open(context.Background(), dir, store.Options{URL: url})
	if err != nil {
		return err
	}
	return db.Close()
}

// onPostgres is set where the tests of a package run on PostgreSQL.
const onPostgres = "BANTIN_TEST_POSTGRES"

// Main runs the tests of a binary and gives its exit status.
func Main(m *testing.M) int { return Postgres.Main(m) }

// Database gives the address of the database of a test; "" is SQLite.
func Database(t testing.TB) string {
	t.Helper()
	if os.Getenv(onPostgres) == "" {
		return ""
	}
	return Postgres.Database(t)
}

// RunOnPostgres runs all other tests of a package once more: whatever the
// journeys promise holds on both databases. The test that calls it is named
// TestOnPostgres.
func RunOnPostgres(t *testing.T) {
	t.Helper()
	if os.Getenv(onPostgres) != "" {
		return // this is that run
	}
	t.Parallel()
	Postgres.Database(t) // skips where there is no PostgreSQL
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.timeout=15m", "-test.skip=^Fuzz")
	c.Env = append(os.Environ(), onPostgres+"=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.TrimSpace(string(out)))
	}
}
