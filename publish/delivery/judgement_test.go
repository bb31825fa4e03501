package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/internal/testneed"
)

// judged is an office whose editions are held by the usual limits, with one bulletin
// and a contact at each address.
func judgedFor(t testing.TB, addresses ...string) *office {
	t.Helper()
	o := newOffice(t)
	o.editor.Hold = bantin.HoldLimits{Share: 0.1, Least: 20}
	o.AddBulletin("a", "Phú Thọ tổng kết phong trào khuyến học", "phu-tho")
	var list []bantin.Contact
	for _, a := range addresses {
		list = append(list, bantin.Contact{Email: a, Name: "Nguyễn Thị Ánh Tuyết", Place: "phu-tho"})
	}
	o.Import(list)
	return o
}

// at gives n addresses that take turns in the domains.
func at(n int, domains ...string) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("c%d@%s", i, domains[i%len(domains)]))
	}
	return list
}

// run delivers what is due; that the edition is held is no failure.
func (o *office) run(d *Deliverer, e *bantin.Edition) {
	o.T.Helper()
	if err := d.Run(o.T.Context(), e); err != nil && !errors.Is(err, bantin.ErrHeld) {
		o.T.Fatal(err)
	}
}

// each checks that every address got exactly one message.
func each(t testing.TB, server *smtptest.Server, addresses []string) {
	t.Helper()
	got := server.Received()
	for _, a := range addresses {
		if got[a] != 1 {
			t.Errorf("%s got %d messages", a, got[a])
		}
	}
	if len(got) != len(addresses) {
		t.Errorf("%d addresses got mail, want %d", len(got), len(addresses))
	}
}

// A mail server that refuses everybody, whatever it says, holds the edition after few;
// when it is mended, everybody gets it exactly once.
func TestWaveOfRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		reply  string
		stage  smtptest.Stage
		begins int // after so many messages
		reason bantin.HeldReason
		failed int64 // at most
	}{
		"a broken resolver":           {"550 5.4.4 không tìm thấy máy chủ của tên miền (host not found)", smtptest.Rcpt, 0, bantin.HeldUnknownWave, 24},
		"unknown users, from the top": {"550 5.1.1 User unknown", smtptest.Rcpt, 0, bantin.HeldUnknownWave, 24},
		"words alone":                 {"550 từ chối", smtptest.Rcpt, 0, bantin.HeldRefused, 24},
		"it turns hard in the middle": {"550 5.1.1 User unknown", smtptest.Rcpt, 60, bantin.HeldUnknownWave, 24},
		"the content of all":          {"552 5.6.0 nội dung không hợp lệ", smtptest.Body, 0, bantin.HeldRefused, 24},
		"a policy against us":         {"554 5.7.1 máy gửi bị chặn", smtptest.Rcpt, 0, bantin.HeldRefused, 0},
		"relaying denied":             {"550 5.7.1 Relaying denied", smtptest.Rcpt, 0, bantin.HeldRefused, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addresses := at(200, "mot.example", "hai.example", "ba.example")
			o := judgedFor(t, addresses...)
			var bad atomic.Bool
			bad.Store(true)
			var taken atomic.Int64
			server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
				if stage == test.stage && bad.Load() && taken.Add(1) > int64(test.begins) {
					return smtptest.Answer{Reply: test.reply}
				}
				return smtptest.Answer{}
			})
			e, d := o.edition(), o.deliverer(server)
			o.run(d, &e)
			now := o.Reload(&e)
			if now.Status != bantin.EditionHeld || now.Held == nil || now.Held.Reason != test.reason {
				t.Fatalf("it is %s for %+v", now.Status, now.Held)
			}
			if now.Counts.Failed > test.failed || now.Counts.Deferred > 0 {
				t.Errorf("%+v when it was held", now.Counts)
			}
			if by := now.Held.Detail.By; !strings.Contains(by, "127.0.0.1") {
				t.Errorf("refused by %q", by)
			}
			// Resumed without mending anything, it is held again after few.
			if _, err := o.DB.Editions().Resume(t.Context(), e.ID, false); err != nil {
				t.Fatal(err)
			}
			o.run(d, &e)
			if again := o.Reload(&e); again.Status != bantin.EditionHeld || again.Counts.Failed > 2*test.failed {
				t.Errorf("after a resume it is %s, %+v", again.Status, again.Counts)
			}
			bad.Store(false)
			retry := o.DB.Editions().Resume
			if now.Counts.Failed > 0 {
				retry = func(ctx context.Context, id string, _ bool) (bantin.Edition, error) {
					e, _, err := o.DB.Editions().RetryFailed(ctx, id)
					return e, err
				}
			}
			if _, err := retry(t.Context(), e.ID, false); err != nil {
				t.Fatal(err)
			}
			o.run(d, &e)
			if status := o.Status(&e); status != bantin.EditionDone {
				t.Errorf("it is %s", status)
			}
			each(t, server, addresses)
		})
	}
}

