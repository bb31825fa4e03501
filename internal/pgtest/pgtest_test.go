//go:build unix

package pgtest_test

import (
	"database/sql"
	"os"
	"testing"

	"bantin/internal/pgtest"
)

var postgres pgtest.Server

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

func TestServer(t *testing.T) {
	db, err := sql.Open("pgx", postgres.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sum int
	if err := db.QueryRow(`SELECT 40 + 2`).Scan(&sum); err != nil || sum != 42 {
		t.Fatalf("%d, %v", sum, err)
	}
	postgres.Restart(t, 0)
	for range 2 { // a connection of the pool may still be the one that was cut
		err = db.QueryRow(`SELECT 40 + 2`).Scan(&sum)
	}
	if err != nil {
		t.Fatal(err)
	}
}
