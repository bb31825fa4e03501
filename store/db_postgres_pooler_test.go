package store

import (
	"testing"

	"bantin"
)

// Behind PgBouncer in session mode, which refuses most settings at the start of a
// connection, each session has them all the same.
func TestPooler(t *testing.T) {
	url := postgres.Pooler(t, postgres.Database(t))
	db, _ := openAt(t, t.TempDir(), url)
	if _, err := db.Imports().Apply(t.Context(), []bantin.Contact{{Email: "lan@example.org"}}, bantin.OriginOffice, nil, false); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Contacts().Get(t.Context(), "lan@example.org"); err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]string{"lock_timeout": "10s", "idle_in_transaction_session_timeout": "10s", "jit": "off", "TimeZone": "UTC", "application_name": "bantin", "default_transaction_read_only": "on"} {
		var got string
		if err := db.reader.QueryRowContext(t.Context(), `SELECT current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", setting, got, err, want)
		}
	}
	var readOnly string
	if err := db.writer.QueryRowContext(t.Context(), `SHOW default_transaction_read_only`).Scan(&readOnly); err != nil || readOnly != "off" {
		t.Errorf("writers are read-only: %q, %v", readOnly, err)
	}
}
