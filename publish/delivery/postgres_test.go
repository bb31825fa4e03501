package delivery

import (
	"testing"

	"bantin/internal/officetest"
)

func TestOnPostgres(t *testing.T) { officetest.RunOnPostgres(t) }
