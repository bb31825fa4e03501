package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// filled is a database with something of all that hangs together.
func filled(t *testing.T, db *DB, clock *clock) bantin.Edition {
	t.Helper()
	people(t, db, bantin.LevelProvince, "a@example.org", "b@example.org", "xoa@example.org")
	if err := db.Contacts().Erase(t.Context(), "xoa@example.org", []byte("khóa")); err != nil {
		t.Fatal(err)
	}
	arrive(t, db, tin("a.md", "Phú Thọ"), tin("b.md", "Hà Giang, “chữ” có dấu\x00 và ký tự lạ"))
	arrive(t, db, tin("a.md", "Phú Thọ tổng kết"))
	if _, err := db.Bulletins().Hold(t.Context(), "van-phong-b", "chờ xem lại"); err != nil {
		t.Fatal(err)
	}
	begin(t, db, NotHeld)
	if _, err := db.Secret(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A refusal, of which no message is kept.
	a, err := db.Contacts().Get(t.Context(), "a@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Returns().Store(t.Context(), Return{Message: "m", At: clock.t, Contact: a.Key, Kind: "soft", Done: DoneNoted}, ReturnAction{}); err != nil {
		t.Fatal(err)
	}
	e := makeEdition(t, db, clock.t, 10)
	for _, what := range []string{"Phú Thọ", "Đắk Lắk"} {
		if _, err := db.Segments().Archive(e.Row).Store(t.Context(), letter(what)); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, db, `UPDATE deliveries SET segment = 2 WHERE contact = 1`)
	exec(t, db, `UPDATE deliveries SET segment = -1 WHERE contact = 2`)
	return e
}

// An installation moves from SQLite to PostgreSQL and back, and nothing of it
// is lost; what was copied mails nothing until a person says so.
func TestCopy(t *testing.T) {
	db, clock := open(t)
	e := filled(t, db, clock)
	shared, _ := openAt(t, t.TempDir(), postgres.Database(t))
	back, _ := open(t)
	for _, step := range []struct{ from, to *DB }{{db, shared}, {shared, back}} {
		checked := 0
		err := step.from.CopyTo(t.Context(), step.to, func(p CopyProgress) {
			if p.Checked {
				checked++
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if checked < 15 {
			t.Errorf("only %d tables were compared", checked)
		}
		begin(t, step.to, HeldCopy)
		if _, err := step.to.Deliveries().ResumeAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin(t, step.to, NotHeld)
		begin(t, step.from, NotHeld)
	}
	for name, copied := range map[string]*DB{"on PostgreSQL": shared, "and back": back} {
		got, err := copied.Editions().Get(t.Context(), e.ID)
		if d := cmp.Diff(e, got); err != nil || d != "" {
			t.Errorf("%s: %v, edition (-want +got)\n%s", name, err, d)
		}
		if got := segment(t, copied, e.Row, 2, 0); string(got) != string(letter("Đắk Lắk")) {
			t.Errorf("%s: a message reads %s", name, got[len(got)-40:])
		}
		if d, err := copied.Deliveries().ToAddress(t.Context(), e.Row, "b@example.org"); err != nil || d.Segment != OwnMessage {
			t.Errorf("%s: the segment of a delivery is %d, %v", name, d.Segment, err)
		}
		want, err := db.Secret(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if secret, err := copied.Secret(t.Context()); err != nil || string(secret) != string(want) {
			t.Errorf("%s: another secret, %v", name, err)
		}
		// A number of somebody who was erased is given to nobody else.
		people(t, copied, bantin.LevelProvince, "moi@example.org")
		c, err := copied.Contacts().Get(t.Context(), "moi@example.org")
		if err != nil || c.ID != 4 {
			t.Errorf("%s: contact %d, %v", name, c.ID, err)
		}
		if o := arrive(t, copied, tin("c.md", "Sơn La")); o[0].Kind != Added {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestCopyGoesOn(t *testing.T) {
	db, clock := open(t)
	filled(t, db, clock)
	to, _ := openAt(t, t.TempDir(), postgres.Database(t))
	ctx, cancel := context.WithCancel(t.Context())
	err := db.CopyTo(ctx, to, func(p CopyProgress) {
		if p.Table == "contacts" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	other, _ := open(t)
	if err := other.CopyTo(t.Context(), to, func(CopyProgress) {}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("another installation is copied into it: %v", err)
	}
	// Meanwhile the source has changed in a table that was copied already.
	exec(t, db, `UPDATE contacts SET name = 'Trần Thị Bình' WHERE email = 'a@example.org'`)
	if err := db.CopyTo(t.Context(), to, func(CopyProgress) {}); err != nil {
		t.Fatal(err)
	}
	if c, err := to.Contacts().Get(t.Context(), "a@example.org"); err != nil || c.Name != "Trần Thị Bình" {
		t.Errorf("%+v, %v", c, err)
	}
	if err := db.CopyTo(t.Context(), to, func(CopyProgress) {}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("a second copy over the first: %v", err)
	}
}

func TestCopyWaitsForSenders(t *testing.T) { eachDatabase(t, testCopyWaitsForSenders) }

func testCopyWaitsForSenders(t *testing.T, db *DB, clock *clock) {
	e := filled(t, db, clock)
	node, err := db.Nodes().Register()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := db.Deliveries().Claim(t.Context(), e.Row, node.Name, time.Minute); err != nil || !ok {
		t.Fatal(ok, err)
	}
	to, _ := open(t)
	if err := db.CopyTo(t.Context(), to, func(CopyProgress) {}); !errors.Is(err, ErrInUse) {
		t.Errorf("copied while somebody sends: %v", err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.CopyTo(t.Context(), to, func(CopyProgress) {}); err != nil {
		t.Error(err)
	}
}
