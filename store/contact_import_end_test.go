package store

import (
	"testing"

	"bantin"
)

// Who is ended has a change of the import on record, once; who came otherwise stays.
func TestEndContacts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ *clock) {
		ctx := t.Context()
		p := importAll(t, db, "ds", manyIn(3, "phu-tho"))
		_, err := db.Imports().Apply(ctx, []bantin.Contact{{Email: "tay@example.org"}}, bantin.OriginOffice, nil, false)
		fine(t, err)
		var ids []int64
		for c, err := range db.Contacts().All(ctx) {
			fine(t, err)
			ids = append(ids, c.ID)
		}
		for _, want := range []int{3, 0} {
			if n, err := db.Imports().End(ctx, ids, p.Number, "lan"); err != nil || n != want {
				t.Errorf("%d are ended, want %d: %v", n, want, err)
			}
		}
		c, err := db.Contacts().Get(ctx, "tay@example.org")
		fine(t, err)
		if c.Origin != bantin.OriginOffice {
			t.Errorf("who was added by hand is %q", c.Origin)
		}
	})
}
