package store

import (
	"strings"
	"testing"

	"bantin"
)

// What contacts did is read as done by them also where an older version stored another word.
func TestDoneByTheContactBefore(t *testing.T) {
	db, _ := open(t)
	importAll(t, db, "danh sách.csv", []bantin.Contact{{Email: "mai@example.org", Name: "Trần Thị Mai"}})
	exec(t, db, `INSERT INTO record (contact, at, what, source, who, import, digest, note, fields) SELECT id, 0, 'unsubscribed', 'her', 'Mai', 0, '', '', '' FROM contacts`)
	migration, err := migrations.ReadFile("migrations/sqlite/00044_by_contact.sql")
	fine(t, err)
	up, _, _ := strings.Cut(string(migration), "-- +goose Down")
	exec(t, db, up)
	record, err := db.Contacts().Audit(t.Context(), "mai@example.org")
	fine(t, err)
	if len(record) != 2 || record[0].By != bantin.ByContact || record[0].Who != "Mai" {
		t.Errorf("%+v", record)
	}
}
