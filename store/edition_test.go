package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// ledger is an edition to n contacts in chunks of at most size*4, and a node
// that works it.
type ledger struct {
	*testing.T
	*DB
	clock *clock
	node  *Node
	e     bantin.Edition
}

func newLedger(t *testing.T, db *DB, clock *clock, n, size int, change func(*bantin.Digest)) *ledger {
	t.Helper()
	var addresses []string
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("c%03d@example.org", i))
	}
	people(t, db, bantin.LevelProvince, addresses...)
	arrive(t, db, tin("a.md", "Phú Thọ"))
	d := digest()
	change(d)
	e, _, err := db.Editions().Make(t.Context(), EditionPlan{Digest: d, Due: clock.t, Audience: Audience{AnyPlace: true, Site: "vi"}})
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		if done, err = db.Editions().Freeze(t.Context(), e.Row, size); err != nil {
			t.Fatal(err)
		}
	}
	node, err := db.Nodes().Register()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	return &ledger{t, db, clock, node, e}
}

// claim takes a chunk; ok is false where there is none to take.
func (l *ledger) claim() (Chunk, bool) {
	l.Helper()
	c, ok, err := l.Deliveries().Claim(l.Context(), l.e.Row, l.node.Name, time.Minute)
	if err != nil {
		l.Fatal(err)
	}
	return c, ok
}

// settle gives the deliveries of a chunk that are due these statuses, in turn;
// what comes behind stays as it is.
func (l *ledger) settle(c Chunk, statuses ...bantin.DeliveryStatus) {
	l.Helper()
	due, err := l.Deliveries().DueRecipients(l.Context(), c)
	if err != nil {
		l.Fatal(err)
	}
	var results []DeliveryResult
	for i, s := range statuses {
		r := DeliveryResult{Chunk: c, Contact: due[i].Contact, Status: s, Attempted: true, Reply: "250 " + string(s)}
		if s == bantin.DeliveryDeferred {
			r.NextAttempt = l.clock.t.Add(time.Hour)
		}
		results = append(results, r)
	}
	if _, err := l.Deliveries().StoreResults(l.Context(), results); err != nil {
		l.Fatal(err)
	}
}

func (l *ledger) release(c Chunk) {
	l.Helper()
	if err := l.Deliveries().Release(l.Context(), c); err != nil {
		l.Fatal(err)
	}
}

// all works every chunk that there is and lets each delivery end so.
func (l *ledger) all(status bantin.DeliveryStatus) {
	l.Helper()
	for c, ok := l.claim(); ok; c, ok = l.claim() {
		due, err := l.Deliveries().DueRecipients(l.Context(), c)
		if err != nil {
			l.Fatal(err)
		}
		statuses := make([]bantin.DeliveryStatus, len(due))
		for i := range statuses {
			statuses[i] = status
		}
		l.settle(c, statuses...)
		l.release(c)
	}
}

func (l *ledger) is(status bantin.EditionStatus, want bantin.Counts) bantin.Edition {
	l.Helper()
	e, err := l.Editions().Get(l.Context(), l.e.ID)
	if err != nil {
		l.Fatal(err)
	}
	if diff := cmp.Diff(want, e.Counts); diff != "" || e.Status != status {
		l.Errorf("it is %s, want %s; counts (-want +got)\n%s", e.Status, status, diff)
	}
	return e
}

func asItIs(*bantin.Digest) {}

const (
	sent, failed, deferred   = bantin.DeliverySent, bantin.DeliveryFailed, bantin.DeliveryDeferred
	sending, paused, held    = bantin.EditionSending, bantin.EditionPaused, bantin.EditionHeld
	waiting, done, cancelled = bantin.EditionOpen, bantin.EditionDone, bantin.EditionCancelled
)

// Counts are true at each moment: before anything, with a chunk in hand, given
// back, taken over, and when somebody is erased in between.
func TestCounts(t *testing.T) { eachDatabase(t, testCounts) }

