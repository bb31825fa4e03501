package delivery

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/store"
)

// An edition that is held before anybody's attempt was spent goes on by a retry, as by a
// resume: that is what people are told to type.
func TestRetryOfAHoldWithoutFailures(t *testing.T) {
	addresses := at(40, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	var bad atomic.Bool
	bad.Store(true)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Rcpt && bad.Load() {
			return smtptest.Answer{Reply: "550 5.7.1 Relaying denied"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	if now := o.Reload(&e); now.Status != bantin.EditionHeld || now.Counts.Failed > 0 {
		t.Fatalf("it is %s, %+v", now.Status, now.Counts)
	}
	bad.Store(false)
	if now, again, err := o.DB.Editions().RetryFailed(t.Context(), e.ID); err != nil || again != 0 || now.Status != bantin.EditionSending {
		t.Fatalf("%d again, it is %s, %v", again, now.Status, err)
	}
	o.run(d, &e)
	each(t, server, addresses)
}

// A person may say that refusals are right which may be about us: the edition goes on,
// and each of them costs its recipient the message.
func TestAcceptedDoubts(t *testing.T) {
	addresses := at(60, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Body {
			return smtptest.Answer{Reply: "554 5.7.1 nội dung bị chặn (content rejected)"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	if status := o.Status(&e); status != bantin.EditionHeld {
		t.Fatalf("it is %s", status)
	}
	if _, err := o.DB.Editions().Resume(t.Context(), e.ID, true); err != nil {
		t.Fatal(err)
	}
	o.run(d, &e)
	if now := o.Reload(&e); now.Status != bantin.EditionDone || now.Counts.Failed != 60 {
		t.Errorf("it is %s for %+v, %+v", now.Status, now.Held, now.Counts)
	}
}

// A domain that is held in the first wave does not keep everybody behind it for ever: the
// wave is judged without those who wait for a person.
func TestHeldDomainInTheFirstWave(t *testing.T) {
	addresses := at(400, "mot.example", "hai.example", "ba.example", "gmail.example", "bon.example")
	o := judgedFor(t, addresses...)
	o.Digest.Canary, o.Digest.CanaryWait = 300, 15*time.Minute
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.HasSuffix(to, "@gmail.example") {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	for range 3 {
		o.run(d, &e)
		o.tend()
		o.Skew.Add(int64(10 * time.Minute))
		o.tend()
	}
	if now := o.Reload(&e); now.Waiting == nil || now.Waiting.Domain != "gmail.example" || now.Counts.Sent != 320 {
		t.Errorf("it is %s, held %+v, waiting %+v, %+v", now.Status, now.Held, now.Waiting, now.Counts)
	}
}

// Where another mail server is used from now on, nobody waits for the one of before, and
// nobody is told so.
func TestAnotherMailServer(t *testing.T) {
	addresses := at(40, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	_, err := o.DB.Relays().Update(t.Context(), "smtp://cu.example.org:587", func(s *store.RelayState) {
		s.Reason, s.Said, s.Until = bantin.WaitQuota, "550 5.4.5 Daily user sending limit exceeded", o.Now().Add(20*time.Hour)
	})
	if err != nil {
		t.Fatal(err)
	}
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && to == addresses[7] {
			return smtptest.Answer{Reply: "450 4.2.1 thử lại sau"}
		}
		return smtptest.Answer{}
	})
	e := o.edition()
	o.run(o.deliverer(server), &e)
	if now := o.Reload(&e); now.Counts.Sent != 39 || now.Waiting == nil || now.Waiting.Reason != bantin.WaitRetry {
		t.Errorf("it waits for %+v, %+v", now.Waiting, now.Counts)
	}
}

// A person who wants to see at once is not told that the next try was in 1970.
func TestTriedAtOnce(t *testing.T) {
	addresses := at(40, "mot.example", "hai.example")
	o, _, _, e := waitsForQuota(t, addresses)
	if err := o.DB.Relays().ProbeNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w := o.Reload(&e).Waiting; w == nil || w.Reason != bantin.WaitQuota || !w.Until.IsZero() {
		t.Errorf("it waits for %+v", w)
	}
}

// A first wave that was resumed is not held for what was refused before that, and not at
// all where a person said that the refusals are right.
func TestFirstWaveResumed(t *testing.T) {
	for _, accepted := range []bool{false, true} {
		addresses := at(200, "mot.example", "hai.example")
		o := judgedFor(t, addresses...)
		o.Digest.Canary, o.Digest.CanaryWait = 50, 15*time.Minute
		var bad atomic.Bool
		bad.Store(true)
		server := refusing(t, &bad, func(int64) {})
		e, d := o.edition(), o.deliverer(server)
		o.run(d, &e)
		if status := o.Status(&e); status != bantin.EditionHeld {
			t.Fatalf("it is %s", status)
		}
		o.Skew.Add(int64(time.Minute))
		bad.Store(accepted)
		if _, err := o.DB.Editions().Resume(t.Context(), e.ID, accepted); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			o.Skew.Add(int64(10 * time.Minute))
			o.run(d, &e)
			o.tend()
		}
		if now := o.Reload(&e); now.Status != bantin.EditionDone {
			t.Errorf("accepted %v: it is %s for %+v, %+v", accepted, now.Status, now.Held, now.Counts)
		}
	}
}
