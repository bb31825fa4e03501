package store

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
)

// Whatever happened to a contact, after an erasure nothing tells of them: no
// column of no table, nor what SQLite leaves in its file of rows that are gone.
func TestEraseLeavesNothing(t *testing.T) { eachDatabase(t, testEraseLeavesNothing) }

func testEraseLeavesNothing(t *testing.T, db *DB, clock *clock) {
	ctx, secret, wide := t.Context(), []byte("bí mật"), RequestLimits{}
	people := []bantin.Contact{
		{Email: "Lan.Cu@example.org", Name: "Nguyễn Thị Lan Hương", Place: "phu-tho", Level: bantin.LevelProvince},
		{Email: "lan.moi@example.org", Name: "Lan Hương", Level: bantin.LevelProvince},
		{Email: "binh@example.org", Name: "Lê Văn Bình"},
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	l := newLedger(t, db, clock, 300, 100, func(*bantin.Digest) { // so many that rows move from page to page
		_, err := db.Imports().Apply(ctx, people, bantin.OriginImport, secret, false)
		must(err)
	})
	l.all(sent)
	lan, err := db.Contacts().Get(ctx, "lan.cu@example.org")
	must(err)
	other, err := db.Contacts().Get(ctx, "lan.moi@example.org")
	must(err)

	// What they did, and what was done about them, under both addresses.
	signUp := SignUp{Nonce: "s1", Contact: bantin.Contact{Email: "Lan.Cu@example.org", Name: "Nguyễn Thị Lan Hương"}, Digests: []string{"hang-tuan"}, Expires: clock.t.Add(time.Hour)}
	must(db.Contacts().RequestSignUp(ctx, signUp, wide))
	_, err = db.Contacts().ConfirmSignUp(ctx, "s1", secret, Welcome{})
	must(err)
	for _, c := range []bantin.Contact{lan, other} {
		r := Return{Message: c.Key, At: clock.t, Contact: c.Key, Edition: 1, Address: c.Email, Kind: "soft", Diagnostic: "452 " + c.Email + " over quota", Done: DoneNoted, Raw: []byte("To: " + c.Email)}
		_, err := db.Returns().Store(ctx, r, ReturnAction{})
		must(err)
	}
	_, err = db.Suppressions().Add(ctx, "lan.cu@example.org", "lan.cu@example.org nhờ dừng", clock.t)
	must(err)
	must(db.Contacts().RequestAddressChange(ctx, "m1", lan.Key, "Lan.Moi@example.org", clock.t.Add(time.Hour), "vi", wide))
	must(db.Contacts().ChangeAddress(ctx, "m1", secret))
	binh, err := db.Contacts().Get(ctx, "binh@example.org")
	must(err)
	must(db.Contacts().RequestAddressChange(ctx, "m2", binh.Key, "LAN.MOI@example.org", clock.t.Add(time.Hour), "vi", wide))

	late := Return{Message: "muộn", At: clock.t, Contact: other.Key, Edition: 1, Address: other.Email, Kind: "soft", Done: DoneNoted, Raw: []byte("To: " + other.Email)}
	_, err = db.Returns().Store(ctx, late, ReturnAction{})
	must(err)

	record, err := db.Contacts().Audit(ctx, "lan.moi@example.org")
	must(err)
	mailed := slices.DeleteFunc(record, func(e bantin.AuditEntry) bool { return e.What != bantin.AuditMailed })
	if len(mailed) != 2 {
		t.Errorf("their record has %d messages, not those to both addresses", len(mailed))
	}
	traces := []string{"lan.cu@", "lan.moi@", "lan hương"}
	if found := grepTables(t, db, traces); len(found) < 8 {
		t.Errorf("there is little to erase: %q", found)
	}
	must(db.Contacts().Erase(ctx, "lan.moi@example.org", secret))
	if found := grepTables(t, db, traces); len(found) > 0 {
		t.Errorf("they are still known in\n%s", strings.Join(found, "\n"))
	}
	if sum, err := db.Imports().Apply(ctx, people[:3], bantin.OriginImport, secret, false); err != nil || sum.Erased != 2 || sum.Untouched != 1 {
		t.Errorf("the next list: %+v, %v", sum, err)
	}
	must(db.Close())
	if db.postgres {
		return // its server keeps its files
	}
	data, err := os.ReadFile(filepath.Join(db.dir, File))
	must(err)
	for _, trace := range traces {
		if n := bytes.Count(bytes.ToLower(data), []byte(trace)); n > 0 {
			t.Errorf("the file still holds %q in %d places", trace, n)
		}
	}
}

// grepTables gives the tables that hold one of the words, in any letters.
func grepTables(t *testing.T, db *DB, words []string) (found []string) {
	t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if db.postgres {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	for _, table := range rowTexts(t, db, list) {
		all := strings.ToLower(strings.Join(rowTexts(t, db, `SELECT * FROM "`+table+`"`), "\n"))
		for _, word := range words {
			if strings.Contains(all, word) {
				found = append(found, table+": "+word)
			}
		}
	}
	return found
}

// rowTexts gives what a query finds, a line a row.
func rowTexts(t *testing.T, db *DB, query string) (list []string) {
	t.Helper()
	rows, err := db.reader.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values := make([]sql.RawBytes, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := ""
		for _, v := range values {
			row += string(v) + "|"
		}
		list = append(list, strings.TrimSuffix(row, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// Who only filled in the form, or is suppressed and no contact, can be erased
// too; of whom nothing is known that is said.
func TestEraseWhoIsNoContact(t *testing.T) { eachDatabase(t, testEraseWhoIsNoContact) }

func testEraseWhoIsNoContact(t *testing.T, db *DB, clock *clock) {
	ctx, secret, wide := t.Context(), []byte("bí mật"), RequestLimits{}
	s := SignUp{Nonce: "s1", Contact: bantin.Contact{Email: "mai@example.org"}, Digests: []string{"hang-tuan"}, Expires: clock.t.Add(time.Hour)}
	if err := db.Contacts().RequestSignUp(ctx, s, wide); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Suppressions().Add(ctx, "nga@example.org", "nhờ dừng", clock.t); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"Mai@example.org", "nga@example.org"} {
		if err := db.Contacts().Erase(ctx, address, secret); err != nil {
			t.Error(err)
		}
		if err := db.Contacts().Erase(ctx, address, secret); !errors.Is(err, bantin.ErrNotFound) {
			t.Errorf("%s again: %v", address, err)
		}
	}
	if found := grepTables(t, db, []string{"mai@", "nga@"}); len(found) > 0 {
		t.Errorf("left: %q", found)
	}
}
