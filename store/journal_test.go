package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// journalOf writes the journal of a database to its end.
func journalOf(t *testing.T, db *DB, clock *clock) string {
	t.Helper()
	j := &Journal{DB: db, Secret: []byte("bí mật"), Fingerprint: "dấu"}
	clock.t = clock.t.Add(time.Minute)
	for {
		more, err := j.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	return filepath.Join(db.dir, JournalFolder)
}

// imported stores contacts as the office brings them.
func imported(t *testing.T, db *DB, addresses ...string) {
	t.Helper()
	var list []bantin.Contact
	for _, a := range addresses {
		list = append(list, bantin.Contact{Email: a})
	}
	if _, err := db.Imports().Apply(t.Context(), list, bantin.OriginImport, []byte("bí mật"), false); err != nil {
		t.Fatal(err)
	}
}

func leave(t *testing.T, db *DB, address, digest string) {
	t.Helper()
	c, err := db.Contacts().Get(t.Context(), address)
	if err == nil {
		err = db.Contacts().Unsubscribe(t.Context(), c.Key, digest, db.now())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What happened after a backup is known from the journal: who left stays left, who was
// erased stays erased and comes back by no import, who was suppressed stays so. It may
// be replayed twice.
func TestJournal(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		imported(t, db, "lan@example.org", "minh@example.org", "hoa@example.org", "nam@example.org")
		leave(t, db, "nam@example.org", "hang-tuan") // before the backup
		journalOf(t, db, clock)
		restored, _ := open(t) // stands for the backup
		imported(t, restored, "lan@example.org", "minh@example.org", "hoa@example.org", "nam@example.org")
		leave(t, restored, "nam@example.org", "hang-tuan")

		leave(t, db, "lan@example.org", "hang-tuan")
		if err := db.Contacts().Erase(t.Context(), "minh@example.org", []byte("bí mật")); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Suppressions().Add(t.Context(), "hoa@example.org", "bounce", clock.t); err != nil {
			t.Fatal(err)
		}
		imported(t, db, "mới@example.org")
		leave(t, db, "mới@example.org", "hang-tuan")
		dir := journalOf(t, db, clock)
		instance, err := db.Instance(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(filepath.Join(dir, journalFile)); err != nil || strings.Contains(string(text), "example.org") {
			t.Errorf("addresses stand in the journal: %v\n%s", err, text)
		}
		for i, want := range []Replayed{{Left: 1, Erased: 1, Suppressed: 1, Unknown: 1}, {}} {
			j, err := ReadJournal([]string{dir}, instance, []string{"cũ", "dấu"})
			if err != nil {
				t.Fatal(err)
			}
			got, err := restored.Replay(t.Context(), j, []byte("bí mật"))
			got.Last = time.Time{}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("replay %d: %v\n%s", i+1, err, diff)
			}
		}
		imported(t, restored, "minh@example.org", "mới@example.org")
		for _, gone := range []string{"minh@example.org", "mới@example.org"} {
			if _, err := restored.Contacts().Get(t.Context(), gone); !errors.Is(err, bantin.ErrNotFound) {
				t.Errorf("%s came back: %v", gone, err)
			}
		}
		c, err := restored.Contacts().Get(t.Context(), "lan@example.org")
		if err != nil || len(c.Subscriptions) != 1 || c.Subscriptions[0].Status != bantin.SubscriptionUnsubscribed {
			t.Errorf("%+v, %v", c.Subscriptions, err)
		}
		c, err = restored.Contacts().Get(t.Context(), "hoa@example.org")
		if err != nil || len(c.Subscriptions) != 0 {
			t.Errorf("who was suppressed counts as one who left: %+v, %v", c.Subscriptions, err)
		}
	})
}

// A journal that was cut, damaged, or of somebody else.
func TestJournalBadInput(t *testing.T) {
	const head = `{"kind":"journal","version":1,"instance":"hội","fingerprint":"dấu"}` + "\n"
	for name, test := range map[string]struct {
		text       string
		want       error
		entries    int
		unreadable int
	}{
		"good":                   {text: head + `{"kind":"left","hash":"a"}` + "\n", entries: 1},
		"cut":                    {text: head + `{"kind":"left","hash":"a"}` + "\n" + `{"kind":"era`, entries: 1, unreadable: 1},
		"cut and gone on":        {text: head + `{"kind":"era` + "\n" + head + `{"kind":"left","hash":"a"}` + "\n", entries: 1, unreadable: 1},
		"a damaged line":         {text: head + "\x00\x00\xff\n" + `{"kind":"left","hash":"a"}` + "\n", entries: 1, unreadable: 1},
		"a line without end":     {text: head + strings.Repeat("x", 100_000), unreadable: 1},
		"of a later kind":        {text: head + `{"kind":"moved","hash":"a"}` + "\n", entries: 1},
		"another installation":   {text: strings.Replace(head, "hội", "khác", 1), want: ErrOtherJournal},
		"another secret":         {text: strings.Replace(head, "dấu", "khác", 1), want: ErrOtherJournal},
		"of a newer program":     {text: strings.Replace(head, `"version":1`, `"version":9`, 1), want: ErrNewerJournal},
		"no word of whose it is": {text: `{"kind":"left","hash":"a"}` + "\n", want: ErrOtherJournal},
		"empty":                  {text: ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, journalFile), []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := ReadJournal([]string{dir}, "hội", []string{"dấu"})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (len(j.entries) != test.entries || j.unreadable != test.unreadable) {
			t.Errorf("%s: %d entries, %d unreadable", name, len(j.entries), j.unreadable)
		}
	}
	if _, err := ReadJournal([]string{t.TempDir()}, "hội", nil); !errors.Is(err, ErrNoJournal) {
		t.Error(err)
	}
}

// A copy follows the journal as it grows, and a journal that began anew takes nobody's
// place.
func TestCopyJournal(t *testing.T) {
	db, clock := open(t)
	to := filepath.Join(t.TempDir(), "bản chép")
	if _, err := CopyJournal(t.Context(), db.dir, to); err == nil {
		t.Error("a journal is copied that is not there")
	}
	copies := func(want int) {
		t.Helper()
		if _, err := CopyJournal(t.Context(), db.dir, to); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(to, "*"))
		if err != nil || len(files) != want {
			t.Errorf("%v, %v; want %d", files, err, want)
		}
	}
	imported(t, db, "lan@example.org")
	journalOf(t, db, clock)
	copies(1)
	leave(t, db, "lan@example.org", "hang-tuan")
	journalOf(t, db, clock)
	copies(1)
	if err := os.RemoveAll(filepath.Join(db.dir, JournalFolder)); err != nil {
		t.Fatal(err)
	}
	clock.t = clock.t.Add(time.Hour)
	journalOf(t, db, clock)
	copies(2)
}

// A journal is copied over machines and disks before it is read.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"kind":"journal","version":1,"instance":"a","fingerprint":"b"}` + "\n" + `{"kind":"left","hash":"c","at":-1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, journalFile), text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = ReadJournal([]string{dir}, "a", []string{"b"})
	})
}
