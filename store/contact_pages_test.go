package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
)

// shelved stores bulletins and puts them on the shelf, their words as they are.
func shelved(t *testing.T, db *DB, history bool, list ...bantin.Bulletin) {
	t.Helper()
	for _, b := range list {
		b.Source, b.SourceID = "van-phong", b.ID
		a := Arrival{Source: "van-phong", Item: b.ID, Version: b.Text, Digest: b.Text + b.ID, Identity: "file:" + b.ID, Bulletin: &b, History: history}
		rules := ArrivalPolicy{FeedID: func(id string) string { return id }, SameStory: func(_, _ *bantin.Bulletin) bool { return true }}
		if _, err := db.Bulletins().Store(t.Context(), []Arrival{a}, rules); err != nil {
			t.Fatal(err)
		}
	}
	batch, err := db.Bulletins().Unindexed(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range batch {
		batch[i].Words = batch[i].Text
		for _, slug := range batch[i].Places {
			batch[i].Tags = append(batch[i].Tags, "place:"+slug)
		}
	}
	if err := db.Bulletins().Index(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if err := db.Bulletins().Index(t.Context(), batch); err != nil { // as another process would that was slower
		t.Fatal(err)
	}
}

func TestShelf(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		tin := func(id, words, slug string, year int) bantin.Bulletin {
			return bantin.Bulletin{ID: id, Title: id, Text: words, Places: []string{slug}, Published: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}
		}
		shelved(t, db, true, tin("cu-2010", "hoc bong nam xua", "phu-tho", 2010), tin("cu-2019", "hoc bong", "son-la", 2019), tin("cu-1999", "hoc bong", "phu-tho", 1999))
		shelved(t, db, false, tin("moi-1", "bong da hoc duong", "phu-tho", 2026), tin("moi-2", "trao 320 suat hoc bong", "son-la", 2026))
		ids := func(list []ListedBulletin, err error) string {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, f := range list {
				out = append(out, f.ID)
			}
			return strings.Join(out, " ")
		}
		search := func(words string, phrase bool, tags ...[]string) string {
			t.Helper()
			q := SearchQuery{Words: strings.Fields(words), Phrase: phrase, Tags: tags, Limit: 10}
			hits, err := db.Bulletins().Find(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var positions []int64
			for _, h := range hits {
				positions = append(positions, h.Pos)
			}
			list, err := db.Bulletins().At(t.Context(), positions)
			if got, want := ids(list, err), ids(db.Bulletins().Search(t.Context(), q)); got != want {
				t.Errorf("%s is found at places of %q, and is %q", words, got, want)
			}
			for i := range list {
				if hits[i] != (Hit{list[i].Pos, list[i].Change}) {
					t.Errorf("%s is found as %+v and read as %d, %d", words, hits[i], list[i].Pos, list[i].Change)
				}
			}
			return ids(list, err)
		}
		for _, tt := range []struct{ got, want string }{
			{search("hoc bong", true), "moi-2 cu-2019 cu-2010 cu-1999"},
			{search("bong hoc", false), "moi-2 moi-1 cu-2019 cu-2010 cu-1999"},
			{search("320", false), "moi-2"},
			{search("hoc bong", true, []string{"place:phu-tho"}), "cu-2010 cu-1999"},
			{search("hoc", false, []string{"place:phu-tho", "place:son-la"}, []string{"place:son-la"}), "moi-2 cu-2019"},
			{search("hoc", false, []string{}), ""},
			{search("bon", false), ""},
			{ids(db.History().List(t.Context(), Filter{Limit: 10})), "cu-2019 cu-2010 cu-1999"},
			{ids(db.History().List(t.Context(), Filter{Limit: 1, Tags: [][]string{{"place:phu-tho"}}})), "cu-2010"},
			{ids(db.History().List(t.Context(), Filter{Limit: 9, Tags: [][]string{{"place:phu-tho", "place:son-la"}, {"place:son-la"}}})), "cu-2019"},
		} {
			if tt.got != tt.want {
				t.Errorf("found %q, want %q", tt.got, tt.want)
			}
		}
		gone := tin("moi-2", "trao 320 suat hoc bong", "son-la", 2026)
		gone.Withdrawn = true
		shelved(t, db, false, gone)
		shelved(t, db, true, tin("cu-2010", "doi khac han", "phu-tho", 1980))
		if got := search("hoc bong", true); got != "cu-2019 cu-1999" {
			t.Errorf("after a withdrawal and a revision: %q", got)
		}
		if got := ids(db.History().List(t.Context(), Filter{Limit: 10})); got != "cu-2019 cu-1999 cu-2010" {
			t.Errorf("after a new date: %q", got)
		}
	})
}

func ask(address, nonce string, expires time.Time) SignUp {
	return SignUp{Nonce: nonce, Expires: expires, Digests: []string{"hang-tuan"}, Titles: []string{"Bản tin trong tuần"},
		Contact: bantin.Contact{Email: address, Name: "Lò Thị Mai", Place: "son-la", Language: bantin.Vietnamese, Reads: []string{"son-la"}}}
}

func TestSignUpAndNotices(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		ctx, secret := t.Context(), []byte("bí mật")
		network := RequestLimit{"mạng", 20, time.Hour}
		for n := range 5 {
			mailbox := RequestLimit{"hộp thư", 3, 24 * time.Hour}
			if err := db.Contacts().RequestSignUp(ctx, ask("Mai@example.org", fmt.Sprint("n", n), clock.t.Add(time.Hour)), RequestLimits{Refuse: []RequestLimit{network}, Ignore: []RequestLimit{mailbox}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Contacts().RequestSignUp(ctx, ask("a@example.org", "x", clock.t), RequestLimits{Refuse: []RequestLimit{{"đầy", 0, time.Hour}, network}}); !errors.Is(err, ErrRequestLimit) {
			t.Errorf("beyond the limit of a network: %v", err)
		}
		if err := db.Deliveries().HoldAll(ctx, HeldByPerson); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := db.Notices().Claim(ctx, "một", time.Minute); ok || err != nil {
			t.Errorf("a notice while all mailing is held: %v", err)
		}
		if _, err := db.Deliveries().ResumeAll(ctx); err != nil {
			t.Fatal(err)
		}
		first, ok, err := db.Notices().Claim(ctx, "một", time.Minute)
		if err != nil || !ok || first.Kind != NoticeConfirm || first.Nonce != "n0" || first.Address != "Mai@example.org" || !slices.Equal(first.About.Titles, []string{"Bản tin trong tuần"}) {
			t.Fatalf("claim: %+v %v %v", first, ok, err)
		}
		// Its process dies: the lease runs out, another takes it, and the result
		// of the first comes too late.
		clock.t = clock.t.Add(2 * time.Minute)
		again, _, err := db.Notices().Claim(ctx, "hai", time.Minute)
		if err != nil || again.Nonce != "n0" {
			t.Fatalf("after the lease: %+v %v", again, err)
		}
		// Who is still at it after a while keeps it, and the next one goes to others.
		clock.t = clock.t.Add(40 * time.Second)
		for n, want := range map[*Notice]bool{&first: false, &again: true} {
			if ok, err := db.Notices().Renew(ctx, *n, time.Minute); err != nil || ok != want {
				t.Errorf("renew: %v %v, want %v", ok, err, want)
			}
		}
		clock.t = clock.t.Add(40 * time.Second)
		next, _, err := db.Notices().Claim(ctx, "ba", time.Minute)
		if err != nil || next.Nonce != "n1" {
			t.Errorf("beside one that is sent: %+v %v", next, err)
		}
		if taken, err := db.Notices().StoreResult(ctx, next, DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: clock.t}); err != nil || !taken {
			t.Errorf("the next is not given back: %v", err)
		}
		sent := DeliveryResult{Status: bantin.DeliverySent, Attempted: true}
		if taken, err := db.Notices().StoreResult(ctx, first, sent); err != nil || taken {
			t.Errorf("a late result is taken: %v", err)
		}
		if taken, err := db.Notices().StoreResult(ctx, again, sent); err != nil || !taken {
			t.Errorf("the result is not taken: %v", err)
		}
		left := 0
		for {
			n, ok, err := db.Notices().Claim(ctx, "hai", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			left++
			if _, err := db.Notices().StoreResult(ctx, n, DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: clock.t.Add(time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}
		if left != 2 {
			t.Errorf("%d more notices, want 2 of the 3 that the limit allows", left)
		}
		for range 2 {
			done, err := db.Contacts().ConfirmSignUp(ctx, "n1", secret, Welcome{})
			if err != nil || done.ContactKey == "" || !slices.Equal(done.Digests, []string{"hang-tuan"}) {
				t.Fatalf("confirm: %+v %v", done, err)
			}
		}
		if _, err := db.Contacts().ConfirmSignUp(ctx, "không có", secret, Welcome{}); !errors.Is(err, bantin.ErrNotFound) {
			t.Errorf("an unknown sign-up: %v", err)
		}
		c, err := db.Contacts().Get(ctx, "mai@example.org")
		if err != nil || c.Origin != bantin.OriginSignUp || !slices.Equal(c.Reads, []string{"son-la"}) || len(c.Subscriptions) != 1 {
			t.Errorf("contact %+v %v", c, err)
		}
		// Only what they change is their own; all is in their record.
		if err := db.Contacts().SavePreferences(ctx, c.Key, Preferences{Place: "son-la", Language: "en", Unsubscribe: []string{"hang-tuan"}, Paused: bantin.Day{Year: 2027, Month: 1, Day: 2}}); err != nil {
			t.Fatal(err)
		}
		record, err := db.Contacts().Audit(ctx, "mai@example.org")
		if err != nil {
			t.Fatal(err)
		}
		var deeds []string
		for _, e := range record {
			deeds = append(deeds, string(e.What)+e.After["language"]+" "+e.By)
		}
		if got := strings.Join(deeds, ", "); got != "added contact, subscribed contact, changeden contact, paused contact, unsubscribed contact" {
			t.Errorf("record: %s", got)
		}
		clock.t = clock.t.Add(80 * 24 * time.Hour)
		if err := db.Contacts().DeleteExpiredRequests(ctx); err != nil {
			t.Fatal(err)
		}
		if _, _, err := db.Contacts().SignUpState(ctx, "n1"); !errors.Is(err, bantin.ErrNotFound) {
			t.Errorf("an old sign-up is kept: %v", err)
		}
	})
}

// A new address: the old one is no contact any more, and no import makes it
// one; what was said under the new one is theirs.
func TestMove(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		ctx, secret, wide := t.Context(), []byte("bí mật"), RequestLimits{}
		people := []bantin.Contact{{Email: "cu@example.org", Place: "son-la", Language: "vi"}, {Email: "moi@example.org"}}
		if _, err := db.Imports().Apply(ctx, people, bantin.OriginImport, secret, false); err != nil {
			t.Fatal(err)
		}
		was, err := db.Contacts().Get(ctx, "cu@example.org")
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Contacts().SavePreferences(ctx, was.Key, Preferences{Place: "son-la", Language: "en"}); err != nil {
			t.Fatal(err)
		}
		list := []bantin.Contact{{Email: "cu@example.org", Place: "phu-tho", Language: "vi"}}
		if _, err := db.Imports().Apply(ctx, list, bantin.OriginImport, secret, false); err != nil {
			t.Fatal(err)
		}
		if c, err := db.Contacts().Get(ctx, "cu@example.org"); err != nil || c.Place != "phu-tho" || c.Language != "en" {
			t.Errorf("own is what they changed and nothing else: %+v %v", c, err)
		}
		other, err := db.Contacts().Get(ctx, "moi@example.org")
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Contacts().Unsubscribe(ctx, other.Key, "hoc-bong", clock.t); err != nil {
			t.Fatal(err)
		}
		if err := db.Contacts().RequestAddressChange(ctx, "m", was.Key, "Moi@example.org", clock.t.Add(time.Hour), "vi", wide); err != nil {
			t.Fatal(err)
		}
		if done, err := db.Contacts().AddressChanged(ctx, "m"); err != nil || done {
			t.Errorf("moved before they confirmed: %v", err)
		}
		for range 2 {
			if err := db.Contacts().ChangeAddress(ctx, "m", secret); err != nil {
				t.Fatal(err)
			}
		}
		if sum, err := db.Imports().Apply(ctx, people, bantin.OriginImport, secret, false); err != nil || sum.Erased != 1 || sum.Added != 0 {
			t.Errorf("the office's list brings the old address back: %+v %v", sum, err)
		}
		now, err := db.Contacts().Get(ctx, "moi@example.org")
		if err != nil || now.Key != was.Key || now.Email != "Moi@example.org" || now.Place != "phu-tho" || len(now.Subscriptions) != 1 || now.Subscriptions[0].Status != bantin.SubscriptionUnsubscribed {
			t.Errorf("contact %+v %v", now, err)
		}
		// A mail that went to the new address before can still be left by.
		if err := db.Contacts().Unsubscribe(ctx, other.Key, "hang-tuan", clock.t); err != nil {
			t.Fatal(err)
		}
		byOldLink, err := db.Contacts().ByKey(ctx, other.Key)
		if err != nil || byOldLink.ID != was.ID || len(byOldLink.Subscriptions) != 2 || byOldLink.Subscriptions[0].Status != bantin.SubscriptionUnsubscribed {
			t.Errorf("by a link of before: %+v %v", byOldLink, err)
		}
		var kinds []string
		for {
			n, ok, err := db.Notices().Claim(ctx, "một", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			kinds = append(kinds, string(n.Kind)+" "+n.Address)
		}
		slices.Sort(kinds)
		if got := strings.Join(kinds, ", "); got != "move Moi@example.org, moved cu@example.org" {
			t.Errorf("notices: %s", got)
		}
	})
}
