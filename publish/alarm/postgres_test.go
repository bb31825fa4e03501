package alarm

import (
	"os"
	"testing"

	"bantin/internal/officetest"
)

func TestMain(m *testing.M) { os.Exit(officetest.Main(m)) }

func TestOnPostgres(t *testing.T) { officetest.RunOnPostgres(t) }
