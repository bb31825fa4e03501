package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func TestReturns(t *testing.T) { eachDatabase(t, testReturns) }

// mailed makes an edition of a digest that was sent to everybody, and gives the
// key of each contact by address.
func mailed(t *testing.T, db *DB, clock *clock, addresses ...string) (bantin.Edition, map[string]string) {
	t.Helper()
	var batch []bantin.Contact
	for _, a := range addresses {
		batch = append(batch, bantin.Contact{Email: a, Name: "Nguyễn Thị Lan"})
	}
	if _, err := db.Imports().Apply(t.Context(), batch, bantin.OriginImport, nil, false); err != nil {
		t.Fatal(err)
	}
	arrive(t, db, tin(fmt.Sprint(clock.t.Unix(), ".md"), "Tin lúc "+clock.t.String()))
	digest := &bantin.Digest{ID: "tuan", Title: "Bản tin tuần", FirstNumber: 1, Max: 30}
	e, _, err := db.Editions().Make(t.Context(), EditionPlan{Digest: digest, Due: clock.t, Audience: Audience{AnyPlace: true}})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	for i, a := range addresses {
		c, err := db.Contacts().Get(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		keys[a] = c.Key
		exec(t, db, fmt.Sprintf(`INSERT INTO deliveries (edition, contact, address, name, place, language, why, status, attempts, next_attempt, updated_at, reply)
			VALUES (%d, %d, '%s', 'Lan', '', 'vi', '', 'sent', 1, 0, %d, '')`, e.Row, c.ID, a, i))
	}
	exec(t, db, fmt.Sprintf(`UPDATE editions SET status = 'done', frozen = 1, recipients = %d WHERE n = %d`, max(len(addresses), 50), e.Row))
	return e, keys
}

func testReturns(t *testing.T, db *DB, clock *clock) {
	e, keys := mailed(t, db, clock, "Lan@example.org", "hoa@example.org")
	raw := []byte("Hộp thư đầy\x00\xff")
	r := Return{Message: "m1", At: clock.t, Contact: keys["Lan@example.org"], Edition: e.Row, Address: "Lan@example.org",
		Kind: "soft", Reason: "mailbox-full", Status: "5.2.2", Diagnostic: "552 đầy", Proof: "return-path", Done: DoneNoted, Counts: true, Raw: raw}
	take := func(r Return, c ReturnAction, want bool) {
		t.Helper()
		if fresh, err := db.Returns().Store(t.Context(), r, c); err != nil || fresh != want {
			t.Errorf("fresh %v, %v", fresh, err)
		}
	}
	take(r, ReturnAction{}, true)
	take(r, ReturnAction{Suppress: "user-unknown"}, false) // taken before: nothing follows
	past, err := db.Returns().PastDeliveries(t.Context(), r.Contact, 5)
	if d := cmp.Diff([]PastDelivery{{e.Row, e.Due, bantin.DeliverySent, true}}, past); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	r.Message, r.Kind, r.Reason, r.Done, r.Counts = "m2", "hard", "user-unknown", DoneSuppressed, false
	take(r, ReturnAction{Suppress: "user-unknown", Address: "Lan@example.org", UnsubscribeAll: true}, true)

	s, err := db.Suppressions().Get(t.Context(), "LAN@example.org")
	if err != nil || s.Reason != "user-unknown" || s.Origin != "hard" || s.Message == nil || cmp.Diff(raw, s.Message.Raw) != "" || !s.Message.At.Equal(clock.t) {
		t.Errorf("%+v, %v", s, err)
	}
	lan, err := db.Contacts().Get(t.Context(), "lan@example.org")
	if err != nil || lan.Suppressed != "user-unknown" || len(lan.Subscriptions) != 1 || lan.Subscriptions[0].Status != bantin.SubscriptionUnsubscribed {
		t.Errorf("%+v, %v", lan, err)
	}
	if left, err := db.Contacts().Departures(t.Context(), 0); err != nil || len(left) != 3 { // the suppression, the one digest, all later ones
		t.Errorf("departures %+v, %v", left, err)
	}
	if now, err := db.Editions().Get(t.Context(), e.ID); err != nil || now.Returned != 1 {
		t.Errorf("returned %d, %v", now.Returned, err)
	}

	// Undone, soft ones begin anew.
	if err := db.Suppressions().Remove(t.Context(), "lan@example.org"); err != nil {
		t.Fatal(err)
	}
	if err := db.Suppressions().Remove(t.Context(), "lan@example.org"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	if past, err := db.Returns().PastDeliveries(t.Context(), r.Contact, 5); err != nil || past[0].Returned {
		t.Errorf("%+v, %v", past, err)
	}

	// By hand, and by a complaint, which is the graver.
	for _, want := range []bool{true, false} {
		if added, err := db.Suppressions().Add(t.Context(), "Hoa@example.org", "gọi điện nhờ dừng", clock.t); err != nil || added != want {
			t.Errorf("added %v, %v", added, err)
		}
	}
	take(Return{Message: "m3", At: clock.t, Contact: keys["hoa@example.org"], Kind: "complaint", Reason: "abuse", Done: DoneSuppressed}, ReturnAction{Suppress: "abuse"}, true)
	var list []string
	err = db.Suppressions().Visit(t.Context(), func(s Suppression) error {
		list = append(list, s.Address+" "+s.Reason+" "+s.Origin)
		return nil
	})
	if d := cmp.Diff([]string{"hoa@example.org abuse complaint"}, list); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}

	// Of nobody, and of who was erased, a hash is kept.
	take(Return{Message: "m4", Contact: "không ai", Address: "x@example.org", Kind: "hard", Raw: raw}, ReturnAction{Suppress: "user-unknown"}, true)
	if _, err := db.Suppressions().Get(t.Context(), "x@example.org"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("an address that nobody has is suppressed: %v", err)
	}
}

func TestAlarms(t *testing.T) { eachDatabase(t, testAlarms) }

func testAlarms(t *testing.T, db *DB, clock *clock) {
	e, keys := mailed(t, db, clock, "lan@example.org")
	for i, reason := range []string{"blocked", "spam", "blocked"} {
		r := Return{Message: fmt.Sprint(i), At: clock.t.Add(time.Duration(i) * time.Hour), Contact: keys["lan@example.org"], Edition: e.Row,
			Kind: "soft", Reason: reason, Diagnostic: fmt.Sprint(reason, " ", i), Done: DoneAlarm}
		if _, err := db.Returns().Store(t.Context(), r, ReturnAction{}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := db.Returns().Alarms(t.Context(), clock.t)
	want := []Alarm{{"blocked", 2, clock.t.Add(2 * time.Hour), "blocked 2"}, {"spam", 1, clock.t.Add(time.Hour), "spam 1"}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}

func TestReturnsSince(t *testing.T) { eachDatabase(t, testReturnsSince) }

func testReturnsSince(t *testing.T, db *DB, clock *clock) {
	e, keys := mailed(t, db, clock, "lan@example.org")
	for i := range 3 {
		r := Return{Message: fmt.Sprint(i), At: clock.t.Add(time.Duration(i) * time.Hour), Contact: keys["lan@example.org"], Edition: e.Row,
			Address: "lan@example.org", Kind: "soft", Reason: "unclear", Diagnostic: fmt.Sprint("550 quả cầu ", i), Done: DoneNoted, Raw: []byte("thư")}
		if _, err := db.Returns().Store(t.Context(), r, ReturnAction{}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := db.Returns().Since(t.Context(), clock.t.Add(time.Hour), func(r Return) error {
		got = append(got, fmt.Sprint(r.Diagnostic, " ", r.Address, " ", string(r.Raw), " ", r.At.Sub(clock.t)))
		return nil
	})
	if d := cmp.Diff([]string{"550 quả cầu 1 lan@example.org thư 1h0m0s", "550 quả cầu 2 lan@example.org thư 2h0m0s"}, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}

func TestForget(t *testing.T) { eachDatabase(t, testForget) }

func testForget(t *testing.T, db *DB, clock *clock) {
	var addresses []string
	for i := range 2*pruneBatchSize + 3 {
		addresses = append(addresses, fmt.Sprintf("c%d@example.org", i))
	}
	old, keys := mailed(t, db, clock, addresses...)
	for i, address := range addresses[:3] {
		r := Return{Message: address, At: clock.t, Contact: keys[address], Edition: old.Row, Address: address, Kind: "hard", Reason: "user-unknown",
			Diagnostic: "550", Done: DoneSuppressed, Raw: []byte("thư trả lại")}
		c := ReturnAction{}
		if i == 0 {
			c.Suppress = "user-unknown"
		}
		if _, err := db.Returns().Store(t.Context(), r, c); err != nil {
			t.Fatal(err)
		}
	}
	clock.t = clock.t.Add(200 * 24 * time.Hour)
	fresh, _ := mailed(t, db, clock, "moi@example.org")

	if n, err := db.Returns().Prune(t.Context(), clock.t.Add(-90*24*time.Hour)); err != nil || n != 3 {
		t.Errorf("%d returns, %v", n, err)
	}
	if n, err := db.Deliveries().Prune(t.Context(), clock.t.Add(-100*24*time.Hour)); err != nil || n != int64(len(addresses)) {
		t.Errorf("%d deliveries, %v", n, err)
	}
	count := func(e bantin.Edition) (n int) {
		t.Helper()
		if err := db.Deliveries().Visit(t.Context(), &e, "", func(bantin.Delivery) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if count(old) != 0 || count(fresh) != 1 {
		t.Errorf("%d old and %d fresh deliveries", count(old), count(fresh))
	}
	s, err := db.Suppressions().Get(t.Context(), "c0@example.org")
	if err != nil || s.Message == nil || s.Message.Diagnostic != "550" || len(s.Message.Raw) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if now, err := db.Editions().Get(t.Context(), old.ID); err != nil || now.Returned != 3 {
		t.Errorf("returned %d, %v", now.Returned, err)
	}
	if n, err := db.Deliveries().Prune(t.Context(), clock.t.Add(-100*24*time.Hour)); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
}

// What comes back from an address that a contact had before they moved ends that address
// and nothing that is under way to the new one.
func TestReturnFromFormerAddress(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		ctx, wide := t.Context(), RequestLimits{}
		e, keys := mailed(t, db, clock, "cu@example.org")
		fine(t, db.Contacts().RequestAddressChange(ctx, "m", keys["cu@example.org"], "moi@example.org", clock.t.Add(time.Hour), "vi", wide))
		fine(t, db.Contacts().ChangeAddress(ctx, "m", []byte("bí mật")))
		before, err := db.Contacts().LastDeparture(ctx)
		fine(t, err)
		_, err = db.Returns().Store(ctx, Return{Message: "m1", At: clock.t, Contact: keys["cu@example.org"], Edition: e.Row, Address: "cu@example.org", Kind: "hard",
			Reason: "user-unknown", Proof: "return-path", Done: DoneSuppressed}, ReturnAction{Suppress: "user-unknown", Address: "cu@example.org"})
		fine(t, err)
		if _, err := db.Suppressions().Get(ctx, "cu@example.org"); err != nil {
			t.Errorf("the former address: %v", err)
		}
		if _, err := db.Suppressions().Get(ctx, "moi@example.org"); !errors.Is(err, bantin.ErrNotFound) {
			t.Errorf("the new address is suppressed: %v", err)
		}
		if after, err := db.Contacts().LastDeparture(ctx); err != nil || after != before {
			t.Errorf("senders are told that they left: %v", err)
		}
		record, err := db.Contacts().Audit(ctx, "moi@example.org")
		fine(t, err)
		var deeds []bantin.AuditAction
		for _, entry := range record {
			if entry.By == bantin.ByBounce {
				deeds = append(deeds, entry.What)
			}
		}
		if diff := cmp.Diff([]bantin.AuditAction{bantin.AuditReturned}, deeds); diff != "" {
			t.Errorf("audit record (-want +got)\n%s", diff)
		}
	})
}