func testCounts(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 20, 2, asItIs) // chunks of 8, 8 and 4
	l.is(sending, bantin.Counts{Queued: 20})
	c, _ := l.claim()
	l.is(sending, bantin.Counts{Queued: 12, Sending: 8})
	l.settle(c, sent, sent, failed, deferred)
	l.is(sending, bantin.Counts{Queued: 12, Sending: 4, Sent: 2, Failed: 1, Deferred: 1})
	l.release(c)
	l.is(sending, bantin.Counts{Queued: 16, Sent: 2, Failed: 1, Deferred: 1})
	if err := db.Contacts().Erase(t.Context(), "c003@example.org", []byte("khóa")); err != nil { // the deferred one
		t.Fatal(err)
	}
	l.is(sending, bantin.Counts{Queued: 16, Sent: 2, Failed: 1, Skipped: 1})
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 18, Failed: 1, Skipped: 1})
}

func TestPauseAndResume(t *testing.T) { eachDatabase(t, testPauseAndResume) }

func testPauseAndResume(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 20, 2, asItIs)
	c, _ := l.claim()
	if _, err := db.Editions().Pause(t.Context(), l.e.ID); err != nil {
		t.Fatal(err)
	}
	if yes, err := db.Editions().MayBegin(t.Context(), l.e.Row); err != nil || yes {
		t.Errorf("messages begin in a paused edition: %v, %v", yes, err)
	}
	if ok, err := db.Deliveries().Renew(t.Context(), c, time.Minute); err != nil || ok {
		t.Errorf("a lease is renewed in a paused edition: %v, %v", ok, err)
	}
	if _, ok := l.claim(); ok {
		t.Error("a chunk is claimed in a paused edition")
	}
	l.settle(c, sent) // it was in hand
	l.release(c)
	l.is(paused, bantin.Counts{Queued: 19, Sent: 1})
	if _, err := db.Editions().Resume(t.Context(), l.e.ID, false); err != nil {
		t.Fatal(err)
	}
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 20})
	for act, do := range map[EditionAction]func() error{
		ActionPause:  func() error { _, err := db.Editions().Pause(t.Context(), l.e.ID); return err },
		ActionResume: func() error { _, err := db.Editions().Resume(t.Context(), l.e.ID, false); return err },
		ActionCancel: func() error { _, err := db.Editions().Cancel(t.Context(), l.e.ID); return err },
	} {
		var state *StateError
		if err := do(); !errors.As(err, &state) || *state != (StateError{l.e.ID, done, act}) {
			t.Errorf("%s of what is done: %v", act, err)
		}
	}
}

// What is cancelled is skipped but for what is in hand, and its news is news
// again.
func TestCancel(t *testing.T) { eachDatabase(t, testCancel) }

func testCancel(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 20, 2, asItIs)
	c, _ := l.claim()
	if _, err := db.Editions().Cancel(t.Context(), l.e.ID); err != nil {
		t.Fatal(err)
	}
	skip := func(want bool) {
		t.Helper()
		if done, err := db.Editions().SkipCancelled(t.Context(), l.e.Row); err != nil || done != want {
			t.Errorf("all is skipped: %v, %v", done, err)
		}
	}
	skip(false)
	l.is(cancelled, bantin.Counts{Sending: 8, Skipped: 12})
	l.settle(c, sent, sent) // in hand when it was cancelled
	l.release(c)
	l.is(cancelled, bantin.Counts{Sent: 2, Skipped: 18})
	skip(true)
	if rows, err := db.Editions().UnsettledCancelled(t.Context()); err != nil || len(rows) > 0 {
		t.Errorf("still to skip: %v, %v", rows, err)
	}
	clock.t = clock.t.Add(time.Minute)
	if e := makeEdition(t, db, clock.t, 10); len(e.Bulletins) != 1 || e.Number != l.e.Number+1 {
		t.Errorf("the next edition is %+v", e)
	}
}

// A node that stalls with a chunk of a cancelled edition loses it with its
// lease, and its late result is refused.
func TestCancelOfWhoStandsStill(t *testing.T) { eachDatabase(t, testCancelOfWhoStandsStill) }

