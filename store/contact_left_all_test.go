package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bantin"
)

// leftAll is a contact who complained, and whose suppression was removed since.
type leftAll struct {
	*testing.T
	db     *DB
	clock  *clock
	secret []byte
	key    string // of the links in their mail

	address string
	other   string // an address of theirs that is not known yet
}

const later = "ve-sau"

// gets checks whether the contact with an address gets digests, by the query,
// by the reason, and by the count.
func (t *leftAll) gets(address string, want map[string]bool) {
	t.Helper()
	everyone := Audience{AnyPlace: true}
	for digest, want := range want {
		n, err := t.db.Digests().CountAudience(t.Context(), digest, everyone, []string{address})
		fine(t.T, err)
		c, err := t.db.Contacts().Get(t.Context(), address)
		fine(t.T, err)
		why := everyone.ReasonFor(&c, digest)
		if (n == 1) != want || why.Included() != want {
			t.Errorf("%s gets %s: counted %d, reason %q, want %v", address, digest, n, why, want)
		}
	}
}

func (t *leftAll) addressChange(key, to string) {
	t.Helper()
	wide := RequestLimits{}
	fine(t.T, t.db.Contacts().RequestAddressChange(t.Context(), to, key, to, t.clock.t.Add(time.Hour), "vi", wide))
	fine(t.T, t.db.Contacts().ChangeAddress(t.Context(), to, t.secret))
}

// A contact who left everything gets no digest that is made later, whatever
// happens to them meanwhile, until they ask for it.
func TestLeavingAllHoldsForLaterDigests(t *testing.T) {
	none := map[string]bool{"hang-tuan": false, later: false}
	cases := []struct {
		name string
		test func(t *leftAll)
	}{
		{"a digest is made", func(t *leftAll) {
			err := t.db.Digests().Register(t.Context(), later, "Về sau", nil)
			fine(t.T, err)
			t.gets(t.address, none)
		}},
		{"the list comes again", func(t *leftAll) {
			importAll(t.T, t.db, "danh-sach.csv", []bantin.Contact{{Email: t.address, Name: "Khác"}})
			t.gets(t.address, none)
		}},
		{"the office adds them", func(t *leftAll) {
			_, err := t.db.Imports().Apply(t.Context(), []bantin.Contact{{Email: t.address, Name: "Khác"}}, bantin.OriginOffice, t.secret, false)
			fine(t.T, err)
			t.gets(t.address, none)
		}},
		{"their list is taken back and comes again", func(t *leftAll) {
			p, err := t.db.Imports().LastToUndo(t.Context())
			fine(t.T, err)
			undone, err := t.db.Imports().Undo(t.Context(), p, time.UTC, func(int) {})
			if err != nil || undone.Kept != 1 {
				t.Errorf("%+v, %v", undone, err)
			}
			importAll(t.T, t.db, "danh-sach.csv", []bantin.Contact{{Email: t.address}})
			t.gets(t.address, none)
		}},
		{"they move", func(t *leftAll) {
			t.addressChange(t.key, t.other)
			t.gets(t.other, none)
		}},
		{"they move to an address that is known", func(t *leftAll) {
			importAll(t.T, t.db, "khác.csv", []bantin.Contact{{Email: t.other}})
			t.addressChange(t.key, t.other)
			t.gets(t.other, none)
		}},
		{"another contact of theirs moves to their address", func(t *leftAll) {
			importAll(t.T, t.db, "khác.csv", []bantin.Contact{{Email: t.other}})
			other, err := t.db.Contacts().Get(t.Context(), t.other)
			fine(t.T, err)
			t.addressChange(other.Key, t.address)
			t.gets(t.address, none)
		}},
		{"they are erased, and the list comes again", func(t *leftAll) {
			fine(t.T, t.db.Contacts().Erase(t.Context(), t.address, t.secret))
			sum, err := t.db.Imports().Apply(t.Context(), []bantin.Contact{{Email: t.address}}, bantin.OriginImport, t.secret, false)
			if err != nil || sum.Erased != 1 || sum.Added != 0 {
				t.Errorf("%+v, %v", sum, err)
			}
		}},
		{"they set a field on their page", func(t *leftAll) {
			fine(t.T, t.db.Contacts().SavePreferences(t.Context(), t.key, Preferences{Place: "hue", Language: "vi"}))
			t.gets(t.address, none)
		}},
		{"they choose one digest on their page", func(t *leftAll) {
			fine(t.T, t.db.Contacts().SavePreferences(t.Context(), t.key, Preferences{Subscribe: []string{later}}))
			t.gets(t.address, map[string]bool{"hang-tuan": false, later: true, "khac": false})
		}},
		{"they sign up for one digest", func(t *leftAll) {
			wide := RequestLimits{}
			fine(t.T, t.db.Contacts().RequestSignUp(t.Context(), SignUp{Nonce: t.address, Contact: bantin.Contact{Email: t.address},
				Digests: []string{"hang-tuan"}, Expires: t.clock.t.Add(time.Hour)}, wide))
			_, err := t.db.Contacts().ConfirmSignUp(t.Context(), t.address, t.secret, Welcome{})
			fine(t.T, err)
			t.gets(t.address, map[string]bool{"hang-tuan": true, later: false})
		}},
		{"they undo leaving one", func(t *leftAll) {
			fine(t.T, t.db.Contacts().Resubscribe(t.Context(), t.key, "hang-tuan", nil))
			t.gets(t.address, map[string]bool{"hang-tuan": true, later: false})
		}},
		{"they undo leaving all", func(t *leftAll) {
			fine(t.T, t.db.Contacts().Resubscribe(t.Context(), t.key, "hang-tuan", []string{"hang-tuan"}))
			t.gets(t.address, map[string]bool{"hang-tuan": true, "chua-co": true})
		}},
		{"the database is copied", func(t *leftAll) {
			to, _ := open(t.T)
			fine(t.T, t.db.CopyTo(t.Context(), to, func(CopyProgress) {}))
			t.db = to
			t.gets(t.address, none)
		}},
		{"a digest is renamed", func(t *leftAll) {
			err := t.db.Digests().Register(t.Context(), later, "Về sau", []string{"hang-tuan"})
			fine(t.T, err)
			t.gets(t.address, none)
		}},
	}
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) { c.test(complain(t, db, clock, i)) })
		}
	})
}

