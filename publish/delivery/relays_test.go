package delivery

import (
	"context"
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
	"bantin/mailer"
)

// Habits of real relays that cost nobody anything: each contact gets one message
// and not one attempt is lost.
func TestHabitsOfRelays(t *testing.T) {
	const n = 350
	var closed sync.Map
	for name, opt := range map[string]smtptest.Options{
		"421 after 100 messages":   {MaxMessages: 100},
		"one message a connection": {MaxMessages: 1},
		"hangs up after a message": {Decide: func(stage smtptest.Stage, arg string) smtptest.Answer {
			if stage == smtptest.Mail {
				return smtptest.Answer{}
			}
			return smtptest.Answer{Close: stage == smtptest.Body && strings.HasSuffix(arg, "7@example.org"), Reply: ""}
		}},
		"cuts one in ten at RCPT, once": {Decide: func(stage smtptest.Stage, arg string) smtptest.Answer {
			if stage != smtptest.Rcpt || !strings.HasSuffix(arg, "3@example.org") {
				return smtptest.Answer{}
			}
			_, again := closed.LoadOrStore(arg, true)
			return smtptest.Answer{Close: !again}
		}},
		"closes after each 250": {Decide: func(stage smtptest.Stage, _ string) smtptest.Answer {
			if stage == smtptest.Body {
				return smtptest.Answer{Reply: "250 2.0.0 OK", Close: true}
			}
			return smtptest.Answer{}
		}},
		"plain, and 421 after 10": {Extensions: []string{"SIZE"}, MaxMessages: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newsFor(t, n)
			server := smtptest.StartAs(t, opt)
			e, deliverer := o.edition(), o.deliverer(server)
			deliverer.Limit = NewRate(o.DB, "smtp", 2000) // so that some have nobody behind them
			if err := deliverer.Run(t.Context(), &e); err != nil {
				t.Fatal(err)
			}
			want := bantin.Counts{Sent: n}
			if name == "hangs up after a message" { // these were taken, and nobody said so
				want = bantin.Counts{Sent: n - n/10, Deferred: n / 10}
			}
			if diff := cmp.Diff(want, o.Counts(&e)); diff != "" {
				t.Error(diff)
			}
			once(t, server, n)
			err := o.DB.Deliveries().Visit(t.Context(), &e, "", func(d bantin.Delivery) error {
				if d.Attempts != 1 {
					t.Errorf("%s cost %d attempts: %s", d.Contact, d.Attempts, d.Reply)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A contact leaves between the envelope of their message and its body: the connection is
// closed without the dot, they get nothing, and everybody else gets theirs.
func TestLeavesAfterTheOffer(t *testing.T) {
	o := newsFor(t, 40)
	leaver, err := o.DB.Contacts().Get(t.Context(), "c20@example.org")
	if err != nil {
		t.Fatal(err)
	}
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Data && strings.HasPrefix(arg, "c20@") {
			if err := o.DB.Contacts().Unsubscribe(context.Background(), leaver.Key, "hang-tuan", o.Now()); err != nil {
				t.Error(err)
			}
			return smtptest.Answer{Wait: 2 * maxWatchAge}
		}
		return smtptest.Answer{}
	})
	e := o.edition()
	if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	if got := server.Received(); got["c20@example.org"] != 0 || len(got) != 39 {
		t.Errorf("the contact got %d, the others %d", got["c20@example.org"], len(got))
	}
	if diff := cmp.Diff(bantin.Counts{Sent: 39, Skipped: 1}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
}

// A bulletin is withdrawn between the offer of a message and its body: the body
// does without it. News of others are no reason to make anything anew.
func TestNewsAfterTheOffer(t *testing.T) {
	testneed.Long(t, "takes seconds")
	o := newOffice(t)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddBulletin("b", "Tin đăng nhầm", "ha-noi")
	o.AddContacts(40)
	var rendered atomic.Int32
	render := o.composer.Render
	o.composer.Render = func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		rendered.Add(1)
		return render(subject, m)
	}
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		switch {
		case stage == smtptest.Data && strings.HasPrefix(arg, "c10@"):
			o.AddBulletin("c", "Cần Thơ đón ghe sách", "can-tho")
			return smtptest.Answer{Wait: 2 * maxWatchAge}
		case stage == smtptest.Data && strings.HasPrefix(arg, "c20@"):
			if n := rendered.Load(); n != 5 { // the places of the contacts
				t.Errorf("%d messages were rendered for 5 segments", n)
			}
			o.Withdraw("b", "Tin đăng nhầm")
			return smtptest.Answer{Wait: 2 * maxWatchAge}
		}
		return smtptest.Answer{}
	})
	e, deliverer := o.edition(), o.deliverer(server)
	deliverer.Connections = 1 // in the order of the ledger
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 40)
	for i, m := range server.Messages() {
		if got, want := strings.Contains(string(m.Data), "/bulletins/b"), i < 20; got != want {
			t.Errorf("message %d to %s has the bulletin: %v", i, m.To, got)
		}
	}
}

// A message at which the server hangs up every time costs attempts in the end,
// and holds up nobody.
func TestMessageThatBreaksConnections(t *testing.T) {
	o := newsFor(t, 300)
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		return smtptest.Answer{Close: stage == smtptest.Rcpt && strings.HasPrefix(arg, "c7@")}
	})
	e := o.edition()
	if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bantin.Counts{Sent: 299, Deferred: 1}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
}

