package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// The list that brought somebody is told after they were merged into another.
func TestRecordOfJoined(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		ctx, wide := t.Context(), RequestLimits{}
		importAll(t, db, "cũ.csv", []bantin.Contact{{Email: "cu@example.org"}})
		importAll(t, db, "mới.csv", []bantin.Contact{{Email: "moi@example.org"}})
		moved, err := db.Contacts().Get(ctx, "cu@example.org")
		fine(t, err)
		fine(t, db.Contacts().RequestAddressChange(ctx, "m", moved.Key, "moi@example.org", clock.t.Add(time.Hour), "vi", wide))
		fine(t, db.Contacts().ChangeAddress(ctx, "m", []byte("bí mật")))
		record, err := db.Contacts().Audit(ctx, "moi@example.org")
		fine(t, err)
		var files []string
		for _, e := range record {
			if e.What == bantin.AuditAdded {
				files = append(files, e.File+" "+e.Who)
			}
		}
		if diff := cmp.Diff([]string{"cũ.csv lan", "mới.csv lan"}, files); diff != "" {
			t.Errorf("lists that brought them (-want +got)\n%s", diff)
		}
	})
}

// What happened to a contact is told in its order, and goes with them.
func TestRecord(t *testing.T) {
	eachDatabase(t, record)
}

func record(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	add := func(c bantin.Contact) {
		t.Helper()
		clock.t = clock.t.Add(time.Minute)
		if _, err := db.Imports().Apply(ctx, []bantin.Contact{c}, bantin.OriginOffice, []byte("khóa"), false); err != nil {
			t.Fatal(err)
		}
	}
	add(bantin.Contact{Email: "anh@example.org", Name: "Nguyễn Thị Anh"})
	add(bantin.Contact{Email: "anh@example.org", Name: "Nguyễn Thị Ánh", Place: "phu-tho"})
	c, err := db.Contacts().Get(ctx, "anh@example.org")
	if err != nil {
		t.Fatal(err)
	}
	clock.t = clock.t.Add(time.Minute)
	if err := db.Contacts().Unsubscribe(ctx, c.Key, "hang-tuan", clock.t); err != nil {
		t.Fatal(err)
	}
	clock.t = clock.t.Add(time.Minute)
	if _, err := db.Suppressions().Add(ctx, c.Email, "hộp thư không còn", clock.t); err != nil {
		t.Fatal(err)
	}
	clock.t = clock.t.Add(time.Minute)
	if err := db.Suppressions().Remove(ctx, c.Email); err != nil {
		t.Fatal(err)
	}
	record, err := db.Contacts().Audit(ctx, "Anh@Example.org")
	if err != nil {
		t.Fatal(err)
	}
	for i := range record {
		record[i].At = time.Time{}
	}
	want := []bantin.AuditEntry{
		{What: bantin.AuditAdded, By: bantin.ByOffice},
		{What: bantin.AuditChanged, By: bantin.ByOffice,
			Before: map[string]string{"name": "Nguyễn Thị Anh", "place": ""}, After: map[string]string{"name": "Nguyễn Thị Ánh", "place": "phu-tho"}},
		{What: bantin.AuditUnsubscribed, By: bantin.ByContact, Digest: "hang-tuan"},
		{What: bantin.AuditSuppressed, By: bantin.ByOffice, Note: "hộp thư không còn"},
		{What: bantin.AuditUnsuppressed, By: bantin.ByOffice},
	}
	if diff := cmp.Diff(want, record); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := db.Contacts().Erase(ctx, "anh@example.org", []byte("khóa")); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Contacts().Audit(ctx, "anh@example.org"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("they are still on record: %v", err)
	}
	var left int
	if err := db.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM record`).Scan(&left); err != nil || left > 0 {
		t.Errorf("%d entries are left: %v", left, err)
	}
}
