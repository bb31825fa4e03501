package alarm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/officetest"
	"bantin/store"
)

// operator is an office with somebody who is told of troubles.
type operator struct {
	*officetest.Office
	t      *testing.T
	alarms *Alarms
	log    bytes.Buffer

	mu     sync.Mutex
	told   []string // what the way said, in short
	broken error    // of the way
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	o := &operator{Office: officetest.New(t), t: t}
	o.SetClock("30/11/2026 08:00")
	o.start()
	return o
}

// start begins with what is stored, as a program does that starts anew.
func (o *operator) start() {
	o.alarms = &Alarms{
		DB: o.DB, Log: slog.New(slog.NewTextHandler(&o.log, nil)), Language: bantin.English, Zone: o.Site.Location, After: DefaultAfter, Now: o.Now,
		Ways:     []Way{{Name: "command", Tell: o.tell}},
		Watched:  Watched{Sources: []string{"website", "nganh", "a", "b", "c", "d"}, Tasks: map[string][]string{store.TaskBounces: {""}, store.TaskHubs: {AnyObject}}},
		Unstored: &Unstored{},
	}
}

func (o *operator) tell(_ context.Context, _ *bantin.Trouble, m Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken != nil {
		return o.broken
	}
	said := fmt.Sprintf("%s: %s", m.Kind, m.Subject)
	if !m.Resolved.IsZero() {
		said += " is over"
	}
	if m.ID == "" || m.What == "" || m.Hint == "" || m.Since.IsZero() {
		o.t.Errorf("it does not say all: %+v", m)
	}
	o.told = append(o.told, said)
	return nil
}

