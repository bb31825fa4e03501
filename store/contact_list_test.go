package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// listAll reads a list page by page and gives its addresses.
func listAll(t *testing.T, db *DB, f ContactFilter, limit int) (list []ListedContact, addresses string) {
	t.Helper()
	var got []string
	for {
		page, next, err := db.Contacts().List(t.Context(), f, limit)
		fine(t, err)
		for i := range page {
			list, got = append(list, page[i]), append(got, page[i].Email)
		}
		if f.After = next; next == "" {
			return list, strings.Join(got, " ")
		}
	}
}

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
		"cuc@example.org":                                {Status: ContactPaused, Today: today},
		"":                                               {Status: ContactPaused, Today: bantin.DayOf(clock.t.AddDate(0, 0, 7))},
		"an2@example.org Binh@example.org":               {Status: ContactSuppressed},
		"Binh@example.org":                               {Status: ContactSuppressed, Place: "son-la", Prefix: "b"},
	} {
		if _, got := listAll(t, db, f, 2); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
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

// How contacts stand towards one digest and towards all, and since when.
func TestContactStatuses(t *testing.T) { eachDatabase(t, testContactStatuses) }

func testContactStatuses(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	came := clock.t
	importAll(t, db, "a.csv", []bantin.Contact{
		{Email: "an@example.org", Level: bantin.LevelProvince}, {Email: "binh@example.org", Level: bantin.LevelProvince, Place: "son-la"},
		{Email: "cuc@example.org"}, {Email: "dung@example.org", Level: bantin.LevelProvince}, {Email: "em@example.org", Level: bantin.LevelCommune}})
	key := func(address string) string {
		c, err := db.Contacts().Get(ctx, address)
		fine(t, err)
		return c.Key
	}
	clock.t = came.AddDate(0, 0, 7)
	later := clock.t
	fine(t, db.Contacts().Unsubscribe(ctx, key("binh@example.org"), "cac-tinh", later))
	fine(t, db.Contacts().Unsubscribe(ctx, key("cuc@example.org"), "hang-tuan", later))
	fine(t, db.Contacts().SavePreferences(ctx, key("dung@example.org"), Preferences{Paused: bantin.DayOf(clock.t.AddDate(0, 0, 9))}))
	_, err := db.Suppressions().Add(ctx, "em@example.org", "user-unknown", clock.t)
	fine(t, err)
	for i, who := range []string{"Giang@example.org", "giang@example.org", "an@example.org"} {
		s := SignUp{Nonce: fmt.Sprintf("%032d", i), Contact: bantin.Contact{Email: who, Place: "hue"}, Digests: []string{[]string{"hang-tuan", "cac-tinh", "hang-tuan"}[i]}, Expires: clock.t.Add(time.Hour)}
		fine(t, db.Contacts().RequestSignUp(ctx, s, RequestLimits{}))
	}
	today := bantin.DayOf(clock.t)
	all := []DigestAudience{{"hang-tuan", Audience{AnyPlace: true, Day: today}}, {"cac-tinh", Audience{AnyPlace: true, Levels: []bantin.Level{bantin.LevelProvince}, Day: today}}}
	for _, c := range []struct {
		filter ContactFilter
		want   string
	}{
		{ContactFilter{}, "an@example.org binh@example.org cuc@example.org dung@example.org em@example.org"},
		{ContactFilter{Status: ContactActive}, "an@example.org binh@example.org"},
		{ContactFilter{Status: ContactActive, Place: "son-la"}, "binh@example.org"},
		{ContactFilter{Digest: "cac-tinh"}, "an@example.org"},
		{ContactFilter{Status: ContactActive, Since: later}, ""},
		{ContactFilter{Status: ContactLeft}, "cuc@example.org"},
		{ContactFilter{Status: ContactLeft, Digest: "cac-tinh"}, "binh@example.org"},
		{ContactFilter{Status: ContactLeft, Digest: "hang-tuan", Prefix: "C"}, "cuc@example.org"},
		{ContactFilter{Status: ContactLeft, Since: later}, "cuc@example.org"},
		{ContactFilter{Status: ContactLeft, Since: later.Add(time.Second)}, ""},
		{ContactFilter{Status: ContactPaused, Since: later}, "dung@example.org"},
		{ContactFilter{Status: ContactPaused, Digest: "cac-tinh"}, "dung@example.org"},
		{ContactFilter{Status: ContactSuppressed, Since: later}, "em@example.org"},
		{ContactFilter{Status: ContactSuppressed, Digest: "cac-tinh"}, ""},
		{ContactFilter{Status: ContactPending}, "an@example.org giang@example.org"},
		{ContactFilter{Status: ContactPending, Digest: "cac-tinh"}, "giang@example.org"},
		{ContactFilter{Status: ContactPending, Place: "son-la"}, ""},
		{ContactFilter{Since: later}, ""},
		{ContactFilter{Since: came, Place: "son-la"}, "binh@example.org"},
		{ContactFilter{Digest: "gone"}, ""},
	} {
		c.filter.Digests, c.filter.Today = all, today
		for _, limit := range []int{1, 50} {
			if _, got := listAll(t, db, c.filter, limit); got != c.want {
				t.Errorf("%s %s since %v, %d at once: %q, want %q", c.filter.Status, c.filter.Digest, c.filter.Since, limit, got, c.want)
			}
		}
	}
	type row struct {
		Status ContactStatus
		Since  time.Time
		Why    string
	}
	want := map[string]row{"an@example.org": {ContactActive, came, "audience"}, "binh@example.org": {ContactActive, came, "audience"}, "cuc@example.org": {ContactLeft, later, "unsubscribed"},
		"dung@example.org": {ContactPaused, later, bantin.DayOf(later.AddDate(0, 0, 9)).String()}, "em@example.org": {ContactSuppressed, later, "user-unknown"}}
	got := map[string]row{}
	list, _ := listAll(t, db, ContactFilter{Digests: all, Today: today}, 2)
	for i := range list {
		c := &list[i]
		got[c.Email] = row{c.Status, c.Since, c.Why}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	pending, _ := listAll(t, db, ContactFilter{Status: ContactPending}, 9)
	if len(pending) != 2 || len(pending[1].Subscriptions) != 2 || pending[0].ID == 0 || pending[0].Place != "" || pending[0].Subscriptions[0].Status != bantin.SubscriptionPending {
		t.Errorf("pending: %+v", pending)
	}
	if _, _, err := db.Contacts().List(ctx, ContactFilter{Status: ContactLeft, After: "ai@example.org"}, 2); err == nil {
		t.Error("a list in the order of arrival goes on behind nobody")
	}
}