func testCancelOfWhoStandsStill(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 8, 2, asItIs)
	c, _ := l.claim()
	due, err := db.Deliveries().DueRecipients(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Editions().Cancel(t.Context(), l.e.ID); err != nil {
		t.Fatal(err)
	}
	clock.t = clock.t.Add(time.Hour)
	if done, err := db.Editions().SkipCancelled(t.Context(), l.e.Row); err != nil || !done {
		t.Fatal(done, err)
	}
	taken, err := db.Deliveries().StoreResults(t.Context(), []DeliveryResult{{Chunk: c, Contact: due[0].Contact, Status: sent}})
	if err != nil || taken[0] {
		t.Errorf("a late result was taken: %v, %v", taken, err)
	}
	l.is(cancelled, bantin.Counts{Skipped: 8})
}

// An address that is suppressed gets nothing, also where its contact has another
// by now and the edition was frozen before.
func TestSuppressedAsFrozen(t *testing.T) { eachDatabase(t, testSuppressedAsFrozen) }

func testSuppressedAsFrozen(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 2, 1, asItIs)
	exec(t, db, `UPDATE contacts SET email = 'lan.moi@example.org', address_key = 'lan.moi@example.org' WHERE address_key = 'c001@example.org'`)
	if _, err := db.Suppressions().Add(t.Context(), "c001@example.org", "550 không có hộp thư", clock.t); err != nil {
		t.Fatal(err)
	}
	c, _ := l.claim()
	due, err := db.Deliveries().DueRecipients(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, r := range due {
		got[r.Address] = r.Key != ""
	}
	if diff := cmp.Diff(map[string]bool{"c000@example.org": true, "c001@example.org": false}, got); diff != "" {
		t.Errorf("who is mailed (-want +got)\n%s", diff)
	}
}

// What failed is not tried again where its addresses are suppressed by now, and that is
// said.
func TestRetrySuppressed(t *testing.T) { eachDatabase(t, testRetrySuppressed) }

func testRetrySuppressed(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 2, 2, asItIs)
	c, _ := l.claim()
	l.settle(c, failed, sent)
	l.release(c)
	if _, err := db.Suppressions().Add(t.Context(), "c000@example.org", "user-unknown", clock.t); err != nil {
		t.Fatal(err)
	}
	if _, n, err := db.Editions().RetryFailed(t.Context(), l.e.ID); n != 0 || !errors.Is(err, ErrFailedSuppressed) {
		t.Errorf("%d again, %v", n, err)
	}
	l.is(done, bantin.Counts{Sent: 1, Failed: 1})
}

// Exactly the failed ones are queued again, as if never tried.
func TestRetryFailed(t *testing.T) { eachDatabase(t, testRetryFailed) }

func testRetryFailed(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 20, 2, asItIs)
	if _, _, err := db.Editions().RetryFailed(t.Context(), l.e.ID); !errors.Is(err, ErrNothingFailed) {
		t.Errorf("nothing failed: %v", err)
	}
	c, _ := l.claim()
	l.settle(c, failed, sent, failed, deferred, sent, sent, sent, sent)
	l.release(c)
	l.all(sent)
	l.is(sending, bantin.Counts{Sent: 17, Failed: 2, Deferred: 1})
	clock.t = clock.t.Add(2 * time.Hour)
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 18, Failed: 2})
	e, n, err := db.Editions().RetryFailed(t.Context(), l.e.ID)
	if err != nil || n != 2 || e.Status != sending {
		t.Errorf("%d queued, %s, %v", n, e.Status, err)
	}
	l.is(sending, bantin.Counts{Queued: 2, Sent: 18})
	c, _ = l.claim()
	due, err := db.Deliveries().DueRecipients(t.Context(), c)
	if err != nil || len(due) != 2 || due[0].Attempts != 0 {
		t.Errorf("due %+v, %v", due, err)
	}
	l.settle(c, sent, sent)
	l.release(c)
	l.is(done, bantin.Counts{Sent: 20})
	if _, err := db.Editions().Pause(t.Context(), "hang-tuan-9"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("no such edition: %v", err)
	}
}

// A row that cannot be holds nobody up and is not forgotten.
func TestImpossibleState(t *testing.T) { eachDatabase(t, testImpossibleState) }

