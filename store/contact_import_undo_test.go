package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// manyIn are contacts c0@… of one place.
func manyIn(n int, place string) []bantin.Contact {
	var list []bantin.Contact
	for i := range n {
		list = append(list, bantin.Contact{Email: fmt.Sprintf("c%d@example.org", i), Name: "Nguyễn Thị Ánh", Place: place})
	}
	return list
}

// importAll imports a list as publish does, in batches.
func importAll(t *testing.T, db *DB, list string, contacts []bantin.Contact) PastImport {
	t.Helper()
	n, err := db.Imports().Begin(t.Context(), ImportInfo{List: list, File: list, Who: "lan"})
	if err != nil {
		t.Fatal(err)
	}
	for len(contacts) > 0 {
		some := contacts[:min(700, len(contacts))]
		contacts = contacts[len(some):]
		if _, err := db.Imports().ApplyBatch(t.Context(), ImportBatch{Contacts: some, Origin: bantin.OriginImport, Import: n, Secret: []byte("khóa")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Imports().SetStatus(t.Context(), n, ImportDone); err != nil {
		t.Fatal(err)
	}
	p, err := db.Imports().Last(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Undoing an import of many batches takes back what it did and no more, also
// when it is stopped in the middle and called again.
func TestUndoImport(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ *clock) { undoImport(t, db) })
}

func undoImport(t *testing.T, db *DB) {
	ctx := t.Context()
	importAll(t, db, "cũ", manyIn(800, "phu-tho"))
	before := everyone(t, db)
	last := importAll(t, db, "mới", manyIn(2500, "hue"))
	touched := map[string]func(c bantin.Contact){
		"c900@example.org":  func(c bantin.Contact) { fine(t, db.Contacts().Unsubscribe(ctx, c.Key, "hang-tuan", time.Now())) },
		"c1900@example.org": func(c bantin.Contact) { exec(t, db, `UPDATE contacts SET own = '|name|' WHERE id = $1`, c.ID) },
		"c2400@example.org": func(c bantin.Contact) {
			exec(t, db, `INSERT INTO editions (digest, number, due, status, title, subject, max, audience, created_at) VALUES ('hang-tuan', 1, 0, 'done', '', '', 1, '', 0)`)
			exec(t, db, `INSERT INTO deliveries (edition, contact, address, name, place, language, why, status, attempts, next_attempt, updated_at, reply)
				VALUES (1, $1, '', '', '', 'vi', 'office', 'sent', 1, 0, 0, '')`, c.ID)
		},
		"c10@example.org": func(c bantin.Contact) { exec(t, db, `UPDATE contacts SET place = 'ha-noi' WHERE id = $1`, c.ID) },
	}
	for address, touch := range touched {
		c, err := db.Contacts().Get(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		touch(c)
	}
	stopped, stop := context.WithCancel(ctx)
	_, err := db.Imports().Undo(stopped, last, time.UTC, func(n int) {
		if n >= 1300 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the first try ended with %v", err)
	}
	again, err := db.Imports().LastToUndo(ctx)
	if err != nil || again.Status != ImportUndoing {
		t.Fatalf("it stands at %q: %v", again.Status, err)
	}
	done, err := db.Imports().Undo(ctx, again, time.UTC, func(int) {})
	if err != nil || done.Kept < 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	after := everyone(t, db)
	for _, address := range []string{"c900@example.org", "c1900@example.org", "c2400@example.org"} {
		if after[address] != "hue" {
			t.Errorf("%s was touched and is gone", address)
		}
		delete(after, address)
	}
	before["c10@example.org"] = "ha-noi" // changed since: that stays
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// An import that added nobody tells how many it put back, and how far it is.
func TestUndoCounts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ *clock) {
		importAll(t, db, "cũ", manyIn(3, "phu-tho"))
		told := 0
		done, err := db.Imports().Undo(t.Context(), importAll(t, db, "mới", manyIn(3, "hue")), time.UTC, func(contacts int) { told = contacts })
		if err != nil || done != (UndoResult{Restored: 3}) || told != 3 {
			t.Errorf("%+v, %v, progress %d", done, err, told)
		}
	})
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func everyone(t *testing.T, db *DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for c, err := range db.Contacts().All(t.Context()) {
		fine(t, err)
		all[c.Email] = c.Place
	}
	return all
}

// TestWhyIsWhatTheQuerySays says of each contact what the query of the audience does.
func TestWhyIsWhatTheQuerySays(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ *clock) { whyIsWhatTheQuerySays(t, db) })
}

func whyIsWhatTheQuerySays(t *testing.T, db *DB) {
	ctx := t.Context()
	contacts, turns := 400, 200
	if testing.Short() {
		contacts, turns = 120, 30
	}
	r := rand.New(rand.NewPCG(7, 5))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for i := range contacts {
		c := bantin.Contact{Email: fmt.Sprintf("c%d@example.org", i), Place: pick("", "phu-tho", "hue"), Level: bantin.Level(pick("", "province", "commune")),
			Language: bantin.Language(pick("", "vi", "en")), Tags: []string{pick("tây bắc", "A%", "Ab"), pick("x", "y_")}}
		_, err := db.Imports().Apply(ctx, []bantin.Contact{c}, bantin.Origin(pick("import", "office", "signup")), nil, false)
		fine(t, err)
		exec(t, db, `UPDATE contacts SET paused_until = $1 WHERE address_key = $2`, pick("", "", "2026-11-22", "2026-11-23", "2026-11-24"), c.Email)
		for _, digest := range []string{"hang-tuan", "hang-thang", ""} {
			if status := pick("", "", "pending", "active", "unsubscribed"); status != "" {
				exec(t, db, `INSERT INTO subscriptions (contact, digest, status, since) SELECT id, $1, $2, 0 FROM contacts WHERE address_key = $3`, digest, status, c.Email)
			}
		}
		if r.IntN(10) == 0 {
			exec(t, db, `INSERT INTO suppressions (address_key, reason, at) VALUES ($1, '550 không có hộp thư', 0)`, c.Email)
		}
	}
	for turn := range turns {
		a := Audience{AnyPlace: r.IntN(2) == 0, Places: []string{"hue"}, Site: bantin.Vietnamese, Day: bantin.Day{Year: 2026, Month: 11, Day: 23}}
		if r.IntN(2) == 0 {
			a.Levels = []bantin.Level{bantin.Level(pick("province", "commune"))}
		}
		if r.IntN(2) == 0 {
			a.Languages = []bantin.Language{bantin.Language(pick("vi", "en"))}
		}
		if r.IntN(2) == 0 {
			a.Tags = []string{pick("tây bắc", "a%", "AB", "y_", "tây")}
		}
		got, want := map[string]AudienceReason{}, map[string]AudienceReason{}
		for c, err := range db.Digests().Audience(ctx, "hang-tuan", a) {
			fine(t, err)
			got[c.Email] = a.ReasonFor(&c, "hang-tuan")
		}
		for c, err := range db.Contacts().All(ctx) {
			fine(t, err)
			if why := a.ReasonFor(&c, "hang-tuan"); why.Included() {
				want[c.Email] = why
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%+v (-why +query)\n%s", a, diff)
		}
		if turn%10 == 0 {
			if diff := cmp.Diff(want, frozenFor(t, db, a, turn)); diff != "" {
				t.Fatalf("%+v (-why +frozen)\n%s", a, diff)
			}
		}
		if n, err := db.Digests().CountAudience(ctx, "hang-tuan", a, nil); err != nil || n != len(got) {
			t.Fatalf("counted %d, listed %d: %v", n, len(got), err)
		}
	}
}
