package delivery

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/smtptest"
)

// waitsForQuota is an office whose mail server has a limit that 20 messages have used up,
// and which is waited for.
func waitsForQuota(t *testing.T, addresses []string) (o *office, relay *limitedRelay, server *smtptest.Server, e bantin.Edition) {
	o = judgedFor(t, addresses...)
	o.SetClock("23/11/2026 07:00")
	relay = &limitedRelay{now: o.Now, allowed: 20, period: 24 * time.Hour, rolling: true, stage: smtptest.Rcpt, reply: "550 5.4.5 Daily user sending limit exceeded"}
	server = smtptest.StartAs(t, smtptest.Options{Decide: relay.decide, DiscardData: true})
	e = o.edition()
	o.run(o.deliverer(server), &e)
	if w := o.Reload(&e).Waiting; w == nil || w.Reason != bantin.WaitQuota {
		t.Fatalf("it waits for %+v", w)
	}
	return o, relay, server, e
}

// A node whose turn it is to try one message is stopped before it has an answer: it does
// not keep the turn, and the next node tries.
func TestProbeThatIsStopped(t *testing.T) {
	addresses := at(40, "mot.example", "hai.example")
	o, relay, server, e := waitsForQuota(t, addresses)
	before := o.Counts(&e)
	o.Skew.Add(int64(25 * time.Hour))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	relay.asked = func() { stop() }
	if err := o.deliverer(server).Run(ctx, &e); err != nil {
		t.Fatal(err)
	}
	relay.asked = func() {}
	if now := o.Reload(&e); now.Counts != before {
		t.Fatalf("%+v, then %+v", before, now.Counts)
	}
	o.run(o.deliverer(server), &e)
	if now := o.Reload(&e); now.Status != bantin.EditionDone {
		t.Errorf("it is %s, waiting %+v, %+v", now.Status, now.Waiting, now.Counts)
	}
	each(t, server, addresses)
}

// Recipients who are always refused with the words of a limit are no limit: one message
// that is tried is not always theirs, and the others get theirs.
func TestProbeOfPoison(t *testing.T) {
	addresses := at(60, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	o.SetClock("23/11/2026 07:00")
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && (strings.HasPrefix(to, "c0@") || strings.HasPrefix(to, "c1@")) {
			return smtptest.Answer{Reply: "421 4.7.0 hourly sending limit exceeded, quá nhiều thư"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	for range 200 {
		o.run(d, &e)
		now := o.Reload(&e)
		if now.Counts.Sent == 58 {
			return
		}
		if now.Waiting != nil && now.Waiting.Until.After(o.Now()) {
			o.Skew.Add(int64(now.Waiting.Until.Sub(o.Now()) + time.Millisecond))
		}
	}
	t.Errorf("the others wait: %+v", o.Counts(&e))
}

// One recipient who is always refused so, and by a closed connection, costs only
// themselves: nothing waits for a limit.
func TestOneRecipientIsLimited(t *testing.T) {
	o := judgedFor(t, at(60, "mot.example", "hai.example")...)
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.HasPrefix(to, "c0@") {
			return smtptest.Answer{Reply: "421 4.7.0 hourly sending limit exceeded, quá nhiều thư", Close: true}
		}
		return smtptest.Answer{}
	})
	e := o.edition()
	o.run(o.deliverer(server), &e)
	if diff := cmp.Diff(bantin.Counts{Sent: 59, Deferred: 1}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
}