func testImpossibleState(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 8, 2, asItIs)
	exec(t, db, `UPDATE deliveries SET status = 'lơ lửng' WHERE address = 'c003@example.org'`)
	c, _ := l.claim()
	l.settle(c, sent, sent, sent, sent, sent, sent, sent)
	if err := db.Deliveries().Release(t.Context(), c); !errors.Is(err, ErrInvalidStatus) {
		t.Errorf("nothing tells of it: %v", err)
	}
	l.is(done, bantin.Counts{Sent: 7, Failed: 1})
	err := db.Deliveries().Visit(t.Context(), &l.e, failed, func(d bantin.Delivery) error {
		if d.Contact != "c003@example.org" || d.Reply != `impossible state "lơ lửng"` {
			t.Errorf("%+v", d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The first wave goes first and alone, to as many as it is to have; the others
// follow after the wait.
func TestFirstWave(t *testing.T) { eachDatabase(t, testFirstWave) }

func testFirstWave(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 30, 2, func(d *bantin.Digest) { d.Canary, d.CanaryWait = 11, 15*time.Minute })
	turn := func(want bool) {
		t.Helper()
		if alarm, err := db.Editions().AdvanceCanary(t.Context(), l.e.Row); err != nil || alarm != want {
			t.Errorf("alarm %v, %v", alarm, err)
		}
	}
	turn(false)
	first, _ := l.claim()
	l.settle(first, sent, sent, sent, sent, sent, sent, failed, deferred)
	turn(false) // some were not tried yet
	l.is(sending, bantin.Counts{Queued: 22, Sent: 6, Failed: 1, Deferred: 1})
	l.release(first)
	l.all(sent)
	l.is(sending, bantin.Counts{Queued: 19, Sent: 9, Failed: 1, Deferred: 1})
	turn(false)
	e := l.is(waiting, bantin.Counts{Queued: 19, Sent: 9, Failed: 1, Deferred: 1})
	if want := clock.t.Add(15 * time.Minute); !e.Opens.Equal(want) {
		t.Errorf("it goes on at %v, want %v", e.Opens, want)
	}
	clock.t = clock.t.Add(14 * time.Minute)
	turn(false)
	if _, ok := l.claim(); ok {
		t.Error("a chunk is claimed while the first wave is waited for")
	}
	clock.t = clock.t.Add(time.Minute)
	turn(false)
	l.all(sent)
	l.is(sending, bantin.Counts{Sent: 28, Failed: 1, Deferred: 1})
}

func TestFirstWaveAlarm(t *testing.T) { eachDatabase(t, testFirstWaveAlarm) }

func testFirstWaveAlarm(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 30, 2, func(d *bantin.Digest) { d.Canary, d.CanaryWait = 8, 15*time.Minute })
	c, _ := l.claim()
	l.settle(c, sent, failed, sent, sent, sent, sent, sent, sent) // one of eight: more than a tenth
	l.release(c)
	if alarm, err := db.Editions().AdvanceCanary(t.Context(), l.e.Row); err != nil || !alarm {
		t.Errorf("alarm %v, %v", alarm, err)
	}
	e := l.is(held, bantin.Counts{Queued: 22, Sent: 7, Failed: 1})
	if e.Held == nil || e.Held.Reason != bantin.HeldFirstWave || e.Held.Detail.Refused != 1 || e.Held.Detail.Outcomes != 8 {
		t.Errorf("held by %+v", e.Held)
	}
	clock.t = clock.t.Add(time.Hour)
	if _, ok := l.claim(); ok {
		t.Error("a chunk is claimed of what is held")
	}
	if _, err := db.Editions().Resume(t.Context(), l.e.ID, false); err != nil {
		t.Fatal(err)
	}
	l.all(sent)
	if e := l.is(done, bantin.Counts{Sent: 29, Failed: 1}); e.Held != nil {
		t.Errorf("still held by %+v", e.Held)
	}
}

// What comes back during the wait counts as what failed.
func TestFirstWaveComesBack(t *testing.T) { eachDatabase(t, testFirstWaveComesBack) }

func testFirstWaveComesBack(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 30, 2, func(d *bantin.Digest) { d.Canary, d.CanaryWait = 8, 15*time.Minute })
	c, _ := l.claim()
	due, err := db.Deliveries().DueRecipients(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	l.settle(c, sent, sent, sent, sent, sent, sent, sent, sent)
	l.release(c)
	for range 2 { // it goes on at the end of its wait only
		if alarm, err := db.Editions().AdvanceCanary(t.Context(), l.e.Row); err != nil || alarm {
			t.Errorf("alarm %v, %v", alarm, err)
		}
	}
	l.is(waiting, bantin.Counts{Queued: 22, Sent: 8})
	r := Return{Message: "m1", At: clock.t, Contact: due[0].Key, Edition: l.e.Row, Kind: "hard", Reason: "user-unknown", Status: "5.1.1", Proof: "return-path", Done: DoneNoted}
	if fresh, err := db.Returns().Store(t.Context(), r, ReturnAction{}); err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	clock.t = clock.t.Add(15 * time.Minute)
	if alarm, err := db.Editions().AdvanceCanary(t.Context(), l.e.Row); err != nil || !alarm {
		t.Errorf("alarm %v, %v", alarm, err)
	}
	if e := l.is(held, bantin.Counts{Queued: 22, Sent: 8}); e.Held == nil || e.Held.Detail.Refused != 1 || e.Returned != 1 {
		t.Errorf("%+v", e)
	}
}

// A first wave that is everybody is waited for by nobody.
func TestFirstWaveOfAll(t *testing.T) { eachDatabase(t, testFirstWaveOfAll) }

func testFirstWaveOfAll(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 5, 2, func(d *bantin.Digest) { d.Canary, d.CanaryWait = 50, 15*time.Minute })
	l.all(deferred)
	if _, err := db.Editions().AdvanceCanary(t.Context(), l.e.Row); err != nil {
		t.Fatal(err)
	}
	clock.t = clock.t.Add(time.Hour)
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 5})
}

