package returns

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/store"
)

// A suppression that is undone while an edition runs costs nobody their message, and
// repeats none: whether the contact was skipped already, is next, or comes much later.
func TestUndoWhileAnEditionRuns(t *testing.T) {
	o := newOffice(t)
	const contacts = 400
	o.AddContacts(contacts)
	first := o.sent("Phú Thọ tổng kết năm học")
	wave := append(addresses(60, 72), addresses(380, 387)...)
	since := o.Now()
	o.bounces(&first, wave...)
	o.pass(store.ReturnDelay)
	o.AddBulletin("chay", "Tin đang gửi")
	e := o.edition()

	// The edition is under way: the wave suppresses, some are skipped, and then a
	// person undoes it.
	var mu sync.Mutex
	bodies := 0
	act := map[int]func(){
		20: func() {
			if err := o.returns().Settle(context.Background()); err != nil {
				t.Error(err)
			}
			if got := o.suppressedNow(); got != len(wave) {
				t.Errorf("%d suppressed, want %d", got, len(wave))
			}
			time.Sleep(2 * time.Second) // until the sender knows it
		},
		200: func() {
			undone, err := o.DB.Suppressions().Undo(context.Background(), store.SuppressionFilter{Since: since}, false)
			if err != nil || undone.Removed != int64(len(wave)) {
				t.Errorf("undone %+v, %v", undone, err)
			}
		},
	}
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Data {
			mu.Lock()
			defer mu.Unlock()
			if bodies++; act[bodies] != nil {
				act[bodies]()
			}
		}
		return smtptest.Answer{}
	})
	for tries := 0; o.Status(&e) != bantin.EditionDone && tries < 5; tries++ {
		if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int{}
	for _, m := range server.Messages() {
		got[m.To]++
	}
	for _, a := range addresses(0, contacts) {
		if got[a] != 1 {
			t.Errorf("%s got it %d times", a, got[a])
		}
	}
	if c := o.Counts(&e); c.Sent != contacts {
		t.Errorf("%+v", c)
	}
}

func (o *office) suppressedNow() (n int) {
	err := o.DB.Suppressions().Visit(context.Background(), func(store.Suppression) error { n++; return nil })
	if err != nil {
		o.T.Error(err)
	}
	return n
}

// What undoing chooses: by time, domain and reason; never complaints or what a person
// added; and what is not decided yet is forgotten.
func TestUndoChooses(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(40)
	o.Import([]bantin.Contact{{Email: "Mai@Khac.example"}, {Email: "dao@khac.example"}})
	e := o.mail("Phú Thọ tổng kết", func(a string) string {
		switch a {
		case "c1@example.org", "Mai@Khac.example":
			return userUnknown
		case "c2@example.org":
			return hostUnknown
		}
		return ""
	})
	if _, err := o.DB.Suppressions().Add(t.Context(), "c3@example.org", "gọi điện xin thôi", o.Now()); err != nil {
		t.Fatal(err)
	}
	o.wantSuppressed("at settlement", "c1@example.org", "c2@example.org", "c3@example.org", "mai@khac.example")
	o.pass(day)
	next := o.sent("Hà Giang trao học bổng")
	o.bounces(&next, "c9@example.org") // was reached before: pending, then a first one
	for _, step := range []struct {
		filter    store.SuppressionFilter
		dry       bool
		removed   int64
		forgotten int64
		left      []string
	}{
		{store.SuppressionFilter{Since: o.Now().Add(time.Hour)}, false, 0, 0, []string{"c1@example.org", "c2@example.org", "c3@example.org", "mai@khac.example"}},
		{store.SuppressionFilter{Since: e.Due.Add(-time.Hour)}, true, 3, 1, []string{"c1@example.org", "c2@example.org", "c3@example.org", "mai@khac.example"}},
		{store.SuppressionFilter{Since: e.Due.Add(-time.Hour), Domain: "KHAC.example"}, false, 1, 0, []string{"c1@example.org", "c2@example.org", "c3@example.org"}},
		{store.SuppressionFilter{Since: e.Due.Add(-time.Hour), Reason: "host-unknown"}, false, 1, 0, []string{"c1@example.org", "c3@example.org"}},
		{store.SuppressionFilter{Since: e.Due.Add(-time.Hour)}, false, 1, 1, []string{"c3@example.org"}},
		{store.SuppressionFilter{Since: e.Due.Add(-time.Hour)}, false, 0, 0, []string{"c3@example.org"}},
	} {
		undone, err := o.DB.Suppressions().Undo(t.Context(), step.filter, step.dry)
		if err != nil || undone.Removed != step.removed || undone.Forgotten != step.forgotten {
			t.Errorf("%+v: %+v, %v", step.filter, undone, err)
		}
		if step.removed > 0 && fmt.Sprint(undone.Retry) != "["+e.ID+"]" {
			t.Errorf("%+v: retry %v", step.filter, undone.Retry)
		}
		o.wantSuppressed(fmt.Sprintf("%+v", step.filter), step.left...)
	}
	o.retryFailed(&e)
	if got := o.work(&e, nil); got["c1@example.org"] != 1 || got["c2@example.org"] != 1 || got["Mai@Khac.example"] != 1 || len(got) != 3 {
		t.Errorf("sent again to %v", got)
	}
}
