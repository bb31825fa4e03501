package store

import (
	"fmt"
	"testing"
	"time"

	"bantin"
)

// settled is an edition of so many recipients that was refused by one of them.
func settled(t *testing.T, db *DB, clock *clock, recipients int) (bantin.Edition, Return) {
	t.Helper()
	e, keys := mailed(t, db, clock, "lan@example.org", "hoa@example.org")
	exec(t, db, fmt.Sprintf(`UPDATE editions SET recipients = %d WHERE n = %d`, recipients, e.Row))
	exec(t, db, fmt.Sprintf(`UPDATE deliveries SET status = 'failed' WHERE edition = %d AND address = 'lan@example.org'`, e.Row))
	r := Return{Message: fmt.Sprint("m", e.Row), At: clock.t, Contact: keys["lan@example.org"], Edition: e.Row, Address: "lan@example.org",
		Kind: "hard", Reason: "user-unknown", Status: "5.1.1", Proof: ProofReply, Done: DonePending}
	if _, err := db.Returns().Store(t.Context(), r, ReturnAction{}); err != nil {
		t.Fatal(err)
	}
	return e, r
}

func settleReturns(t *testing.T, db *DB) SettledReturns {
	t.Helper()
	sum, err := db.Returns().Settle(t.Context(), bantin.HoldLimits{Share: 0.1, Least: 20})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// A refusal outlives the process that heard it.
func TestRestartBeforeSettlement(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		e, _ := settled(t, db, clock, 500)
		exec(t, db, fmt.Sprintf(`UPDATE editions SET status = 'sending' WHERE n = %d`, e.Row))
		if sum := settleReturns(t, db); sum != (SettledReturns{}) {
			t.Errorf("while it is sent: %+v", sum)
		}
		again, err := Open(t.Context(), db.dir, Options{URL: db.url, Now: clock.now})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		exec(t, again, fmt.Sprintf(`UPDATE editions SET status = 'done' WHERE n = %d`, e.Row))
		if sum := settleReturns(t, again); sum != (SettledReturns{Suppressed: 1}) {
			t.Errorf("after a restart: %+v", sum)
		}
		if s, err := again.Suppressions().Get(t.Context(), "lan@example.org"); err != nil || s.Edition != e.ID || s.Message == nil {
			t.Errorf("%+v, %v", s, err)
		}
		if sum := settleReturns(t, db); sum != (SettledReturns{}) {
			t.Errorf("again: %+v", sum)
		}
	})
}

// What was decided before there were pending refusals stays as it is.
func TestReturnsOfBefore(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		_, keys := mailed(t, db, clock, "lan@example.org", "hoa@example.org")
		r := Return{Message: "cũ", At: clock.t, Contact: keys["lan@example.org"], Edition: 1, Address: "lan@example.org", Kind: "hard", Reason: "user-unknown",
			Proof: ProofReply, Done: DoneSuppressed}
		if _, err := db.Returns().Store(t.Context(), r, ReturnAction{Suppress: r.Reason, Address: r.Address}); err != nil {
			t.Fatal(err)
		}
		if err := db.Suppressions().Remove(t.Context(), "lan@example.org"); err != nil {
			t.Fatal(err)
		}
		clock.t = clock.t.Add(7 * 24 * time.Hour)
		settled(t, db, clock, 12)
		if sum := settleReturns(t, db); sum != (SettledReturns{First: 1}) {
			t.Errorf("%+v: what was undone is no first refusal", sum)
		}
	})
}

// The contact may have gone, or moved, before the refusal is decided.
func TestSettleOfErasedAndMoved(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		ctx, wide := t.Context(), RequestLimits{}
		_, r := settled(t, db, clock, 500)
		fine(t, db.Contacts().RequestAddressChange(ctx, "m", r.Contact, "moi@example.org", clock.t.Add(time.Hour), "vi", wide))
		fine(t, db.Contacts().ChangeAddress(ctx, "m", []byte("bí mật")))
		if sum := settleReturns(t, db); sum != (SettledReturns{Suppressed: 1}) {
			t.Errorf("%+v", sum)
		}
		if c, err := db.Contacts().Get(ctx, "moi@example.org"); err != nil || c.Suppressed != "" {
			t.Errorf("the new address is suppressed: %+v, %v", c, err)
		}
		clock.t = clock.t.Add(time.Hour)
		_, r = settled(t, db, clock, 500)
		fine(t, db.Contacts().Erase(ctx, "moi@example.org", []byte("khóa")))
		fine(t, db.Contacts().Erase(ctx, "lan@example.org", []byte("khóa")))
		if sum := settleReturns(t, db); sum != (SettledReturns{}) {
			t.Errorf("of who was erased: %+v, %+v", sum, r)
		}
	})
}
