package store

import (
	"slices"
	"testing"
	"time"

	"bantin"
)

// count adds outcomes, as a node does.
func (l *ledger) count(node, domain string, sent, refused int64) {
	l.Helper()
	err := l.Editions().AddOutcomes(l.Context(), node, []Outcomes{{Edition: l.e.Row, Domain: domain, Sent: sent, Refused: refused, Unknown: refused}})
	if err != nil {
		l.Fatal(err)
	}
}

func (l *ledger) judge() *bantin.Hold {
	l.Helper()
	h, err := l.Editions().Judge(l.Context(), l.e.Row, "smtp://mx.example.org:587")
	if err != nil {
		l.Fatal(err)
	}
	return h
}

// Refusals of all nodes count together; what is held goes on only where a person says
// so, by resume or retry, and by no other command.
func TestHeldByRefusals(t *testing.T) { eachDatabase(t, testHeldByRefusals) }

func testHeldByRefusals(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 60, 5, asItIs)
	c, _ := l.claim()
	l.settle(c, failed, failed, sent)
	l.count("một", "example.org", 1, 12)
	if h := l.judge(); h != nil {
		t.Errorf("held after twelve: %+v", h)
	}
	l.count("hai", "example.org", 0, 8)
	h := l.judge()
	if h == nil || h.Reason != bantin.HeldUnknownWave || h.Detail.Refused != 20 || h.Detail.Outcomes != 21 || h.Domain != "" {
		t.Fatalf("held: %+v", h)
	}
	if again := l.judge(); again != nil {
		t.Errorf("held twice: %+v", again)
	}
	l.release(c)
	if e := l.is(held, bantin.Counts{Queued: 57, Sent: 1, Failed: 2}); e.Held == nil || e.Held.Detail.By != "smtp://mx.example.org:587" || e.Recipients != 60 {
		t.Errorf("it says %+v of %d", e.Held, e.Recipients)
	}
	if err := db.Deliveries().HoldAll(t.Context(), HeldByPerson); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Deliveries().ResumeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := l.claim(); ok {
		t.Error("a chunk is claimed of what is held")
	}
	if _, again, err := db.Editions().RetryFailed(t.Context(), l.e.ID); err != nil || again != 2 {
		t.Errorf("%d again, %v", again, err)
	}
	if h := l.judge(); h != nil { // it begins anew
		t.Errorf("held again: %+v", h)
	}
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 60})
}

// At its end an edition with few recipients is held where more than half were refused;
// accepted, it is done.
func TestHeldAtTheEnd(t *testing.T) { eachDatabase(t, testHeldAtTheEnd) }

func testHeldAtTheEnd(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 6, 50, asItIs)
	c, _ := l.claim()
	l.settle(c, failed, failed, failed, failed, sent, sent)
	l.count("một", "example.org", 2, 4)
	l.release(c)
	if e := l.is(held, bantin.Counts{Sent: 2, Failed: 4}); e.Held == nil || e.Held.Detail.Refused != 4 {
		t.Fatalf("held: %+v", e.Held)
	}
	due, err := db.Notices().DueReports(t.Context())
	if err != nil || len(due) != 1 || due[0].Kind != ReportHeld || due[0].Hold.Reason != bantin.HeldUnknownWave {
		t.Errorf("to report: %+v, %v", due, err)
	}
	if _, err := db.Editions().Resume(t.Context(), l.e.ID, true); err != nil {
		t.Fatal(err)
	}
	l.is(done, bantin.Counts{Sent: 2, Failed: 4})
}

// What was sent before an upgrade was counted by no node: it counts all the same, also
// where its chunk is not done.
func TestHalfSentBeforeAnUpgrade(t *testing.T) { eachDatabase(t, testHalfSentBeforeAnUpgrade) }

func testHalfSentBeforeAnUpgrade(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 400, 500, asItIs)
	c, _ := l.claim()
	l.settle(c, slices.Repeat([]bantin.DeliveryStatus{sent}, 370)...)
	l.release(c)
	l.count("một", "example.org", 0, 24)
	if h := l.judge(); h != nil {
		t.Errorf("held for 24 of 394: %+v", h)
	}
	l.count("một", "example.org", 0, 24)
	if h := l.judge(); h == nil {
		t.Error("not held for 48")
	}
}

// A domain that is held keeps its edition from being done, and its deliveries are not
// touched; the others are claimed. A resume makes them due.
func TestHeldDomain(t *testing.T) { eachDatabase(t, testHeldDomain) }

