package publish

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"bantin/internal/pgtest"
	"bantin/store"
)

var postgres = pgtest.Server{Prepare: func(url string) error {
	dir, err := os.MkdirTemp("", "bantin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := store.Open(context.Background(), dir, store.Options{URL: url})
	if err != nil {
		return err
	}
	return db.Close()
}}

// onPostgres is set where the tests of this package run on PostgreSQL.
const onPostgres = "BANTIN_TEST_POSTGRES"

// DatabaseOf gives the address of the database of a test; "" is SQLite.
func DatabaseOf(t testing.TB) string {
	t.Helper()
	if os.Getenv(onPostgres) == "" {
		return ""
	}
	return postgres.Database(t)
}

// TestOnPostgres runs all other tests of this package once more: whatever the
// journeys promise holds on both databases.
func TestOnPostgres(t *testing.T) {
	if os.Getenv(onPostgres) != "" {
		return // this is that run
	}
	t.Parallel()
	postgres.Database(t) // skips where there is no PostgreSQL
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.timeout=15m", "-test.skip=^Fuzz")
	c.Env = append(os.Environ(), onPostgres+"=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.TrimSpace(string(out)))
	}
}