// pass lets time pass, in which the loops do their work.
func (o *operator) pass(long time.Duration) {
	o.t.Helper()
	for ; long > 0; long -= 5 * time.Minute {
		o.Skew.Add(int64(min(long, 5*time.Minute)))
		if err := o.alarms.find(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
		o.alarms.tellStored(o.t.Context())
	}
}

// want compares what was told since it was asked last.
func (o *operator) want(said ...string) {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if diff := cmp.Diff(said, o.told); diff != "" {
		o.t.Errorf("told (-want +got):\n%s\n%s", diff, o.log.String())
	}
	o.told = nil
}

func (o *operator) read(source string, failure error) {
	o.t.Helper()
	if err := o.DB.Sources().RecordRead(o.t.Context(), source, failure, time.Time{}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *operator) task(task, object string, failure error) {
	o.t.Helper()
	if err := o.DB.Tasks().Record(o.t.Context(), task, object, failure); err != nil {
		o.t.Fatal(err)
	}
}

var errAway = errors.New("read source website: it answers 503")

// A source that fails is told once when it has lasted for a quarter of an hour, again
// each day, over restarts, and once when it is over.
func TestOneTroubleIsToldOnce(t *testing.T) {
	o := newOperator(t)
	o.read("website", errAway)
	o.read("removed-from-the-yaml", errAway)
	o.pass(10 * time.Minute)
	o.want()
	o.pass(10 * time.Minute)
	o.want("source: Source website")
	o.read("website", errAway)
	o.start()
	o.pass(20 * time.Hour)
	o.want()
	o.pass(5 * time.Hour)
	o.want("source: Source website")
	o.read("website", nil)
	o.pass(time.Minute)
	o.want() // it may be back at once
	o.pass(20 * time.Minute)
	o.want("source: Source website is over")
	o.start()
	o.pass(48 * time.Hour)
	o.want()
}

// More sign-ups than a busy day brings wait, and are told when that lasts.
func TestManySignUpsAreTold(t *testing.T) {
	o := newOperator(t)
	paced := store.RequestLimits{Delay: []store.RequestLimit{{Key: "tất cả", Max: 1, Window: time.Hour}}}
	for i := range 2 {
		s := store.SignUp{Nonce: fmt.Sprint("n", i), Contact: bantin.Contact{Email: fmt.Sprintf("lan%d@example.org", i)}, Expires: o.Now().Add(24 * time.Hour)}
		if err := o.DB.Contacts().RequestSignUp(t.Context(), s, paced); err != nil {
			t.Fatal(err)
		}
	}
	o.pass(10 * time.Minute)
	o.want()
	o.pass(10 * time.Minute)
	o.want("task: Very many sign-ups at once")
	o.pass(2 * time.Hour)
	o.want("task: Very many sign-ups at once is over")
}

// What ends by itself within a quarter of an hour is not told, nor is a web site that
// fails every other time told each time.
func TestWhatComesAndGoes(t *testing.T) {
	o := newOperator(t)
	o.read("website", errAway)
	o.pass(10 * time.Minute)
	o.read("website", nil)
	o.pass(time.Hour)
	o.want()
	for range 3 * 24 { // three days
		o.read("website", errAway)
		o.pass(20 * time.Minute)
		o.read("website", nil)
		o.pass(40 * time.Minute)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := len(o.told); n == 0 || n > 3*2*5 {
		t.Errorf("told %d times: %v", n, o.told)
	}
}

// A network that is away is one alarm and not one for each source; the one that was told
// before stays a trouble of its own.
func TestManySourcesAtOnce(t *testing.T) {
	o := newOperator(t)
	o.read("nganh", errAway)
	o.pass(time.Hour)
	o.want("source: Source nganh")
	for _, id := range []string{"website", "a", "b", "c", "d"} {
		o.read(id, errAway)
	}
	o.pass(time.Hour)
	o.want("source: Many sources at once")
	for _, id := range []string{"a", "b", "c", "d"} {
		o.read(id, nil)
	}
	o.pass(time.Hour)
	o.want()
	o.read("website", nil)
	o.pass(time.Hour)
	o.want("source: Many sources at once is over")
}

// Recurring work that fails is a trouble; a backup that was never made is none.
func TestTasks(t *testing.T) {
	o := newOperator(t)
	o.task(store.TaskBounces, "", errors.New("dial tcp: refused"))
	o.task(store.TaskHubs, "https://hub.example.org/", errors.New("it answers 500"))
	o.task(store.TaskExport, "", errors.New("not in the configuration"))
	o.pass(20 * time.Minute)
	o.want("returns: Mailbox of returned mail", "task: Hub https://hub.example.org/")
	o.task(store.TaskBounces, "", nil)
	o.task(store.TaskHubs, "https://hub.example.org/", nil)
	o.task(store.TaskBackup, "", nil)
	o.pass(35 * time.Hour)
	o.want("returns: Mailbox of returned mail is over", "task: Hub https://hub.example.org/ is over")
	o.pass(2 * time.Hour)
	o.want("backup: Backup")
	o.task(store.TaskBackup, "", nil)
	o.pass(time.Minute)
	o.want("backup: Backup is over")
}

// An edition that is held is told at once, each hold by itself; one that is late when the
// digest is due again.
func TestEditions(t *testing.T) {
	o := newOperator(t)
	o.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	o.AddContacts(3)
	plan := store.EditionPlan{Digest: o.Digest, Due: o.Now().Add(-48 * time.Hour), Audience: store.Audience{AnyPlace: true, Site: "vi"}}
	e, _, err := o.DB.Editions().Make(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	hold := bantin.Hold{Reason: bantin.HeldRefused, Detail: bantin.HoldDetail{Refused: 20, Outcomes: 20, Reply: "550 5.7.1 not today"}}
	for range 2 {
		if err := o.DB.Editions().Hold(t.Context(), e.Row, hold); err != nil {
			t.Fatal(err)
		}
		o.pass(time.Second)
		o.want("edition_held: Edition hang-tuan-1 is held")
		if _, err := o.DB.Editions().Resume(t.Context(), e.ID, false); err != nil {
			t.Fatal(err)
		}
		o.pass(time.Second)
		o.want("edition_held: Edition hang-tuan-1 is held is over")
	}
	dayBefore := o.Now().Add(-24 * time.Hour).UnixMilli() // a person made it after that, for an earlier time
	o.Exec(fmt.Sprintf(`INSERT INTO digests (id, title, first_seen, last_due) VALUES ('hang-tuan', 'x', 1, %d)`, dayBefore))
	o.pass(time.Second)
	o.want()
	o.Exec(`UPDATE digests SET last_due = 4102444800000`)
	o.pass(time.Second)
	o.want("edition_late: Edition hang-tuan-1 is not finished")
	if _, err := o.DB.Editions().Cancel(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Second)
	o.want("edition_late: Edition hang-tuan-1 is not finished is over")
}

// A mail server that cannot be logged in to is a trouble while mail waits.
func TestRelayAway(t *testing.T) {
	o := newOperator(t)
	ctx := t.Context()
	away := func(s *store.RelayState) {
		s.Reason, s.Said, s.Problem, s.Since = bantin.WaitRelay, "535 5.7.8 authentication failed", "login-refused", o.Now()
	}
	if _, err := o.DB.Relays().Update(ctx, "smtp.example.org:587", away); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Hour)
	o.want() // nothing waits
	o.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	o.AddContacts(3)
	if _, _, err := o.DB.Editions().Make(ctx, store.EditionPlan{Digest: o.Digest, Due: o.Now(), Audience: store.Audience{AnyPlace: true, Site: "vi"}}); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Hour)
	o.want("relay: Mail server smtp.example.org:587")
	if _, err := o.DB.Relays().Update(ctx, "smtp.example.org:587", func(s *store.RelayState) { s.Reason = "" }); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Hour)
	o.want("relay: Mail server smtp.example.org:587 is over")
}

// A way that fails is tried again after growing waits, logged, and holds up no other.
func TestWayFails(t *testing.T) {
	o := newOperator(t)
	var posted int
	o.alarms.Ways = append(o.alarms.Ways, Way{Name: "url", Tell: func(context.Context, *bantin.Trouble, Message) error { posted++; return nil }})
	o.broken = errors.New("it answers 500")
	o.alarms.Begin(t.Context(), bantin.Trouble{Kind: bantin.TroubleConfig, Object: "reload", Subject: bantin.Words{EN: "Refused"}, What: bantin.Words{EN: "x"}, Hint: bantin.Words{EN: "y"}})
	tries := func() int { return strings.Count(o.log.String(), "alarm cannot be told, retrying") }
	for range 60 {
		o.Skew.Add(int64(10 * time.Second))
		o.alarms.tellStored(t.Context())
	}
	if n := tries(); n < 4 || n > 7 {
		t.Errorf("%d tries in ten minutes", n)
	}
	o.pass(20 * time.Hour)
	if n := tries(); n < 20 || n > 35 {
		t.Errorf("%d tries in twenty hours", n)
	}
	if posted != 1 {
		t.Errorf("the other way was used %d times", posted)
	}
	o.broken = nil
	o.pass(2 * time.Hour)
	o.want("config: Refused")
}

// What is being told while the program stops is told to its end and noted, so that its end
// is told by the next one.
func TestStopsWhileItTells(t *testing.T) {
	o := newOperator(t)
	o.alarms.Begin(t.Context(), bantin.Trouble{Kind: bantin.TroubleConfig, Object: "reload", Subject: bantin.Words{EN: "Refused"}, What: bantin.Words{EN: "x"}, Hint: bantin.Words{EN: "y"}})
	ctx, stop := context.WithCancel(t.Context())
	o.alarms.Ways[0].Tell = func(ctx context.Context, trouble *bantin.Trouble, m Message) error {
		err := o.tell(ctx, trouble, m)
		stop()
		return errors.Join(err, ctx.Err())
	}
	o.alarms.tellStored(ctx)
	o.want("config: Refused")
	o.start()
	o.alarms.End(t.Context(), bantin.TroubleConfig, "reload")
	o.alarms.tellStored(t.Context())
	o.want("config: Refused is over")
}

// While nothing can be stored, what was told is remembered.
func TestNothingCanBeStored(t *testing.T) {
	o := newOperator(t)
	o.read("website", errAway)
	o.pass(10 * time.Minute)
	o.Skew.Add(int64(10 * time.Minute))
	list, err := o.DB.Troubles().Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	full := func(context.Context, string, string, store.Telling) error { return store.ErrFull }
	for range 5 {
		o.alarms.tellAll(t.Context(), list, full)
	}
	o.want("source: Source website")
	o.pass(20 * time.Hour) // it can be stored again
	o.want()
	o.start()
	o.pass(time.Hour)
	o.want()
}

// Looking at what the database did not take leaves the copy as it is.
func TestUnstoredIsNotWrittenByReading(t *testing.T) {
	file := t.TempDir() + "/alarms.json"
	copied := `{ "a": { "Kind": "database", "Object": "cơ sở dữ liệu" } }`
	if err := os.WriteFile(file, []byte(copied), 0o600); err != nil {
		t.Fatal(err)
	}
	if list := (&Unstored{File: file}).list(); len(list) != 1 || list[0].Object != "cơ sở dữ liệu" {
		t.Errorf("listed %+v", list)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != copied {
		t.Errorf("the copy is %s, %v", got, err)
	}
}

// A database that is away is told by the node itself, and its end once it is back; a
// program that starts meanwhile does not tell it again.
func TestDatabaseAway(t *testing.T) {
	o := newOperator(t)
	file := t.TempDir() + "/alarms.json"
	away, err := store.Open(t.Context(), officetest.DataDir(t), store.Options{Now: o.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := away.Close(); err != nil {
		t.Fatal(err)
	}
	o.alarms.DB, o.alarms.Unstored = away, &Unstored{File: file}
	here := func(long time.Duration) {
		for ; long > 0; long -= 5 * time.Minute {
			p := &Probe{Alarms: o.alarms, Dir: t.TempDir()}
			p.look(t.Context())
			o.alarms.tellUnstored(t.Context())
			o.Skew.Add(int64(5 * time.Minute))
		}
	}
	here(10 * time.Minute)
	o.want()
	here(time.Hour)
	o.want("database: Database")
	o.start()
	o.alarms.DB, o.alarms.Unstored = away, &Unstored{File: file}
	here(time.Hour)
	o.want()
	o.alarms.DB = o.DB
	here(10 * time.Minute)
	o.pass(time.Hour)
	o.want("database: Database is over")
	if list := o.alarms.Unstored.list(); len(list) > 0 {
		t.Errorf("kept still: %v", list)
	}
}

// The sign of life comes each week, over restarts, and names what lasts.
func TestSignOfLife(t *testing.T) {
	o := newOperator(t)
	o.alarms.Well = 7 * 24 * time.Hour
	o.pass(6 * 24 * time.Hour)
	o.want()
	o.start()
	o.alarms.Well = 7 * 24 * time.Hour
	o.pass(26 * time.Hour)
	o.want("well: bantin is running")
}

// A certificate that ends within a fortnight is a trouble until it is renewed; a server
// that does not answer says nothing about it.
func TestCertificates(t *testing.T) {
	o := newOperator(t)
	ends, failure := o.Now().Add(15*24*time.Hour), error(nil)
	c := Certificate{Kind: bantin.TroubleRelay, Object: "certificate", Subject: bantin.Words{EN: "Certificate of the mail server"}, Hint: bantin.Words{EN: "renew it"},
		Ends: func(context.Context) (time.Time, error) { return ends, failure }}
	look := func() {
		o.alarms.lookAtCertificate(t.Context(), &c)
		o.pass(20 * time.Minute)
	}
	look()
	o.want()
	o.pass(25 * time.Hour)
	look()
	o.want("relay: Certificate of the mail server")
	failure = errors.New("connection refused")
	look()
	o.want()
	ends, failure = o.Now().AddDate(0, 3, 0), nil
	look()
	o.want("relay: Certificate of the mail server is over")

	// The daily examination finds the same, and does not tell it once more.
	examined := func(status string) {
		t.Helper()
		if err := o.DB.Checkups().Record(t.Context(), []store.Checkup{{Name: "site_url", Status: status, What: "x\ny"}}); err != nil {
			t.Fatal(err)
		}
	}
	examined("ok")
	c.Kind, c.Object, c.Subject, ends = bantin.TroubleTask, SiteCertificate, bantin.Words{EN: "Certificate of bantin.example.org"}, o.Now()
	look()
	o.want("task: Certificate of bantin.example.org")
	examined("warning")
	o.pass(time.Hour)
	o.want()
}

// Where there is no other way a mail tells of it, to the admin of the digest or to all:
// once when it begins and once when it is over. What a report tells already, and a mail
// server that takes no mail, is not mailed.
func TestMail(t *testing.T) {
	o := newOperator(t)
	to := MailTo{Reports: map[string]string{"hang-tuan": "admin@example.org", "thang": "b@example.org", "khac": ""}, Contact: "vanphong@example.org"}
	o.alarms.Ways = []Way{Mail(o.DB, bantin.Vietnamese, to)}
	words := bantin.Words{VI: "x", EN: "x"}
	for _, tr := range []bantin.Trouble{
		{Kind: bantin.TroubleConfig, Object: "schedule hang-tuan", Digest: "hang-tuan"},
		{Kind: bantin.TroubleClock},
		{Kind: bantin.TroubleEditionHeld, Object: "hang-tuan-1 #1", Digest: "hang-tuan"},
		{Kind: bantin.TroubleEditionLate, Object: "nobody khac", Digest: "khac"},
	} {
		tr.Subject, tr.What, tr.Hint = words, words, words
		if err := o.DB.Troubles().Begin(t.Context(), tr); err != nil {
			t.Fatal(err)
		}
	}
	o.alarms.tellStored(t.Context())
	o.Skew.Add(int64(30 * time.Hour))
	o.alarms.tellStored(t.Context())
	mails := func(want map[string]int) {
		t.Helper()
		got := map[string]int{}
		for {
			n, ok, err := o.DB.Notices().Claim(t.Context(), o.Node(), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			got[n.Address]++
			if _, err := o.DB.Notices().StoreResult(t.Context(), n, store.DeliveryResult{Status: bantin.DeliverySent}); err != nil {
				t.Fatal(err)
			}
			if n.About.Trouble == nil || n.Kind != store.NoticeTrouble {
				t.Errorf("the notice is %+v", n)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("mails (-want +got):\n%s", diff)
		}
	}
	mails(map[string]int{"admin@example.org": 3, "b@example.org": 2})
	if err := o.DB.Troubles().End(t.Context(), bantin.TroubleClock, ""); err != nil {
		t.Fatal(err)
	}
	o.Skew.Add(int64(time.Minute))
	o.alarms.tellStored(t.Context())
	mails(map[string]int{"admin@example.org": 1, "b@example.org": 1})
	if relay := (&bantin.Trouble{Kind: bantin.TroubleRelay, Object: RelayObject}); to.takes(relay) {
		t.Error("a mail server that takes nothing is told by mail")
	}
	if got := (MailTo{Contact: "vanphong@example.org"}).All(); len(got) != 1 {
		t.Errorf("without reports: %v", got)
	}
}

// A trouble of a machine that is gone is ended by a person, and that is told.
func TestEndedByHand(t *testing.T) {
	o := newOperator(t)
	words := bantin.Words{VI: "Ổ đĩa", EN: "Disk"}
	if err := o.DB.Troubles().Begin(t.Context(), bantin.Trouble{Kind: bantin.TroubleDisk, Object: "space@may-3", Subject: words, What: words, Hint: words}); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Hour)
	o.want("disk: Disk")
	open, err := o.DB.Troubles().Open(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	for i, want := range []bool{true, false} {
		if _, ended, err := o.DB.Troubles().EndByID(t.Context(), open[0].ID); ended != want || err != nil {
			t.Errorf("time %d: %v, %v", i, ended, err)
		}
	}
	o.pass(time.Hour)
	o.want("disk: Disk is over")
}
