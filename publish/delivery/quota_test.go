package delivery

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/store"
)

// limitedRelay is a mail server with a limit of the account, by the office's clock.
type limitedRelay struct {
	now      func() time.Time
	allowed  int
	period   time.Duration
	rolling  bool          // else it begins anew when the clock has gone through a whole period
	greylist time.Duration // how long each address is refused first
	stage    smtptest.Stage
	reply    string
	asked    func() // is called for each recipient; nil: nothing is

	mu    sync.Mutex
	taken []time.Time
	seen  map[string]time.Time
}

func (r *limitedRelay) decide(stage smtptest.Stage, to string) smtptest.Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if stage == smtptest.Rcpt && r.asked != nil {
		r.asked()
	}
	if stage == smtptest.Rcpt && r.greylist > 0 {
		first, known := r.seen[to]
		if !known {
			r.seen[to] = now
		}
		if !known || now.Sub(first) < r.greylist {
			return smtptest.Answer{Reply: "450 4.2.0 danh sách xám, thử lại sau"}
		}
	}
	if stage == r.stage && r.allowed > 0 && r.used(now) >= r.allowed {
		return smtptest.Answer{Reply: r.reply}
	}
	if stage == smtptest.Body {
		r.taken = append(r.taken, now)
	}
	return smtptest.Answer{}
}

// used is how much of the limit is used up.
func (r *limitedRelay) used(now time.Time) (n int) {
	since := now.Add(-r.period)
	if !r.rolling {
		since = now.Truncate(r.period).Add(-1)
	}
	for i := len(r.taken) - 1; i >= 0 && r.taken[i].After(since); i-- {
		n++
	}
	return n
}

// usage is how much of what the limit allows was used in whole periods, from the
// third one on.
func (r *limitedRelay) usage() float64 {
	first, last := r.taken[0].Add(2*r.period), r.taken[len(r.taken)-1]
	if !r.rolling {
		first = r.taken[0].Truncate(r.period).Add(2 * r.period)
	}
	periods := int(last.Sub(first) / r.period)
	if periods < 1 {
		return 1
	}
	n := 0
	for _, at := range r.taken {
		if !at.Before(first) && at.Before(first.Add(time.Duration(periods)*r.period)) {
			n++
		}
	}
	return float64(n) / float64(periods*r.allowed)
}

// goOn delivers an edition to its end: each time nothing can be sent, the clock goes
// on to when that ends. It gives how long it took by the clock.
func (o *office) goOn(d *Deliverer, e *bantin.Edition, most time.Duration) time.Duration {
	o.T.Helper()
	begun := o.Now()
	for o.Now().Sub(begun) < most {
		o.run(d, e)
		now := o.Reload(e)
		if now.Status == bantin.EditionDone {
			return o.Now().Sub(begun)
		}
		if now.Status == bantin.EditionHeld {
			o.T.Fatalf("it is held: %+v, %+v", now.Held, now.Counts)
		}
		next := o.Now().Add(time.Second)
		if now.Waiting != nil && now.Waiting.Until.After(next) {
			next = now.Waiting.Until.Add(time.Millisecond)
		}
		o.Skew.Add(int64(next.Sub(o.Now())))
	}
	o.T.Fatalf("it is not done after %s: %+v", most, o.Reload(e).Counts)
	return 0
}

