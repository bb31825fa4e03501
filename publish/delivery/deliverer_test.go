package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
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
	"bantin/place"
	"bantin/publish/edition"
	"bantin/store"
)

// office is an association's office and all that mails to its contacts.
type office struct {
	*officetest.Office
	editor   *edition.Editor
	composer *Composer
}

func newOffice(t testing.TB) *office { return newOfficeOn(t, officetest.Database(t)) }

// newOfficeOn has its store in the database at url; "" for SQLite.
func newOfficeOn(t testing.TB, url string) *office {
	t.Helper()
	o := &office{Office: officetest.NewOn(t, url)}
	set := o.Templates()
	o.editor = &edition.Editor{DB: o.DB, Log: o.Log(), Site: o.Site, Atlas: o.Atlas}
	o.composer = &Composer{Site: o.Site, Atlas: o.Atlas, Sender: o.Sender(),
		Render: func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
			return mailer.RenderDigest(set, subject, m)
		}}
	return o
}

// newsFor is an office with one bulletin and n contacts: an edition to be made.
func newsFor(t testing.TB, n int) *office {
	t.Helper()
	o := newOffice(t)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(n)
	return o
}

func (o *office) edition() bantin.Edition {
	o.T.Helper()
	e, err := o.editor.Make(o.T.Context(), o.Digest, o.Now().Truncate(time.Second))
	if err != nil {
		o.T.Fatal(err)
	}
	return e
}

func (o *office) deliverer(server *smtptest.Server) *Deliverer {
	o.T.Helper()
	c := o.delivererTo(server.Port(), 4)
	c.Retry = []time.Duration{time.Minute, time.Hour}
	return c
}

func (o *office) delivererTo(port, connections int) *Deliverer {
	o.T.Helper()
	return &Deliverer{
		DB: o.DB, Log: o.Log(), Freeze: o.editor.Freeze, Composer: o.composer, Tokens: o.Tokens, Connections: connections,
		Retry: []time.Duration{time.Minute}, Node: o.Node(), Transport: o.SMTP(port), Zone: o.Zone, Now: o.Now,
	}
}

// once checks that each of n contacts got exactly one message.
func once(t *testing.T, server *smtptest.Server, n int) {
	t.Helper()
	got := server.Received()
	for i := range n {
		if a := fmt.Sprintf("c%d@example.org", i); got[a] != 1 {
			t.Errorf("%s got %d messages", a, got[a])
		}
	}
	if len(got) != n {
		t.Errorf("%d addresses got mail, want %d", len(got), n)
	}
}

func TestDeliver(t *testing.T) {
	o := newOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết phong trào", "phu-tho")
	o.AddBulletin("can-tho", "Cần Thơ đón ghe sách", "can-tho")
	o.AddContacts(1200)
	server := smtptest.Start(t, nil)
	e := o.edition()
	if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 1200)
	if diff := cmp.Diff(bantin.Counts{Sent: 1200}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
	if server.Sessions() > 4 {
		t.Errorf("%d connections for 1200 messages", server.Sessions())
	}
	for _, m := range server.Messages()[:1] {
		for _, want := range []string{"List-Unsubscribe:\r\n <https://bantin.example.org/unsubscribe/", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Id: ", "Auto-Submitted: auto-generated", "Message-ID: <"} {
			if !strings.Contains(string(m.Data), want) {
				t.Errorf("no %q in:\n%s", want, m.Data[:1000])
			}
		}
	}
}

