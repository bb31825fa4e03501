package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// audit is what an audit of the ledger's edition says.
func (l *ledger) audit() EditionAudit {
	l.Helper()
	a, err := l.Editions().Audit(l.Context(), l.e.Row)
	if err != nil {
		l.Fatal(err)
	}
	return a
}

// Each way in which what is stored of an edition can differ from itself is found, and
// where; a ledger that is as it should be has none.
func TestAudit(t *testing.T) { eachDatabase(t, testAudit) }

func testAudit(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 20, 2, asItIs) // chunks of 8, 8 and 4
	clean := func(what string, want EditionAudit) {
		t.Helper()
		want.Edition, want.Frozen = l.e.ID, 20
		if diff := cmp.Diff(want, l.audit()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	clean("frozen", EditionAudit{Waiting: 20})
	c, _ := l.claim()
	clean("claimed", EditionAudit{Waiting: 20})
	l.settle(c, sent, sent, sent, failed, bantin.DeliverySkipped, deferred)
	clean("in work", EditionAudit{Sent: 3, Failed: 1, Skipped: 1, Waiting: 15})
	l.release(c)
	clean("at rest", EditionAudit{Sent: 3, Failed: 1, Skipped: 1, Waiting: 15})
	clock.t = clock.t.Add(time.Hour)
	l.all(sent)
	clean("settled", EditionAudit{Sent: 18, Failed: 1, Skipped: 1})

	damaged, err := db.Segments().Archive(l.e.Row).Store(t.Context(), letter("Bạc Liêu"))
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, fmt.Sprintf(`UPDATE deliveries SET segment = %d`, damaged))
	clean("with a segment", EditionAudit{Sent: 18, Failed: 1, Skipped: 1})
	contacts := fmt.Sprintf(`contact = %d`, l.contact(19))
	for _, test := range []struct {
		damage, mend string
		want         []Difference
	}{
		{`UPDATE editions SET recipients = 21`, `UPDATE editions SET recipients = 20`, []Difference{{DiffersRecipients, 0, 21, 20}}},
		{`UPDATE chunks SET sent = sent + 1 WHERE chunk = 2`, `UPDATE chunks SET sent = sent - 1 WHERE chunk = 2`, []Difference{{DiffersSent, 2, 9, 8}}},
		{`UPDATE chunks SET failed = 7 WHERE chunk = 1`, `UPDATE chunks SET failed = 1 WHERE chunk = 1`, []Difference{{DiffersFailed, 1, 7, 1}}},
		{`UPDATE chunks SET skipped = 0 WHERE chunk = 1`, `UPDATE chunks SET skipped = 1 WHERE chunk = 1`, []Difference{{DiffersSkipped, 1, 0, 1}}},
		{`UPDATE chunks SET deferred = 2 WHERE chunk = 3`, `UPDATE chunks SET deferred = 0 WHERE chunk = 3`, []Difference{{DiffersDeferred, 3, 2, 0}}},
		{`UPDATE deliveries SET status = 'queued' WHERE ` + contacts, `UPDATE deliveries SET status = 'sent' WHERE ` + contacts,
			[]Difference{{DiffersSent, 3, 4, 3}, {DiffersUnsettled, 3, 0, 1}}},
		{`UPDATE deliveries SET status = 'hỏng' WHERE ` + contacts, `UPDATE deliveries SET status = 'sent' WHERE ` + contacts,
			[]Difference{{DiffersSent, 3, 4, 3}, {DiffersStatus, 3, 0, 1}}},
		{`UPDATE chunks SET hi = hi - 1 WHERE chunk = 3`, `UPDATE chunks SET hi = hi + 1 WHERE chunk = 3`,
			[]Difference{{DiffersSent, 3, 4, 3}, {DiffersNoChunk, 0, 0, 1}}},
		{`UPDATE chunks SET lo = lo - 1 WHERE chunk = 3`, `UPDATE chunks SET lo = lo + 1 WHERE chunk = 3`,
			[]Difference{{DiffersOverlap, 3, 0, 1}, {DiffersSent, 3, 4, 5}}},
		{`UPDATE chunks SET done = 0 WHERE chunk = 3`, `UPDATE chunks SET done = 1 WHERE chunk = 3`, []Difference{{DiffersOpen, 0, 0, 1}}},
		{`UPDATE deliveries SET segment = 9 WHERE ` + contacts, `UPDATE deliveries SET segment = 1 WHERE ` + contacts, []Difference{{DiffersSegment, 0, 0, 1}}},
		{`DELETE FROM deliveries WHERE ` + contacts, ``, []Difference{{DiffersSent, 3, 4, 3}, {DiffersRecipients, 0, 20, 19}}},
		{`DELETE FROM chunks WHERE chunk = 2`, ``,
			[]Difference{{DiffersSent, 3, 4, 3}, {DiffersRecipients, 0, 20, 19}, {DiffersNoChunk, 0, 0, 8}}},
	} {
		exec(t, db, test.damage)
		if diff := cmp.Diff(test.want, l.audit().Differences); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.damage, diff)
		}
		if test.mend != "" {
			exec(t, db, test.mend)
		}
	}
	if e := l.is(done, bantin.Counts{Sent: 10, Failed: 1, Skipped: 1}); e.Unaccounted != 8 {
		t.Errorf("%d are unaccounted for", e.Unaccounted)
	}
}