func testHeldDomain(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 4, 50, asItIs)
	err := db.Editions().AddOutcomes(t.Context(), "một", []Outcomes{{Edition: l.e.Row, Domain: "gmail.example", Refused: 20, Unknown: 20}, {Edition: l.e.Row, Domain: "khac.example", Sent: 100}})
	if err != nil {
		t.Fatal(err)
	}
	held := bantin.Hold{Reason: bantin.HeldUnknownWave, Domain: "gmail.example", Detail: bantin.HoldDetail{Refused: 20, Outcomes: 20}}
	if err := db.Editions().Hold(t.Context(), l.e.Row, held); err != nil {
		t.Fatal(err)
	}
	domains, err := db.Editions().HeldDomains(t.Context(), l.e.Row)
	if err != nil || len(domains) != 1 || domains[0] != "gmail.example" {
		t.Errorf("held domains %v, %v", domains, err)
	}
	c, ok := l.claim()
	if !ok {
		t.Fatal("no chunk of the others is claimed")
	}
	recipients, err := db.Deliveries().DueRecipients(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var results []DeliveryResult
	for i, r := range recipients {
		result := DeliveryResult{Chunk: c, Contact: r.Contact, Status: sent, Attempted: true}
		if i < 2 {
			result = DeliveryResult{Chunk: c, Contact: r.Contact, Status: bantin.DeliveryQueued, NextAttempt: HeldUntil()}
		}
		results = append(results, result)
	}
	if _, err := db.Deliveries().StoreResults(t.Context(), results); err != nil {
		t.Fatal(err)
	}
	l.release(c)
	e := l.is(sending, bantin.Counts{Queued: 2, Sent: 2})
	if e.Waiting == nil || e.Waiting.Domain != "gmail.example" || e.Waiting.Hold == nil || e.Waiting.Hold.Detail.Refused != 20 {
		t.Errorf("it waits for %+v", e.Waiting)
	}
	clock.t = clock.t.Add(400 * 24 * time.Hour)
	if _, ok := l.claim(); ok {
		t.Error("what is held is claimed")
	}
	if rows, err := db.Editions().WithWork(t.Context()); err != nil || len(rows) > 0 {
		t.Errorf("editions with work: %v, %v", rows, err)
	}
	if _, err := db.Editions().Resume(t.Context(), l.e.ID, false); err != nil {
		t.Fatal(err)
	}
	l.all(sent)
	l.is(done, bantin.Counts{Sent: 4})
}

// Of nodes that wait for a mail server one tries a message, and the others wait for
// what comes of it.
func TestProbe(t *testing.T) { eachDatabase(t, testProbe) }

func testProbe(t *testing.T, db *DB, clock *clock) {
	const name = "smtp://mx.example.org:587"
	probe := func(node string) bool {
		t.Helper()
		ok, err := db.Relays().Probe(t.Context(), name, node, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if _, ok, err := db.Relays().Waiting(t.Context()); ok || err != nil || probe("một") {
		t.Errorf("it waits: %v, %v", ok, err)
	}
	for range 2 {
		_, err := db.Relays().Update(t.Context(), name, func(s *RelayState) {
			s.Reason, s.Said, s.Until, s.Periods = bantin.WaitQuota, "hết hạn mức", clock.t.Add(time.Hour), append(s.Periods, Period{Accepted: 500})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s, ok, err := db.Relays().Waiting(t.Context())
	if err != nil || !ok || s.Name != name || s.Said != "hết hạn mức" || len(s.Periods) != 2 || !s.Until.Equal(clock.t.Add(time.Hour)) {
		t.Errorf("it is %+v, %v", s, err)
	}
	if probe("một") {
		t.Error("it is tried too early")
	}
	clock.t = clock.t.Add(time.Hour)
	if !probe("một") || probe("hai") || !probe("một") {
		t.Error("not one node tries")
	}
	clock.t = clock.t.Add(2 * time.Minute) // that node hangs
	if !probe("hai") {
		t.Error("no other node tries")
	}
	if err := db.Relays().EndProbe(t.Context(), name, "một"); err != nil || probe("một") {
		t.Errorf("a node ends the try of another: %v", err)
	}
	if err := db.Relays().EndProbe(t.Context(), name, "hai"); err != nil || !probe("một") {
		t.Errorf("a try that came to nothing lasts: %v", err)
	}
	node, err := db.Nodes().Register()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Relays().EndProbe(t.Context(), name, "một"); err != nil || !probe(node.Name) {
		t.Errorf("it does not try: %v", err)
	}
	node.Close() // it died
	if !probe("một") {
		t.Error("the try of a dead node lasts")
	}
	if _, err := db.Relays().Update(t.Context(), name, func(s *RelayState) { s.Until = clock.t.Add(time.Hour) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Relays().ProbeNow(t.Context()); err != nil || !probe("một") {
		t.Errorf("a person cannot see: %v", err)
	}
}