// complain makes a contact who complained of a digest.
func complain(t *testing.T, db *DB, clock *clock, n int) *leftAll {
	t.Helper()
	err := db.Digests().Register(t.Context(), "hang-tuan", "Hằng tuần", nil)
	fine(t, err)
	address := fmt.Sprintf("khieunai%d@example.org", n)
	importAll(t, db, "danh-sach.csv", []bantin.Contact{{Email: address}})
	c, err := db.Contacts().Get(t.Context(), address)
	fine(t, err)
	_, err = db.Returns().Store(t.Context(), Return{Message: address, At: clock.t, Contact: c.Key, Kind: "complaint", Done: DoneSuppressed},
		ReturnAction{Suppress: "abuse", UnsubscribeAll: true})
	fine(t, err)
	fine(t, db.Suppressions().Remove(t.Context(), address))
	return &leftAll{t, db, clock, []byte("khóa"), c.Key, address, "moi-" + address}
}

// Who leaves everything while an edition waits gets nothing of it, also where
// the page did not name its digest; who came back to it does.
func TestLeavingAllWithEditionFrozen(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		people(t, db, bantin.LevelProvince, "a@example.org", "b@example.org", "c@example.org")
		arrive(t, db, tin("a.md", "Phú Thọ"))
		e := makeEdition(t, db, clock.t, 10)
		for _, address := range []string{"a@example.org", "b@example.org"} {
			c, err := db.Contacts().Get(t.Context(), address)
			fine(t, err)
			fine(t, db.Contacts().UnsubscribeOnPage(t.Context(), c.Key, "khac", []string{"khac"}, NoticeAbout{}))
			if address == "b@example.org" {
				fine(t, db.Contacts().Resubscribe(t.Context(), c.Key, e.Digest, nil))
			}
		}
		node, err := db.Nodes().Register()
		fine(t, err)
		defer node.Close()
		chunk, ok, err := db.Deliveries().Claim(t.Context(), e.Row, node.Name, time.Minute)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		due, err := db.Deliveries().DueRecipients(t.Context(), chunk)
		fine(t, err)
		for _, r := range due {
			if r.Key == "" || r.Address == "a@example.org" {
				t.Errorf("%s has the key %q", r.Address, r.Key)
			}
		}
		if now, err := db.Editions().Get(t.Context(), e.ID); err != nil || len(due) != 2 || now.Counts.Skipped != 1 {
			t.Errorf("%d deliveries, %+v, %v", len(due), now.Counts, err)
		}
	})
}

// A complaint of before this row was written is known by what it did.
func TestEarlierComplaintsLeftAll(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		l := complain(t, db, clock, 0)
		exec(t, db, `DELETE FROM subscriptions WHERE digest = ''`)
		l.gets(l.address, map[string]bool{later: true})
		folder := db.dialect("sqlite", "postgres")
		text, err := migrations.ReadFile("migrations/" + folder + "/00016_left_all.sql")
		fine(t, err)
		for range 2 {
			exec(t, db, string(text))
		}
		l.gets(l.address, map[string]bool{later: false, "hang-tuan": false})
	})
}

// Who leaves several digests at once on their page is counted once among those who left.
func TestLeavingSeveralIsCountedOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		imported(t, db, "lan@example.org")
		c, err := db.Contacts().Get(t.Context(), "lan@example.org")
		fine(t, err)
		db.now = func() time.Time { // as clocks do
			clock.t = clock.t.Add(time.Second)
			return clock.t
		}
		fine(t, db.Contacts().SavePreferences(t.Context(), c.Key, Preferences{Unsubscribe: []string{"hang-tuan", "hang-thang", "hoc-bong"}}))
		_, err = db.Statistics().Tally(t.Context(), time.UTC)
		fine(t, err)
		if got := figures(t, db, "2026-11", FigureLeft); !slices.Contains(got, "left 1") {
			t.Errorf("one contact left: %v", got)
		}
	})
}
