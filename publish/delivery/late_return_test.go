package delivery

import (
	"fmt"
	"testing"
	"time"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/store"
)

// comeBack has messages of an edition come back for good.
func (o *office) comeBack(e *bantin.Edition, addresses []string) {
	o.T.Helper()
	for _, a := range addresses {
		c, err := o.DB.Contacts().Get(o.T.Context(), a)
		if err != nil {
			o.T.Fatal(err)
		}
		r := store.Return{Message: fmt.Sprint(e.Row, a), At: o.Now(), Contact: c.Key, Edition: e.Row, Address: a, Kind: "hard", Reason: "user-unknown",
			Status: "5.1.1", Diagnostic: "550 5.1.1 không có hộp thư này", Proof: "verp", Done: store.DonePending}
		if _, err := o.DB.Returns().Store(o.T.Context(), r, store.ReturnAction{}); err != nil {
			o.T.Fatal(err)
		}
	}
}

// A mail server accepts all and gives it back later. What comes back after a person has
// resumed the edition, of messages from before that, is known to them: it does not hold
// the edition again.
func TestReturnsAfterAResume(t *testing.T) {
	addresses := at(300, "mot.example", "hai.example", "ba.example")
	o := judgedFor(t, addresses...)
	server := smtptest.Start(t, nil)
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	o.comeBack(&e, addresses[:100])
	if status := o.Status(&e); status != bantin.EditionHeld {
		t.Fatalf("it is %s", status)
	}
	o.Skew.Add(int64(time.Minute))
	if _, err := o.DB.Editions().Resume(t.Context(), e.ID, false); err != nil {
		t.Fatal(err)
	}
	o.Skew.Add(int64(time.Minute))
	o.comeBack(&e, addresses[100:200])
	if now := o.Reload(&e); now.Status != bantin.EditionDone {
		t.Errorf("it is %s for %+v", now.Status, now.Held)
	}
}
