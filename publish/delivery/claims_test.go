package delivery

import (
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/internal/testneed"
	"bantin/mailer"
	"bantin/store"
)

// Without an answer from the database a claim ends by its own clock, before the lease
// does: another node may have the chunk then.
func TestClaimEndsByItsOwnClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &claim{}
		c.extend(time.Now())
		for _, held := range []bool{true, false} {
			if c.isHeld() != held {
				t.Errorf("held is %v", !held)
			}
			time.Sleep(chunkLease - time.Second)
		}
	})
}

// claiming is an edition to three contacts that is about to be worked.
func claiming(t *testing.T) (*office, *deliveryRun) {
	t.Helper()
	o := newOfficeOn(t, "")
	o.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	o.AddContacts(3)
	e := o.edition()
	d := o.deliverer(smtptest.Start(t, nil))
	d.init()
	run, err := d.newRun(t.Context(), &e)
	if err != nil {
		t.Fatal(err)
	}
	return o, run
}

// A chunk that takes minutes stays claimed until it is done.
func TestLeaseIsRenewed(t *testing.T) {
	o, run := claiming(t)
	now := o.Now()
	synctest.Test(t, func(t *testing.T) {
		o.Skew.Store(int64(time.Until(now)))
		c, ok, err := run.claim(t.Context())
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		done := make(chan struct{})
		go run.renewLease(t.Context(), c, done)
		<-time.After(3 * chunkLease) // of the bubble's clock: nothing waits
		if !c.isHeld() {
			t.Error("it is lost though nobody else asked for it")
		}
		close(done)
		<-time.After(chunkLease)
		if c.isHeld() {
			t.Error("it is renewed though it is done")
		}
	})
}

// A lease counts from when it was asked for, as that of the other nodes does. Where the
// answer takes long, much of it is over.
func TestLeaseCountsFromTheRequest(t *testing.T) {
	testneed.Long(t, "takes seconds")
	o, run := claiming(t)
	var c *claim
	answeredLate(t, o, "a claim", func() *claim {
		var ok bool
		var err error
		if c, ok, err = run.claim(t.Context()); err != nil || !ok {
			t.Error(ok, err)
		}
		return c
	})
	answeredLate(t, o, "a renewal", func() *claim {
		run.renew(t.Context(), c)
		return c
	})
}

// answeredLate asks for a lease while the database is locked: its deadline must not
// depend on when the lock was released.
func answeredLate(t *testing.T, o *office, what string, ask func() *claim) {
	t.Helper()
	unlock := o.Lock()
	asking, done := make(chan struct{}), make(chan *claim)
	go func() {
		close(asking)
		done <- ask()
	}()
	<-asking
	<-time.After(2 * time.Second) // longer than it takes to note the time
	released := time.Now()
	unlock()
	if c := <-done; c.deadline.After(released.Add(chunkLease * 4 / 5)) {
		t.Errorf("%s counts from the answer", what)
	}
}

// The pauses while a relay is away are doubled, up to the longest; each wait after a
// temporary refusal is the next one of the list.
func TestWaitsGrow(t *testing.T) {
	now := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)
	var b backoff
	var pauses []time.Duration
	for range 8 {
		pauses = append(pauses, b.pause(now, time.Second, time.Minute))
	}
	if diff := cmp.Diff([]time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 32e9, 60e9, 60e9}, pauses); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
	retry := []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour}
	w := &worker{pool: &pool{Deliverer: &Deliverer{Retry: retry, Now: func() time.Time { return now }}}}
	s := &NoticeSender{Retry: retry, Now: w.Now}
	for attempts, wait := range retry {
		full := &mailer.SendError{Temporary: true, InDoubt: true, Code: 452, Reply: "452 4.2.2 hộp thư đầy"}
		of := w.refusalResult(&job{Recipient: store.Recipient{Attempts: attempts}}, full)
		if got := of.NextAttempt.Sub(now); got != wait || of.Status != bantin.DeliveryDeferred {
			t.Errorf("delivery, after %d attempts: %s, %s, want %s", attempts, of.Status, got, wait)
		}
		if got := s.refused(&store.Notice{Attempts: attempts}, full).NextAttempt.Sub(now); got != wait {
			t.Errorf("notice, after %d attempts: %s, want %s", attempts, got, wait)
		}
	}
}

// Refusals of the sender are an alarm when nothing is taken between them.
func TestSuccessEndsRefusalsAboutUs(t *testing.T) {
	r := newRelayHealth(slog.New(slog.DiscardHandler), "smtp://mx.example.org:587", 8)
	blocked := &mailer.SendError{Code: 550, Reply: "550 5.7.1 sender blocked", AboutUs: true}
	alarms := 0
	for round := range 3 {
		for n := range alarmThreshold - 1 {
			if r.countAgainstUs(blocked) || r.doubt(doubt{edition: 1, address: fmt.Sprintf("c%d-%d@example.org", round, n)}) {
				alarms++
			}
		}
		r.succeeded(false)
	}
	if alarms > 0 {
		t.Errorf("%d alarms although messages were taken between", alarms)
	}
	for n := range alarmThreshold {
		if alarm := r.countAgainstUs(blocked); alarm != (n == alarmThreshold-1) {
			t.Errorf("refusal %d in a row: alarm %v", n+1, alarm)
		}
	}
}
