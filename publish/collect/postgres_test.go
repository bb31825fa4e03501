package collect

import (
	"os"
	"testing"

	"bantin/internal/officetest"
)

// TestMain turns the test binary into the other processes of a benchmark.
func TestMain(m *testing.M) {
	if kind := os.Getenv("BANTIN_BENCH"); kind != "" {
		runImport(kind)
		return
	}
	os.Exit(officetest.Main(m))
}

func TestOnPostgres(t *testing.T) { officetest.RunOnPostgres(t) }
