package store

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// The list of contacts goes by address, whatever it is filtered by, and goes on where it
// ended.
func TestContactList(t *testing.T) { eachDatabase(t, testContactList) }

func testContactList(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	importAll(t, db, "a.csv", []bantin.Contact{
		{Email: "Binh@example.org", Place: "son-la"}, {Email: "an@example.org", Place: "phu-tho", Name: "Nguyễn An", Tags: []string{"vp"}},
		{Email: "an2@example.org", Place: "phu-tho"}, {Email: "cuc@example.org", Place: "phu-tho"}, {Email: "dung@example.org"}})
	for _, address := range []string{"an2@example.org", "binh@example.org", "ai@example.org"} {
		_, err := db.Suppressions().Add(ctx, address, "user-unknown", clock.t)
		fine(t, err)
	}
	c, err := db.Contacts().Get(ctx, "cuc@example.org")
	fine(t, err)
	today := bantin.DayOf(clock.t)
	fine(t, db.Contacts().SavePreferences(ctx, c.Key, Preferences{Place: c.Place, Paused: bantin.DayOf(clock.t.AddDate(0, 0, 7))}))
	for want, f := range map[string]ContactFilter{
		"an2@example.org an@example.org Binh@example.org cuc@example.org dung@example.org": {},
		"an2@example.org an@example.org":                 {Prefix: "AN"},
		"an2@example.org an@example.org cuc@example.org": {Place: "phu-tho"},
		"cuc@example.org":                                {Only: ListPaused, Today: today},
		"":                                               {Only: ListPaused, Today: bantin.DayOf(clock.t.AddDate(0, 0, 7))},
		"an2@example.org Binh@example.org":               {Only: ListSuppressed},
		"Binh@example.org":                               {Only: ListSuppressed, Place: "son-la", Prefix: "b"},
	} {
		var got []string
		for {
			list, err := db.Contacts().List(ctx, f, 2)
			fine(t, err)
			for _, c := range list {
				got, f.After = append(got, c.Email), bantin.AddressKey(c.Email)
			}
			if len(list) < 2 {
				break
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", f, diff)
		}
	}
	last, err := db.Suppressions().Last(ctx, 2)
	if err != nil || len(last) != 2 {
		t.Errorf("%d suppressions, %v", len(last), err)
	}
	reasons, err := db.Suppressions().CountReasons(ctx)
	if diff := cmp.Diff(map[string]int64{"user-unknown": 3}, reasons); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if address, err := db.Contacts().AddressByID(ctx, c.ID); err != nil || address != c.Email {
		t.Errorf("%s, %v", address, err)
	}
	arrive(t, db, tin("a.md", "Phú Thọ"), tin("b.md", "Hà Nội"))
	_, err = db.Bulletins().Withdraw(ctx, "van-phong-a")
	fine(t, err)
	gone, err := db.Bulletins().Withdrawn(ctx, 5)
	if err != nil || len(gone) != 1 || gone[0].ID != "van-phong-a" {
		t.Errorf("withdrawn: %v, %v", gone, err)
	}
}