// What went by age is not missing.
func TestAuditOfPrunedEdition(t *testing.T) { eachDatabase(t, testAuditOfPrunedEdition) }

func testAuditOfPrunedEdition(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 9, 1, asItIs)
	l.all(sent)
	clock.t = clock.t.Add(24 * time.Hour)
	if _, err := db.Deliveries().Prune(t.Context(), clock.t); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(EditionAudit{Edition: l.e.ID, Frozen: 9, Sent: 9, IsPruned: true}, l.audit()); diff != "" {
		t.Error(diff)
	}
	exec(t, db, `UPDATE chunks SET sent = sent - 1 WHERE chunk = 1`)
	if diff := cmp.Diff([]Difference{{DiffersRecipients, 0, 9, 8}}, l.audit().Differences); diff != "" {
		t.Error(diff)
	}
}

// An edition that settles says whether it adds up; and it is asked for once.
func TestSettledAccount(t *testing.T) { eachDatabase(t, testSettledAccount) }

func testSettledAccount(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 9, 1, asItIs)
	exec(t, db, fmt.Sprintf(`DELETE FROM deliveries WHERE contact = %d`, l.contact(4)))
	if e := l.is(sending, bantin.Counts{Queued: 9}); e.Unaccounted != 0 {
		t.Errorf("while it is sent %d are unaccounted for", e.Unaccounted)
	}
	l.all(sent)
	e := l.is(done, bantin.Counts{Sent: 8})
	if e.Unaccounted != 1 {
		t.Errorf("%d are unaccounted for", e.Unaccounted)
	}
	for again := range 2 {
		due, err := db.Notices().DueReports(t.Context())
		if err != nil || len(due) != 1-again || again == 0 && due[0].Kind != ReportUnaccounted {
			t.Fatal(due, err)
		}
		for _, o := range due {
			r := NewReport(&e, o.Kind)
			if r.Frozen != 9 || r.Unaccounted != 1 {
				t.Errorf("reported: %+v", r)
			}
			if err := db.Notices().ReportEdition(t.Context(), e.Row, r, o, "vi"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Beside senders that claim, settle, give back, lose their lease and try again, beside
// erasures and retries, an audit finds nothing: in every committed state it adds up.
func TestAuditBesideSenders(t *testing.T) { eachDatabase(t, testAuditBesideSenders) }

func testAuditBesideSenders(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 160, 2, asItIs) // 20 chunks
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for sender := range 3 {
		all.Go(func() { l.sendAnyhow(ctx, uint64(sender)) })
	}
	all.Go(func() {
		for i := 0; i < 20 && ctx.Err() == nil; i++ {
			if err := db.Contacts().Erase(context.Background(), fmt.Sprintf("c%03d@example.org", 7*i), []byte("khóa")); err != nil {
				t.Error(err)
			}
			if _, _, err := db.Editions().RetryFailed(context.Background(), l.e.ID); err != nil && i == 0 {
				t.Log(err)
			}
		}
	})
	for range 60 {
		a := l.audit()
		if n := a.Sent + a.Failed + a.Skipped + a.Waiting; len(a.Differences) > 0 || n != 160 {
			t.Fatalf("%+v", a)
		}
		if e, err := db.Editions().Get(t.Context(), l.e.ID); err != nil || e.Unaccounted != 0 || e.Counts.Total() != 160 {
			t.Fatalf("%+v, %v", e, err)
		}
	}
	stop()
	all.Wait()
}

// sendAnyhow claims chunks and lets some of their deliveries end in some way, until ctx ends.
func (l *ledger) sendAnyhow(ctx context.Context, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for ctx.Err() == nil {
		c, ok, err := l.Deliveries().Claim(context.Background(), l.e.Row, l.node.Name, time.Minute)
		if err != nil {
			l.Error(err)
			return
		}
		if !ok {
			time.Sleep(time.Millisecond)
			continue
		}
		due, err := l.Deliveries().DueRecipients(context.Background(), c)
		if err != nil {
			l.Error(err)
			return
		}
		for _, d := range due {
			status := []bantin.DeliveryStatus{sent, failed, bantin.DeliverySkipped, failed}[r.IntN(4)]
			if r.IntN(8) == 0 {
				continue // given back
			}
			_, err := l.Deliveries().StoreResults(context.Background(), []DeliveryResult{{Chunk: c, Contact: d.Contact, Status: status, Attempted: true}})
			if err != nil {
				l.Error(err)
			}
		}
		if err := l.Deliveries().Release(context.Background(), c); err != nil {
			l.Error(err)
		}
	}
}