// The contact's own place comes first.
func TestOwnPlaceFirst(t *testing.T) {
	o := newOffice(t)
	for _, slug := range []string{"can-tho", "phu-tho", "ha-giang", "son-la"} {
		o.AddBulletin(slug, "Tin của "+place.Name(slug, "vi"), slug)
	}
	bulletins, err := o.DB.Bulletins().List(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	m := o.composer.Mail(&bantin.Edition{Digest: "hang-tuan", Max: 3}, o.Site.Location, bulletins, Segment{Place: "phu-tho", Language: "vi"})
	var got []string
	for _, s := range m.Sections {
		for _, item := range s.Items {
			got = append(got, string(s.Kind)+" "+item.Title)
		}
	}
	want := []string{"own Tin của Phú Thọ", "cluster Tin của Sơn La", "cluster Tin của Hà Giang"}
	if diff := cmp.Diff(want, got); diff != "" || m.More != 1 {
		t.Errorf("more %d, (-want +got):\n%s", m.More, diff)
	}
}

// What servers answer at each step: 4xx waits and is tried again, 5xx is final,
// and what is about the relay costs no recipient.
func TestRefusals(t *testing.T) {
	type is = smtptest.Answer
	const n = 40
	bad := func(arg string) bool { return strings.HasPrefix(arg, "c7@") }
	for _, test := range []struct {
		name   string
		first  map[smtptest.Stage]is // what the first message to c7 meets, once
		always map[smtptest.Stage]is // what every message to c7 meets
		want   bantin.Counts         // after the first run
		twice  int                   // messages that c7 gets when all is over
	}{
		{name: "greylisted", first: map[smtptest.Stage]is{smtptest.Rcpt: {Reply: "451 4.7.1 thử lại sau"}}, want: bantin.Counts{Sent: n - 1, Deferred: 1}, twice: 1},
		{name: "unknown user", always: map[smtptest.Stage]is{smtptest.Rcpt: {Reply: "550 5.1.1 không có hộp thư này"}}, want: bantin.Counts{Sent: n - 1, Failed: 1}},
		{name: "refused at DATA", first: map[smtptest.Stage]is{smtptest.Data: {Reply: "452 4.3.1 hết chỗ"}}, want: bantin.Counts{Sent: n - 1, Deferred: 1}, twice: 1},
		{name: "refused after the dot", first: map[smtptest.Stage]is{smtptest.Body: {Reply: "451 4.3.0 thử lại"}}, want: bantin.Counts{Sent: n - 1, Deferred: 1}, twice: 1},
		{name: "refused for good after the dot", always: map[smtptest.Stage]is{smtptest.Body: {Reply: "554 5.7.1 thư rác"}}, want: bantin.Counts{Sent: n - 1, Failed: 1}},
		{name: "cut at RCPT", first: map[smtptest.Stage]is{smtptest.Rcpt: {Close: true}}, want: bantin.Counts{Sent: n}, twice: 1},
		{name: "421 at RCPT", first: map[smtptest.Stage]is{smtptest.Rcpt: {Reply: "421 4.7.0 quá nhiều"}}, want: bantin.Counts{Sent: n}, twice: 1},
		{name: "cut in DATA", first: map[smtptest.Stage]is{smtptest.Data: {Close: true}}, want: bantin.Counts{Sent: n}, twice: 1},
		{name: "taken and never answered", first: map[smtptest.Stage]is{smtptest.Body: {Close: true}}, want: bantin.Counts{Sent: n - 1, Deferred: 1}, twice: 2},
	} {
		each := func(t *testing.T, extensions []string) {
			t.Parallel()
			o := newsFor(t, n)
			var mu sync.Mutex
			first := maps.Clone(test.first)
			server := smtptest.StartAs(t, smtptest.Options{Extensions: extensions, Decide: func(stage smtptest.Stage, arg string) smtptest.Answer {
				if !bad(arg) {
					return is{}
				}
				mu.Lock()
				defer mu.Unlock()
				if a, ok := first[stage]; ok {
					delete(first, stage)
					return a
				}
				return test.always[stage]
			}})
			e := o.edition()
			deliverer := o.deliverer(server)
			if err := deliverer.Run(t.Context(), &e); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, o.Counts(&e)); diff != "" {
				t.Errorf("after the first run (-want +got):\n%s", diff)
			}
			o.Skew.Add(int64(2 * time.Minute))
			if err := deliverer.Run(t.Context(), &e); err != nil {
				t.Fatal(err)
			}
			got := server.Received()
			if got["c7@example.org"] != test.twice || len(got) < n-1 {
				t.Errorf("c7 got %d, %d others got theirs", got["c7@example.org"], len(got)-1)
			}
			sameID(t, server)
		}
		t.Run(test.name, func(t *testing.T) { each(t, nil) })
		t.Run(test.name+", without pipelining", func(t *testing.T) { each(t, []string{"8BITMIME"}) })
	}
}

// sameID checks that repeated messages bear the Message-ID of the first.
func sameID(t *testing.T, server *smtptest.Server) {
	t.Helper()
	ids := map[string]string{}
	for _, m := range server.Messages() {
		id := m.ID
		if was := ids[m.To]; was != "" && was != id {
			t.Errorf("%s got %s, then %s", m.To, was, id)
		}
		ids[m.To] = id
	}
}

// Temporary refusals are tried as often as the waits say, then it has failed.
func TestGivesUp(t *testing.T) {
	o := newsFor(t, 1)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Rcpt {
			return smtptest.Answer{Reply: "450 4.2.1 hộp thư bận"}
		}
		return smtptest.Answer{}
	})
	e, deliverer := o.edition(), o.deliverer(server)
	for _, want := range []bantin.Counts{{Deferred: 1}, {Deferred: 1}, {Failed: 1}} {
		if err := deliverer.Run(t.Context(), &e); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, o.Counts(&e)); diff != "" {
			t.Error(diff)
		}
		o.Skew.Add(int64(2 * time.Hour))
	}
}

