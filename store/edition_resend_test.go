package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func (l *ledger) resend(address string) error {
	l.Helper()
	_, err := l.Editions().Resend(l.Context(), l.e.ID, address, "lan")
	return err
}

// One delivery of an edition that is done is sent again: the edition is sending until it
// is settled, adds up at each moment, and the contact's audit record tells it.
func TestResend(t *testing.T) { eachDatabase(t, testResend) }

func testResend(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 20, 2, asItIs)
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 20})
	clock.t = clock.t.Add(time.Hour)
	if err := l.resend("C007@example.org"); err != nil {
		t.Fatal(err)
	}
	if e := l.is(sending, bantin.Counts{Sent: 19, Queued: 1}); e.Unaccounted != 0 {
		t.Errorf("%d are unaccounted for", e.Unaccounted)
	}
	var refused *ResendError
	if err := l.resend("c007@example.org"); !errors.As(err, &refused) || refused.Why != ResendQueued {
		t.Errorf("a second time: %v", err)
	}
	c, ok := l.claim()
	if !ok {
		t.Fatal("nobody finds it")
	}
	due, err := db.Deliveries().DueRecipients(t.Context(), c)
	if err != nil || len(due) != 1 || due[0].Address != "c007@example.org" || due[0].Attempts != 0 {
		t.Fatal(due, err)
	}
	if err := l.resend("c006@example.org"); err != nil { // while another node has the chunk
		t.Fatal(err)
	}
	l.settle(c, sent)
	l.is(sending, bantin.Counts{Sent: 19, Sending: 1})
	l.release(c)
	l.is(sending, bantin.Counts{Sent: 19, Queued: 1})
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 20})
	if a := l.audit(); len(a.Differences) > 0 {
		t.Errorf("%+v", a)
	}
	record, err := db.Contacts().Audit(t.Context(), "c007@example.org")
	if err != nil {
		t.Fatal(err)
	}
	var got []bantin.AuditEntry
	for _, e := range record {
		if e.What == bantin.AuditResent {
			got = append(got, e)
		}
	}
	want := []bantin.AuditEntry{{At: clock.t, What: bantin.AuditResent, By: bantin.ByOffice, Who: "lan", Edition: l.e.ID}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("their record (-want +got):\n%s", diff)
	}
}

// What is not sent again, and that it changes nothing.
func TestResendRefused(t *testing.T) { eachDatabase(t, testResendRefused) }

func testResendRefused(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 12, 3, asItIs) // one chunk
	c, _ := l.claim()
	l.settle(c, sent, sent, sent, sent, sent, failed, deferred)
	l.release(c)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	keyOf := func(address string) string {
		c, err := db.Contacts().Get(ctx, address)
		must(err)
		return c.Key
	}
	_, err := db.Suppressions().Add(ctx, "c000@example.org", "xin thôi", clock.t)
	must(err)
	must(db.Contacts().Unsubscribe(ctx, keyOf("c001@example.org"), l.e.Digest, clock.t))
	wide := RequestLimits{}
	must(db.Contacts().RequestAddressChange(ctx, "m", keyOf("c002@example.org"), "moi@example.org", clock.t.Add(time.Hour), "vi", wide))
	must(db.Contacts().ChangeAddress(ctx, "m", []byte("khóa")))
	exec(t, db, `DELETE FROM contacts WHERE email = 'c003@example.org'`) // with an import that was undone
	must(db.Contacts().Erase(ctx, "c004@example.org", []byte("khóa")))
	before := l.is(sending, bantin.Counts{Sent: 5, Failed: 1, Deferred: 1, Queued: 5})
	for address, want := range map[string]ResendRefusal{
		"c000@example.org": ResendSuppressed,
		"c001@example.org": ResendLeft,
		"c002@example.org": ResendMoved, // to whom it went
		"moi@example.org":  ResendMoved, // who they are now
		"c003@example.org": ResendGone,
		"c006@example.org": ResendQueued,
		"c007@example.org": ResendQueued,
	} {
		var refused *ResendError
		if err := l.resend(address); !errors.As(err, &refused) || refused.Why != want {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
	}
	for _, address := range []string{"c004@example.org", "ai@example.org"} {
		if err := l.resend(address); !errors.Is(err, bantin.ErrNotFound) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := db.Editions().Resend(ctx, "hang-tuan-9", "c005@example.org", ""); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("an edition that is not there: %v", err)
	}
	l.is(sending, before.Counts)
	must(l.resend("c005@example.org")) // who was refused by the server
	l.is(sending, bantin.Counts{Sent: 5, Deferred: 1, Queued: 6})
	_, err = db.Editions().Cancel(ctx, l.e.ID)
	must(err)
	var state *StateError
	if err := l.resend("c005@example.org"); !errors.As(err, &state) || state.Act != ActionResend {
		t.Errorf("of a cancelled edition: %v", err)
	}
}

// Whose delivery an address names: that of who has it now, else of who had it then.
func TestDeliveryToAddress(t *testing.T) { eachDatabase(t, testDeliveryToAddress) }

func testDeliveryToAddress(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 3, 1, asItIs)
	l.all(sent)
	first := l.contact(0)
	key := rowTexts(t, db, `SELECT key FROM contacts WHERE email = 'c000@example.org'`)[0]
	wide := RequestLimits{}
	if err := db.Contacts().RequestAddressChange(t.Context(), "m", key, "C001@example.org", clock.t.Add(time.Hour), "vi", wide); err != nil {
		t.Fatal(err)
	}
	if err := db.Contacts().ChangeAddress(t.Context(), "m", []byte("khóa")); err != nil { // and become one with c001
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"c000@example.org": "c000@example.org", // nobody has it now
		"c001@example.org": "c001@example.org", // of two, the one that went there
		"c002@example.org": "c002@example.org",
	} {
		d, err := db.Deliveries().ToAddress(t.Context(), l.e.Row, address)
		if err != nil || d.Address != want || d.Key == "" {
			t.Errorf("%s: %+v, %v", address, d, err)
		}
		if address == "c000@example.org" && (d.Contact != first || d.Key != key) {
			t.Errorf("%s: contact %d with the key %s", address, d.Contact, d.Key)
		}
	}
	var refused *ResendError
	if err := l.resend("c001@example.org"); !errors.As(err, &refused) || refused.Why != ResendMerged {
		t.Errorf("the delivery of who became one with another: %v", err)
	}
	if _, err := db.Deliveries().ToAddress(t.Context(), l.e.Row+1, "c002@example.org"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("of another edition: %v", err)
	}
}