// One receiver refuses everybody: its domain waits, the others get theirs at once.
// When it is mended its contacts get theirs, each once.
func TestOneReceiverRefuses(t *testing.T) {
	addresses := append(at(120, "truong.example", "tinh.example"), at(80, "gmail.example")...)
	for i := range addresses { // mixed as in a list
		j := (i * 37) % len(addresses)
		addresses[i], addresses[j] = addresses[j], addresses[i]
	}
	o := judgedFor(t, addresses...)
	var bad atomic.Bool
	bad.Store(true)
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && bad.Load() && strings.HasSuffix(to, "@gmail.example") {
			return smtptest.Answer{Reply: "550 5.1.1 The email account that you tried to reach does not exist"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	now := o.Reload(&e)
	if now.Status != bantin.EditionSending || now.Waiting == nil || now.Waiting.Domain != "gmail.example" || now.Waiting.Reason != bantin.WaitReason(bantin.HeldUnknownWave) {
		t.Fatalf("it is %s, held %+v, waiting %+v, %+v", now.Status, now.Held, now.Waiting, now.Counts)
	}
	if now.Counts.Sent != 120 || now.Counts.Failed > 24 {
		t.Errorf("%+v while the domain waits", now.Counts)
	}
	o.tend() // nothing changes by itself
	o.run(d, &e)
	if again := o.Reload(&e); again.Counts != now.Counts {
		t.Errorf("%+v, then %+v", now.Counts, again.Counts)
	}
	bad.Store(false)
	if _, _, err := o.DB.Editions().RetryFailed(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	o.run(d, &e)
	if status := o.Status(&e); status != bantin.EditionDone {
		t.Errorf("it is %s", status)
	}
	each(t, server, addresses)
}

// A held domain in a list of many chunks: the others are done, the run ends, and what
// is left is not looked at over and over.
func TestHeldDomainInALongList(t *testing.T) {
	testneed.Long(t, "takes seconds")
	addresses := at(6000, "mot.example", "gmail.example", "hai.example")
	o := judgedFor(t)
	for list := addresses; len(list) > 0; list = list[min(500, len(list)):] {
		var batch []bantin.Contact
		for _, a := range list[:min(500, len(list))] {
			batch = append(batch, bantin.Contact{Email: a, Place: "phu-tho"})
		}
		o.Import(batch)
	}
	var bad atomic.Bool
	bad.Store(true)
	server := smtptest.StartAs(t, smtptest.Options{DiscardData: true, Decide: func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && bad.Load() && strings.HasSuffix(to, "@gmail.example") {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		}
		return smtptest.Answer{}
	}})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	now := o.Reload(&e)
	if now.Counts.Sent != 4000 || now.Counts.Failed > 24 || now.Waiting == nil || now.Waiting.Domain != "gmail.example" {
		t.Fatalf("it waits for %+v, %+v", now.Waiting, now.Counts)
	}
	bad.Store(false)
	if _, _, err := o.DB.Editions().RetryFailed(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	o.run(d, &e)
	if now := o.Reload(&e); now.Status != bantin.EditionDone {
		t.Errorf("it is %s for %+v, waits for %+v, %+v", now.Status, now.Held, now.Waiting, now.Counts)
	}
	each(t, server, addresses)
}

// The refusals are right: accepted, the edition goes on and is not held for them again.
func TestAcceptedRefusals(t *testing.T) {
	addresses := at(100, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.HasPrefix(to, "c1") || strings.HasPrefix(to, "c2") || strings.HasPrefix(to, "c3") {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
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
	if now := o.Reload(&e); now.Status != bantin.EditionDone || now.Counts.Failed != 33 {
		t.Errorf("it is %s, %+v", now.Status, now.Counts)
	}
}

// Two addresses at the head of the list close the connection each time, over one
// connection: they cost only themselves, also when nobody else is left.
func TestPoisonAtTheHead(t *testing.T) {
	for name, answer := range map[string]smtptest.Answer{"it hangs up": {Close: true}, "421": {Reply: "421 4.3.2 hẹn gặp lại", Close: true}} {
		for _, others := range []int{0, 50} {
			t.Run(fmt.Sprintf("%s, %d others", name, others), func(t *testing.T) {
				t.Parallel()
				addresses := at(2+others, "mot.example")
				o := judgedFor(t, addresses...)
				server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
					if stage == smtptest.Rcpt && (strings.HasPrefix(to, "c0@") || strings.HasPrefix(to, "c1@")) {
						return answer
					}
					return smtptest.Answer{}
				})
				e, d := o.edition(), o.deliverer(server)
				d.Connections = 1
				o.run(d, &e)
				want := bantin.Counts{Sent: int64(others), Deferred: 2}
				if diff := cmp.Diff(want, o.Counts(&e)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// A relay that greylists refuses each address once: the edition goes on, all are tried
// in one pass, and all are done with the first retry.
func TestGreylistingRelay(t *testing.T) {
	addresses := at(600, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	var seen sync.Map
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if _, again := seen.LoadOrStore(to, true); stage == smtptest.Rcpt && !again {
			return smtptest.Answer{Reply: "451 4.7.1 danh sách xám, thử lại sau"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	if diff := cmp.Diff(bantin.Counts{Deferred: 600}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
	if err := d.RelayError(); err != nil {
		t.Errorf("the mail server counts as away: %v", err)
	}
	if w := o.Reload(&e).Waiting; w == nil || w.Reason != bantin.WaitRetry {
		t.Errorf("it waits for %+v", w)
	}
	o.Skew.Add(int64(2 * time.Minute))
	o.run(d, &e)
	each(t, server, addresses)
}

// Editions are delivered side by side: one whose domain is slow keeps no other one.
func TestSlowEditionKeepsNoOther(t *testing.T) {
	slow, fast := at(30, "cham.example"), at(60, "mot.example", "hai.example")
	o := judgedFor(t, slow...)
	server := smtptest.Start(t, nil)
	first := o.edition()
	var list []bantin.Contact
	for _, a := range fast {
		list = append(list, bantin.Contact{Email: "n" + a, Place: "ha-noi", Tags: []string{"khac"}})
	}
	o.Import(list)
	o.Digest.ID, o.Digest.Audience = "khac", bantin.Audience{Tags: []string{"khac"}}
	second := o.edition()
	d := o.deliverer(server)
	d.Domains = map[string]*Rate{"cham.example": NewRate(o.DB, "cham.example", 0.001)}
	sweeper := &Sweeper{DB: o.DB, Log: o.Log(), Deliver: d.DeliverDue}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- sweeper.Run(ctx, make(chan struct{}, 1)) }()
	officetest.Eventually(t, "the other edition is done", func() bool { return o.Status(&second) == bantin.EditionDone })
	if c := o.Counts(&first); c.Sent != 1 {
		t.Errorf("the slow one: %+v", c)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Editions share connections in turn: neither is done long before the other.
func TestEditionsTakeTurns(t *testing.T) {
	o := judgedFor(t, at(100, "mot.example")...)
	var order []string
	var mu sync.Mutex
	server := smtptest.Start(t, nil)
	first := o.edition()
	o.Digest.ID = "khac"
	second := o.edition()
	d := o.deliverer(server)
	d.Connections = 1
	var running sync.WaitGroup
	for _, e := range []*bantin.Edition{&first, &second} {
		running.Go(func() { o.run(d, e) })
	}
	running.Wait()
	for _, m := range server.Messages() {
		mu.Lock()
		order = append(order, m.ID)
		mu.Unlock()
	}
	if len(order) != 200 || o.Counts(&first).Sent != 100 || o.Counts(&second).Sent != 100 {
		t.Fatalf("%d messages", len(order))
	}
	middle := map[bool]int{}
	for _, m := range server.Messages()[50:150] {
		middle[strings.Contains(string(m.Data), "List-Id: ") && strings.Contains(string(m.Data), "khac.")]++
	}
	if middle[true] < 30 || middle[false] < 30 {
		t.Errorf("of the middle hundred %v are of one edition", middle)
	}
}

// refusing is a mail server that refuses all for good as long as bad holds.
func refusing(t *testing.T, bad *atomic.Bool, after func(n int64)) *smtptest.Server {
	var refused atomic.Int64
	return smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage != smtptest.Rcpt || !bad.Load() {
			return smtptest.Answer{}
		}
		after(refused.Add(1))
		return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này (user unknown)"}
	})
}

// Two nodes count together: the edition is held after hardly more than one would need.
func TestHeldOnTwoNodes(t *testing.T) {
	addresses := at(300, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	var bad atomic.Bool
	bad.Store(true)
	server := refusing(t, &bad, func(int64) {})
	e := o.edition()
	nodes := []*Deliverer{o.deliverer(server), o.deliverer(server)}
	var running sync.WaitGroup
	for _, d := range nodes {
		running.Go(func() { o.run(d, &e) })
	}
	running.Wait()
	if now := o.Reload(&e); now.Status != bantin.EditionHeld || now.Counts.Failed > 20+2*4 {
		t.Errorf("it is %s, %+v", now.Status, now.Counts)
	}
	bad.Store(false)
	if _, _, err := o.DB.Editions().RetryFailed(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	o.run(nodes[0], &e)
	each(t, server, addresses)
}

// The process is asked to stop in the middle of a wave: nothing is lost, and the next
// one holds the edition.
func TestHeldWhileStopping(t *testing.T) {
	addresses := at(100, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	var bad atomic.Bool
	bad.Store(true)
	ctx, stop := context.WithCancel(t.Context())
	server := refusing(t, &bad, func(n int64) {
		if n == 18 {
			stop()
		}
	})
	e, d := o.edition(), o.deliverer(server)
	if err := d.Run(ctx, &e); err != nil && !errors.Is(err, bantin.ErrHeld) {
		t.Fatal(err)
	}
	o.run(d, &e)
	if now := o.Reload(&e); now.Status != bantin.EditionHeld || now.Counts.Failed > 24 || now.Counts.Total() != 100 {
		t.Errorf("it is %s, %+v", now.Status, now.Counts)
	}
	bad.Store(false)
	if _, _, err := o.DB.Editions().RetryFailed(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	o.run(d, &e)
	each(t, server, addresses)
}

// A wave in the first wave of an edition holds it before all of that was tried.
func TestHeldInTheFirstWave(t *testing.T) {
	addresses := at(200, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	o.Digest.Canary, o.Digest.CanaryWait = 50, 15*time.Minute
	var bad atomic.Bool
	bad.Store(true)
	server := refusing(t, &bad, func(int64) {})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	o.tend()
	if now := o.Reload(&e); now.Status != bantin.EditionHeld || now.Held.Reason != bantin.HeldUnknownWave || now.Counts.Failed > 24 {
		t.Fatalf("it is %s for %+v, %+v", now.Status, now.Held, now.Counts)
	}
	bad.Store(false)
	if _, _, err := o.DB.Editions().RetryFailed(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		o.run(d, &e)
		o.tend()
		o.Skew.Add(int64(10 * time.Minute))
		o.tend()
	}
	if status := o.Status(&e); status != bantin.EditionDone {
		t.Errorf("it is %s", status)
	}
	each(t, server, addresses)
}

// A mail server that takes every second message and calls the others unknown is in
// trouble; two dead addresses of a hundred are not.
func TestEverySecondUnknown(t *testing.T) {
	for _, test := range []struct {
		dead   func(i int) bool
		status bantin.EditionStatus
	}{
		{func(i int) bool { return i%2 == 1 }, bantin.EditionHeld},
		{func(i int) bool { return i%50 == 1 }, bantin.EditionDone},
	} {
		o := judgedFor(t, at(200, "mot.example", "hai.example", "ba.example")...)
		server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
			var i int
			if _, err := fmt.Sscanf(to, "c%d@", &i); stage == smtptest.Rcpt && err == nil && test.dead(i) {
				return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
			}
			return smtptest.Answer{}
		})
		e, d := o.edition(), o.deliverer(server)
		o.run(d, &e)
		if status := o.Status(&e); status != test.status {
			t.Errorf("it is %s, want %s", status, test.status)
		}
	}
}

// A receiver refuses the digest of one place only, for what it says: those recipients
// fail, nobody else waits, and a retry reaches them when the words are mended.
func TestContentOfOnePlaceIsRefused(t *testing.T) {
	o := judgedFor(t, at(95, "mot.example", "hai.example")...)
	var list []bantin.Contact
	for i := range 5 {
		list = append(list, bantin.Contact{Email: fmt.Sprintf("son-la-%d@mot.example", i), Name: "Quàng Thị Ban", Place: "son-la"})
	}
	o.Import(list)
	var bad atomic.Bool
	bad.Store(true)
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Body && bad.Load() && strings.HasPrefix(to, "son-la") {
			return smtptest.Answer{Reply: "554 5.6.0 nội dung thư bị từ chối"}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	o.run(d, &e)
	if now := o.Reload(&e); now.Counts.Sent != 95 || now.Status == bantin.EditionDone && now.Counts.Failed != 5 {
		t.Fatalf("it is %s for %+v, %+v", now.Status, now.Held, now.Counts)
	}
	bad.Store(false)
	if now := o.Reload(&e); now.Status == bantin.EditionHeld {
		o.steer(o.DB.Editions().Resume(t.Context(), e.ID, false))
	} else if _, _, err := o.DB.Editions().RetryFailed(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	o.run(d, &e)
	if now := o.Reload(&e); now.Counts.Sent != 100 || now.Status != bantin.EditionDone {
		t.Errorf("it is %s, %+v", now.Status, now.Counts)
	}
}
