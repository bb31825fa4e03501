package delivery

import (
	"context"
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

// steer fails the test where an act on an edition does.
func (o *office) steer(_ bantin.Edition, err error) {
	o.T.Helper()
	if err != nil {
		o.T.Fatal(err)
	}
}

func (o *office) tend() {
	o.T.Helper()
	if err := o.editor.Tend(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
}

// after lets a server act when it has answered so many at a stage. The next
// answers wait until the act must be known to the senders.
func after(n int64, at smtptest.Stage, act func()) func(smtptest.Stage, string) smtptest.Answer {
	var met atomic.Int64
	var once sync.Once
	var acted time.Time
	return func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage != at || met.Add(1) <= n {
			return smtptest.Answer{}
		}
		once.Do(func() { act(); acted = time.Now() }) // the others wait for it
		return smtptest.Answer{Wait: 2*maxWatchAge - time.Since(acted)}
	}
}

// A paused edition begins no message more than a second later, in whatever
// process; what was in hand is kept, and the rest goes out once when it goes on.
func TestPauseWhileSending(t *testing.T) {
	testneed.Long(t, "takes seconds")
	o := newsFor(t, 600)
	e := o.edition()
	const before = 50
	server := smtptest.Start(t, after(before, smtptest.Data, func() {
		if _, err := o.DB.Editions().Pause(context.Background(), e.ID); err != nil {
			t.Error(err)
		}
	}))
	var both sync.WaitGroup
	for range 2 {
		deliverer := o.deliverer(server)
		both.Go(func() {
			if err := deliverer.Run(t.Context(), &e); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if c := o.Counts(&e); c.Sent != int64(len(server.Messages())) || c.Sent > before || c.Sent+c.Queued != 600 {
		t.Errorf("%+v, the server took %d and was paused after %d", c, len(server.Messages()), before)
	}
	o.steer(o.DB.Editions().Resume(t.Context(), e.ID, false))
	if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 600)
}

// Hours of the day in the digest's zone, also over midnight: nothing goes out
// before, sending stops when they end, and goes on with the next ones.
func TestBetween(t *testing.T) {
	testneed.Long(t, "takes seconds")
	o := newOffice(t)
	saigon, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	o.Site.Location, o.Digest.Location, o.Digest.Between = saigon, saigon, "21:00-05:00"
	set := func(clock string) {
		t.Helper()
		at, err := time.ParseInLocation(officetest.Minute, clock, saigon)
		if err != nil {
			t.Fatal(err)
		}
		o.Skew.Store(int64(time.Until(at)))
	}
	const before = 100
	server := smtptest.Start(t, after(before, smtptest.Data, func() { o.Skew.Add(int64(time.Hour)) })) // 05:30
	deliverer := o.deliverer(server)
	run := func(want bantin.EditionStatus) {
		t.Helper()
		o.tend()
		e, _, err := o.DB.Editions().OldestUnsettled(t.Context(), o.Digest.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := deliverer.Run(t.Context(), &e); err != nil {
			t.Fatal(err)
		}
		if status := o.Status(&e); status != want {
			t.Errorf("it is %s, want %s", status, want)
		}
	}
	set("10/03/2027 20:00")
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(600)
	e := o.edition()
	run(bantin.EditionOpen)
	if n := len(server.Messages()); n > 0 {
		t.Errorf("%d messages before the hours", n)
	}
	set("11/03/2027 04:30")
	run(bantin.EditionOpen) // the clock strikes five while it is sent
	if c := o.Counts(&e); c.Sent < before*9/10 || c.Sent > before || c.Sent+c.Queued != 600 {
		t.Errorf("%+v when the hours were over", c)
	}
	run(bantin.EditionOpen)
	set("11/03/2027 21:00")
	run(bantin.EditionDone)
	once(t, server, 600)
}

// A first wave that many refuse holds the edition: nobody else gets it.
func TestCanaryAlarm(t *testing.T) {
	o := newOffice(t)
	o.Digest.Canary, o.Digest.CanaryWait = 50, 15*time.Minute
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(600)
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.HasPrefix(arg, "c1") {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		}
		return smtptest.Answer{}
	})
	e := o.edition()
	deliverer := o.deliverer(server)
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	o.tend()
	if diff := cmp.Diff(bantin.Counts{Queued: 550, Sent: 39, Failed: 11}, o.Counts(&e)); diff != "" || o.Status(&e) != bantin.EditionHeld {
		t.Errorf("it is %s %s", o.Status(&e), diff)
	}
}

// An edition keeps the words, the first wave and the hours that it was made
// with, whatever the YAML says meanwhile.
func TestFrozenAsItWas(t *testing.T) {
	o := newOffice(t)
	o.Digest.Canary, o.Digest.CanaryWait = 2, time.Minute
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(5)
	server := smtptest.Start(t, nil)
	e := o.edition()
	o.Digest.Title, o.Digest.Subject, o.Digest.Canary, o.Digest.Between = "Tên khác", "khác", 0, "00:00-00:01"
	o.Digest.Audience = bantin.Audience{Places: []string{"hue"}}
	o.AddBulletin("b", "Hà Giang mở lớp", "ha-giang")
	again, err := o.editor.Make(t.Context(), o.Digest, e.Due)
	if err != nil || again.Row != e.Row {
		t.Fatal(again, err)
	}
	deliverer := o.deliverer(server)
	for _, want := range []int{2, 5} {
		if err := deliverer.Run(t.Context(), &again); err != nil {
			t.Fatal(err)
		}
		if n := len(server.Messages()); n != want {
			t.Errorf("%d messages, want %d", n, want)
		}
		o.tend()
		o.Skew.Add(int64(time.Minute))
		o.tend()
	}
	for _, m := range server.Messages() {
		subject := officetest.MailSubject(t, m.Data)
		if subject != "Bản tin khuyến học trong tuần – số 1" || strings.Contains(string(m.Data), "/bulletins/b") {
			t.Errorf("subject %q", subject)
		}
	}
	if o.Status(&e) != bantin.EditionDone {
		t.Errorf("it is %s", o.Status(&e))
	}
}

// A template that fails for one segment stops that one: the others get theirs,
// nothing of it counts as sent, and it goes out when the template is mended.
func TestOneSegmentCannotBeMade(t *testing.T) {
	o := newOffice(t)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(50) // ten of each of five places
	var broken atomic.Bool
	broken.Store(true)
	render := o.composer.Render
	o.composer.Render = func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		if m.Place == "Sơn La" && broken.Load() {
			return mailer.Rendered{}, errSegment{}
		}
		return render(subject, m)
	}
	server := smtptest.Start(t, nil)
	e, deliverer := o.edition(), o.deliverer(server)
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bantin.Counts{Sent: 40, Deferred: 10}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
	broken.Store(false)
	o.Skew.Add(int64(2 * time.Minute))
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 50)
	err := o.DB.Deliveries().Visit(t.Context(), &e, "", func(d bantin.Delivery) error {
		if d.Attempts != 1 {
			t.Errorf("%s was tried %d times", d.Contact, d.Attempts)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type errSegment struct{}

func (errSegment) Error() string { return "template: mail/digest.html:12: không có .Tinh" }