// Limits of accounts, in the words of those who have them, cost nobody anything: no
// delivery fails, no attempt is spent, each contact gets exactly one message, and from
// the third period on what is allowed is used.
func TestLimitsOfAccounts(t *testing.T) {
	const day = 24 * time.Hour
	limits := []struct {
		allowed int
		period  time.Duration
		rolling bool
	}{
		{allowed: 500, period: day}, {allowed: 500, period: day, rolling: true},
		{allowed: 200, period: time.Hour}, {allowed: 200, period: time.Hour, rolling: true},
		{allowed: 30, period: time.Minute}, {allowed: 30, period: time.Minute, rolling: true},
	}
	replies := []struct {
		stage smtptest.Stage
		reply string
	}{
		{smtptest.Rcpt, "550 5.4.5 Daily user sending limit exceeded"},
		{smtptest.Body, "452 4.5.3 Domain policy size per transaction: daily sending quota exceeded"},
		{smtptest.Mail, "421 4.7.0 Too many messages sent: hourly sending limit exceeded"},
		{smtptest.Body, "454 Throttling failure: Maximum sending rate exceeded."},
	}
	if newOffice(t).DB.Shared() {
		replies = replies[:1] // the words are read before the database is asked
	}
	for _, limit := range limits {
		for i, said := range replies {
			if testing.Short() && limit.allowed > 30 {
				continue // the same words and periods, by the thousand messages
			}
			if i > 1 && limit.allowed > 200 {
				limit.allowed = 100 // the same in small: a test of seconds
			}
			name := fmt.Sprintf("%d in %s, rolling %v, %s", limit.allowed, limit.period, limit.rolling, said.reply[:9])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				n := 4 * limit.allowed
				addresses := at(n, "mot.example", "hai.example", "ba.example")
				o := judgedFor(t, addresses...)
				o.SetClock("23/11/2026 07:00")
				relay := &limitedRelay{now: o.Now, allowed: limit.allowed, period: limit.period, rolling: limit.rolling, stage: said.stage, reply: said.reply}
				server := smtptest.StartAs(t, smtptest.Options{Decide: relay.decide, DiscardData: true})
				e, d := o.edition(), o.deliverer(server)
				took := o.goOn(d, &e, 10*limit.period+2*time.Hour)
				each(t, server, addresses)
				u := relay.usage()
				if u < 0.9 {
					t.Errorf("%.2f of what is allowed was used", u)
				}
				t.Logf("%d messages in %s, %.2f of what is allowed from the third period on", n, took.Round(time.Second), u)
				if diff := cmp.Diff(bantin.Counts{Sent: int64(n)}, o.Counts(&e)); diff != "" {
					t.Error(diff)
				}
				err := o.DB.Deliveries().Visit(t.Context(), &e, "", func(d bantin.Delivery) error {
					if d.Attempts != 1 {
						t.Errorf("%s was tried %d times: %s", d.Contact, d.Attempts, d.Reply)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// Greylisting of one to ten minutes costs attempts and nobody's message.
func TestGreylists(t *testing.T) {
	for _, minutes := range []int{1, 2, 3, 5, 7, 10} {
		t.Run(fmt.Sprintf("%d minutes", minutes), func(t *testing.T) {
			t.Parallel()
			addresses := at(200, "mot.example", "hai.example")
			o := judgedFor(t, addresses...)
			relay := &limitedRelay{now: o.Now, greylist: time.Duration(minutes) * time.Minute, seen: map[string]time.Time{}}
			server := smtptest.StartAs(t, smtptest.Options{Decide: relay.decide, DiscardData: true})
			e, d := o.edition(), o.deliverer(server)
			d.Retry = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}
			if took := o.goOn(d, &e, 2*time.Hour); took > 25*time.Minute {
				t.Errorf("it took %s", took)
			}
			each(t, server, addresses)
		})
	}
}

// A limit for one receiving domain is no limit of the account: the others go on.
func TestLimitOfOneDomain(t *testing.T) {
	addresses := at(60, "mot.example", "gmail.example")
	o := judgedFor(t, addresses...)
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && to[len(to)-13:] == "gmail.example" {
			return smtptest.Answer{Reply: "452 4.5.3 Too many messages: hourly sending limit exceeded"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	if diff := cmp.Diff(bantin.Counts{Sent: 30, Deferred: 30}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
}

// A wait for a limit outlives the process that met it, and another node respects it.
func TestLimitOutlivesTheProcess(t *testing.T) {
	addresses := at(40, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	relay := &limitedRelay{now: o.Now, allowed: 10, period: time.Hour, stage: smtptest.Rcpt, reply: "550 5.4.5 Daily user sending limit exceeded"}
	server := smtptest.Start(t, relay.decide)
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	before := o.Reload(&e)
	if before.Waiting == nil || before.Waiting.Reason != bantin.WaitQuota || !before.Waiting.Until.After(o.Now()) {
		t.Fatalf("it waits for %+v", before.Waiting)
	}
	asked := server.Sessions()
	other := o.deliverer(server)
	o.run(other, &e)
	if n := server.Sessions(); n != asked {
		t.Errorf("another node opened %d connections meanwhile", n-asked)
	}
	if err := o.DB.Relays().ProbeNow(t.Context()); err != nil { // a person wants to see
		t.Fatal(err)
	}
	o.run(other, &e)
	if n := server.Sessions(); n == asked {
		t.Error("nothing was tried")
	}
	if after := o.Reload(&e); after.Waiting == nil || after.Waiting.Reason != bantin.WaitQuota || after.Counts.Sent != before.Counts.Sent {
		t.Errorf("it waits for %+v, %+v", after.Waiting, after.Counts)
	}
	o.goOn(other, &e, 10*time.Hour)
	each(t, server, addresses)
}

func TestLearnedLimit(t *testing.T) {
	day := []store.Period{
		{Least: 16 * time.Hour, Most: 17 * time.Hour, Accepted: 500}, // begun at seven, reset at midnight
		{Least: 23 * time.Hour, Most: 24*time.Hour + 20*time.Minute, Accepted: 500},
		{Least: 10 * time.Minute, Most: 24*time.Hour + 5*time.Minute, Accepted: 498},
	}
	for _, test := range []struct {
		periods []store.Period
		length  time.Duration
		allowed int64
	}{
		{nil, 0, 0},
		{day[:1], 0, 0},
		{day[:2], 0, 0}, // they contradict each other
		{day, 24 * time.Hour, 498},
		{[]store.Period{{Least: 30 * time.Minute, Most: 61 * time.Minute, Accepted: 200}, {Least: time.Minute, Most: 62 * time.Minute, Accepted: 199}}, time.Hour, 199},
	} {
		s := store.RelayState{Periods: test.periods}
		allowed, length, ok := s.Limit()
		if length != test.length || allowed != test.allowed || ok != (test.length > 0) {
			t.Errorf("%v: %s %d %v", test.periods, length, allowed, ok)
		}
	}
}

// However sure it is of a limit, one message is tried each hour: the limit may be
// another by now, and people wait for their confirmation.
func TestLearnedLimitIsTriedAgain(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	day := store.Period{Least: 23 * time.Hour, Most: 24*time.Hour + time.Minute, Accepted: 500}
	s := &store.RelayState{Since: now, Began: now, Periods: []store.Period{day, day}}
	if at := nextProbe(s, now); !at.Equal(now.Add(maxProbeWait)) {
		t.Errorf("next after %s", at.Sub(now))
	}
	end := now.Add(24 * time.Hour)
	if at := nextProbe(s, end.Add(-30*time.Minute)); at.Before(end) || at.After(end.Add(5*time.Minute)) {
		t.Errorf("next %s after the day", at.Sub(end))
	}
}