// Chunks are claimed within the hours only, by the clock of the database.
func TestHours(t *testing.T) { eachDatabase(t, testHours) }

func testHours(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 8, 2, func(d *bantin.Digest) { d.Between, d.Location = "06:00-07:00", time.UTC })
	turn := func() {
		t.Helper()
		err := db.Editions().AdvanceWindow(t.Context(), l.e.Row, func(hours, zone string, now time.Time) (opens, closes time.Time, err error) {
			if hours != "06:00-07:00" || zone != "UTC" || !now.Equal(clock.t) {
				t.Errorf("asked for %s in %s at %v", hours, zone, now)
			}
			opens = now.Truncate(24 * time.Hour).Add(6 * time.Hour)
			if now.After(opens) {
				opens = opens.Add(24 * time.Hour)
			}
			return opens, opens.Add(time.Hour), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	l.is(waiting, bantin.Counts{Queued: 8})
	if _, ok := l.claim(); ok {
		t.Error("claimed before anybody looked at the clock")
	}
	turn()
	six := clock.t.Add(6 * time.Hour)
	if e := l.is(waiting, bantin.Counts{Queued: 8}); !e.Opens.Equal(six) {
		t.Errorf("opens at %v", e.Opens)
	}
	if due, ok, err := db.Editions().NextDue(t.Context(), l.e.Row); err != nil || !ok || !due.Equal(six) {
		t.Errorf("next due %v %v %v", due, ok, err)
	}
	clock.t = six
	turn()
	c, ok := l.claim()
	if !ok {
		t.Fatal("nothing is claimed when the window opens")
	}
	l.settle(c, sent, sent)
	clock.t = six.Add(time.Hour)
	if yes, err := db.Editions().MayBegin(t.Context(), l.e.Row); err != nil || yes {
		t.Errorf("messages begin after the window: %v %v", yes, err)
	}
	l.release(c)
	turn()
	if e := l.is(waiting, bantin.Counts{Queued: 6, Sent: 2}); !e.Opens.Equal(six.Add(24 * time.Hour)) {
		t.Errorf("opens again at %v", e.Opens)
	}
	clock.t = six.Add(24 * time.Hour)
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 8})
}