// A relay that takes two connections at a time gets two; nobody is refused.
func TestFewerConnections(t *testing.T) {
	o := newsFor(t, 400)
	server := smtptest.StartAs(t, smtptest.Options{MaxSessions: 2, Decide: func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Body {
			return smtptest.Answer{Wait: time.Millisecond}
		}
		return smtptest.Answer{}
	}})
	e, deliverer := o.edition(), o.deliverer(server)
	deliverer.Connections = 8
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 400)
	if n := server.RejectedSessions(); n > 30 {
		t.Errorf("%d connections too many were tried", n)
	}
}

// Where half of all second tries are refused too the pace falls, never below one
// connection, and second tries wait; first tries go on, and the pace recovers.
func TestPaceFallsAndRecovers(t *testing.T) {
	r := newRelayHealth(newOffice(t).Log(), "smtp://mx.example.org:587", 8)
	greylisted := &mailer.SendError{Temporary: true, Code: 451, Reply: "451 4.7.1 thử lại sau"}
	for range retriesSeen - 1 {
		r.succeeded(true)
		r.refusedAgain(greylisted, time.Now())
	}
	if r.allowed != 4 {
		t.Errorf("%d of 8 connections after many refusals", r.allowed)
	}
	for range 200 {
		r.refusedAgain(greylisted, time.Now())
	}
	now := time.Now()
	if wait, said := r.retryWait(now); r.allowed != 1 || r.wait(0, now) > 0 || wait <= 0 || said != greylisted.Reply || r.lastError() != nil {
		t.Errorf("%d connections, wait %s, second tries %s for %q, error %v", r.allowed, r.wait(0, now), wait, said, r.lastError())
	}
	for range 8 {
		r.changed = r.changed.Add(-2 * growInterval) // time goes by
		r.succeeded(true)
	}
	now = time.Now()
	if wait, _ := r.retryWait(now); r.allowed != 8 || r.wait(7, now) > 0 || wait > 0 {
		t.Errorf("%d connections, wait %s, second tries %s", r.allowed, r.wait(7, now), wait)
	}
}

// A log-in that is refused is no reason to hold anything: it is tried again and
// again, with waits between, nobody's attempts are spent, and all is seen from other
// processes. It goes on by itself.
func TestLogInThatIsRefused(t *testing.T) {
	o := newsFor(t, 20)
	var denied atomic.Bool
	denied.Store(true)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Connect && denied.Load() {
			return smtptest.Answer{Reply: "535 5.7.8 sai mật khẩu", Close: true}
		}
		return smtptest.Answer{}
	})
	e, d := o.edition(), o.deliverer(server)
	ended := make(chan error)
	go func() { ended <- d.Run(t.Context(), &e) }()
	officetest.Eventually(t, "others see that it waits for the mail server", func() bool {
		w := o.Reload(&e).Waiting
		return w != nil && w.Reason == bantin.WaitRelay && strings.Contains(w.Said, "sai mật khẩu")
	})
	if now := o.Reload(&e); now.Status != bantin.EditionSending || now.Counts.Failed+now.Counts.Deferred > 0 {
		t.Errorf("it is %s, %+v", now.Status, now.Counts)
	}
	denied.Store(false)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	once(t, server, 20)
	if now := o.Reload(&e); now.Status != bantin.EditionDone {
		t.Errorf("it is %s, waiting %+v", now.Status, now.Waiting)
	}
	if s, err := o.DB.Relays().State(t.Context(), d.health.name); err != nil || s.Reason != "" {
		t.Errorf("the mail server counts as %q, %v", s.Reason, err)
	}
}

// A domain has a rate of its own, which holds up nobody else: all others have
// theirs before the second of the domain may begin.
func TestRateOfADomain(t *testing.T) {
	o := newOffice(t)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	var list []bantin.Contact
	for i := range 200 {
		domain := "example.org"
		if i < 20 {
			domain = "Gmail.example"
		}
		list = append(list, bantin.Contact{Email: fmt.Sprintf("c%d@%s", i, domain), Place: "phu-tho"})
	}
	o.Import(list)
	server := smtptest.Start(t, nil)
	e, deliverer := o.edition(), o.deliverer(server)
	const perSecond = 0.001
	deliverer.Domains = map[string]*Rate{"gmail.example": NewRate(o.DB, "gmail.example", perSecond)}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error)
	go func() { ended <- deliverer.Run(ctx, &e) }()
	officetest.Eventually(t, "all others have theirs", func() bool { return len(server.Messages()) >= 181 })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	limited := 0
	for address := range server.Received() {
		if strings.HasSuffix(address, "@Gmail.example") {
			limited++
		}
	}
	if n := len(server.Messages()); limited != 1 || n != 181 {
		t.Errorf("%d messages, %d of them to the domain", n, limited)
	}
}