// A server that is away, or wants no one, costs no recipient an attempt.
func TestRelayAway(t *testing.T) {
	o := newsFor(t, 20)
	var refusing atomic.Bool
	refusing.Store(true)
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if refusing.Load() && stage == smtptest.Mail {
			return smtptest.Answer{Reply: "550 5.7.1 máy gửi bị chặn"}
		}
		return smtptest.Answer{}
	})
	e, deliverer := o.edition(), o.deliverer(server)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- deliverer.Run(ctx, &e) }()
	officetest.Eventually(t, "something says that the relay refuses", func() bool { return deliverer.RelayError() != nil })
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bantin.Counts{Queued: 20}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
	refusing.Store(false)
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 20)
}

// Two deliverers share an edition and send nothing twice.
func TestTwoDeliverers(t *testing.T) {
	testneed.Long(t, "takes seconds")
	o := newsFor(t, 3000)
	server := smtptest.Start(t, nil)
	e := o.edition()
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
	once(t, server, 3000)
}

// Who leaves while an edition is sent gets nothing whose body begins more than
// a second later.
func TestLeavingWins(t *testing.T) {
	testneed.Long(t, "takes seconds")
	o := newsFor(t, 400)
	leaver, err := o.DB.Contacts().Get(t.Context(), "c399@example.org")
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Rcpt {
			once.Do(func() {
				if err := o.DB.Contacts().Unsubscribe(context.Background(), leaver.Key, "hang-tuan", o.Now()); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(20 * time.Millisecond) // a slow relay: two seconds for all
		}
		return smtptest.Answer{}
	})
	e := o.edition()
	if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	if got := server.Received(); got["c399@example.org"] != 0 {
		t.Error("mail to somebody who had left")
	}
	if diff := cmp.Diff(bantin.Counts{Sent: 399, Skipped: 1}, o.Counts(&e)); diff != "" {
		t.Error(diff)
	}
}

// Stopping finishes the messages in hand; going on sends the rest once.
func TestStopAndGoOn(t *testing.T) {
	o := newsFor(t, 600)
	ctx, stop := context.WithCancel(t.Context())
	var taken atomic.Int64
	server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Body && taken.Add(1) == 150 {
			stop()
		}
		return smtptest.Answer{}
	})
	e := o.edition()
	if err := o.deliverer(server).Run(ctx, &e); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if c := o.Counts(&e); c.Sent != int64(len(server.Messages())) || c.Sent == 600 {
		t.Errorf("the ledger says %d, the server took %d", c.Sent, len(server.Messages()))
	}
	if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	once(t, server, 600)
}

// A bulletin that is withdrawn while its edition is sent is left out of the
// messages that were not made yet: those after the next look, of each connection.
func TestWithdrawnWhileSending(t *testing.T) {
	o := newOffice(t)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddBulletin("b", "Tin đăng nhầm", "ha-noi")
	o.AddContacts(200)
	const before = 50
	server := smtptest.Start(t, after(before, smtptest.Rcpt, func() { o.Withdraw("b", "Tin đăng nhầm") }))
	e := o.edition()
	if err := o.deliverer(server).Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	had := 0
	for _, m := range server.Messages() {
		if strings.Contains(string(m.Data), "/bulletins/b") {
			had++
		}
	}
	if had < before*9/10 || had > before+10 {
		t.Errorf("%d of 200 messages have the bulletin that was withdrawn after %d", had, before)
	}
}

// A chunk that cannot be read is read again after growing waits. Meanwhile the other
// chunks go on, and when it can be read its contacts get their messages too.
func TestChunkThatCannotBeRead(t *testing.T) {
	testneed.Long(t, "takes seconds")
	t.Parallel()
	o := newOffice(t)
	if o.DB.Shared() {
		return // PostgreSQL takes no text for a number
	}
	const first, n = 2000, 2400 // of the first chunk, and of both
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(n)
	e := o.edition()
	o.Exec(`UPDATE deliveries SET attempts = 'nhiều' WHERE contact = (SELECT MIN(contact) FROM deliveries)`)
	log := &officetest.LogWaits{Message: "chunk cannot be read, retrying"}
	server := smtptest.Start(t, nil)
	deliverer := o.deliverer(server)
	deliverer.Log = slog.New(log)
	var running sync.WaitGroup
	running.Go(func() {
		if err := deliverer.Run(t.Context(), &e); err != nil {
			t.Error(err)
		}
	})
	officetest.Eventually(t, "the other chunk is sent", func() bool { return o.Counts(&e).Sent == n-first })
	officetest.Eventually(t, "the chunk is read again", func() bool { return len(log.Waits()) >= 2 })
	if w := log.Waits(); w[0] != minReadWait || w[1] != 2*minReadWait {
		t.Errorf("it waits for %v", w)
	}
	o.Exec(`UPDATE deliveries SET attempts = 0`)
	running.Wait()
	once(t, server, n)
}
