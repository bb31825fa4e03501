package returns

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/store"
)

const (
	day         = 24 * time.Hour
	userUnknown = "550 5.1.1 không có người nhận này"
	hostUnknown = "550 5.4.4 host not found"
)

// mail makes an edition and sends it over a server that refuses recipients as refuse
// says; "" accepts.
func (o *office) mail(title string, refuse func(address string) string) bantin.Edition {
	o.T.Helper()
	o.AddBulletin(fmt.Sprint("tin-", o.Now().UnixNano()), title)
	e := o.edition()
	o.work(&e, refuse)
	return e
}

// work sends what is due of an edition.
func (o *office) work(e *bantin.Edition, refuse func(address string) string) (got map[string]int) {
	o.T.Helper()
	server := smtptest.Start(o.T, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Rcpt && refuse != nil {
			return smtptest.Answer{Reply: refuse(strings.Trim(arg, "<>"))}
		}
		return smtptest.Answer{}
	})
	deliverer := o.deliverer(server)
	deliverer.Refused = o.returns().Refused
	if err := deliverer.Run(o.T.Context(), e); err != nil {
		o.T.Logf("run of %s: %v", e.ID, err)
	}
	got = map[string]int{}
	for _, m := range server.Messages() {
		got[m.To]++
	}
	return got
}

func (o *office) settle() {
	o.T.Helper()
	if err := o.returns().Settle(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
}

func (o *office) pass(d time.Duration) { o.Skew.Add(int64(d)) }

// wantSuppressed settles and compares the list of suppressions.
func (o *office) wantSuppressed(when string, want ...string) {
	o.T.Helper()
	o.settle()
	var got []string
	err := o.DB.Suppressions().Visit(o.T.Context(), func(s store.Suppression) error {
		got = append(got, s.Address)
		return nil
	})
	if err != nil {
		o.T.Fatal(err)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		o.T.Errorf("%s: suppressed (-want +got)\n%s", when, diff)
	}
}

// hold writes that an edition is held, or a domain of it, as the engine does.
func (o *office) hold(e *bantin.Edition, domain string) {
	o.T.Helper()
	o.Exec(fmt.Sprintf(`INSERT INTO holds (edition, domain, reason, detail, since) VALUES (%d, '%s', 'unknown_wave', '{}', %d)`, e.Row, domain, o.Now().UnixMilli()))
}

// resume ends the holds of an edition.
func (o *office) resume(e *bantin.Edition, accept bool) {
	o.T.Helper()
	if o.Status(e) == bantin.EditionHeld {
		if _, err := o.DB.Editions().Resume(o.T.Context(), e.ID, accept); err != nil {
			o.T.Fatal(err)
		}
	}
	accepted := 0
	if accept {
		accepted = 1
	}
	o.Exec(fmt.Sprintf(`UPDATE holds SET ended = %d, accepted = %d WHERE edition = %d`, o.Now().UnixMilli(), accepted, e.Row))
	o.pass(time.Millisecond)
}

func (o *office) retryFailed(e *bantin.Edition) {
	o.T.Helper()
	if _, _, err := o.DB.Editions().RetryFailed(o.T.Context(), e.ID); err != nil {
		o.T.Fatal(err)
	}
}

// bounces takes a hard bounce for each address.
func (o *office) bounces(e *bantin.Edition, addresses ...string) {
	o.T.Helper()
	for _, a := range addresses {
		if taken := o.take(bounced(o.verp(e, a), a, "5.1.1", userUnknown, "")); taken.Done != store.DonePending {
			o.T.Fatalf("%s: %+v", a, taken)
		}
	}
}

// addresses are those of the contacts from up to to.
func addresses(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("c%d@example.org", i))
	}
	return list
}

// these refuses some addresses.
func these(list []string, reply string) func(string) string {
	refused := map[string]bool{}
	for _, a := range list {
		refused[a] = true
	}
	return func(address string) string {
		if refused[address] {
			return reply
		}
		return ""
	}
}

// A relay whose resolver is broken refuses everybody for good: nobody is suppressed,
// and everybody gets it exactly once when it is mended.
func TestRelayWithoutResolver(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(63)
	e := o.mail("Phú Thọ tổng kết năm học", func(string) string { return hostUnknown })
	o.hold(&e, "")
	o.wantSuppressed("while it is held")
	o.pass(3 * day)
	o.wantSuppressed("while it is held for days")
	o.resume(&e, false)
	o.wantSuppressed("after it was resumed")
	o.retryFailed(&e)
	got := o.work(&e, nil)
	o.wantSuppressed("after it was sent again")
	for _, a := range addresses(0, 63) {
		if got[a] != 1 {
			t.Errorf("%s got it %d times", a, got[a])
		}
	}
	if c := o.Counts(&e); c.Sent != 63 || o.Status(&e) != bantin.EditionDone {
		t.Errorf("%s, %+v", o.Status(&e), c)
	}
}

// After a plain resume who is refused again is judged as usual: so much for the dead
// ones among many, and not for those that the wave alone refused.
func TestRefusedAgainAfterResume(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(63)
	e := o.mail("Hà Giang trao học bổng", func(string) string { return hostUnknown })
	o.hold(&e, "")
	o.pass(time.Hour)
	o.resume(&e, false)
	o.retryFailed(&e)
	o.work(&e, these(addresses(7, 9), userUnknown))
	o.wantSuppressed("after the second try", addresses(7, 9)...)
	s, err := o.DB.Suppressions().Get(t.Context(), "c7@example.org")
	if err != nil || s.Reason != "user-unknown" || s.Edition != e.ID {
		t.Errorf("%+v, %v", s, err)
	}
}

// A person says that the refusals of a held edition are right.
func TestAcceptedHold(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(63)
	dead := addresses(0, 19)
	e := o.mail("Sơn La khai giảng", these(dead, userUnknown))
	o.hold(&e, "")
	o.wantSuppressed("while it is held")
	o.resume(&e, true)
	o.work(&e, nil)
	o.wantSuppressed("after it was accepted", dead...)
}

// A receiver's bad morning: half of one domain is refused, and all of them have had
// mail before.
func TestBadMorning(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(60)
	morning := addresses(0, 9)
	o.mail("Cần Thơ tặng sách", nil)
	o.pass(7 * day)
	o.mail("Hà Nội tổng kết", these(morning, userUnknown))
	o.wantSuppressed("after one bad morning")
	o.pass(7 * day)
	since := o.Now()
	e := o.mail("Lào Cai vùng cao", these(morning, userUnknown))
	o.wantSuppressed("after two of them", morning...)
	undone, err := o.DB.Suppressions().Undo(t.Context(), store.SuppressionFilter{Since: since}, false)
	want := store.UndoneSuppressions{Removed: 9, Retry: []string{e.ID}, Groups: []store.SuppressionGroup{{Domain: "example.org", Reason: "user-unknown", Count: 9}}}
	if diff := cmp.Diff(want, undone); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	o.wantSuppressed("after it was undone")
	o.pass(7 * day)
	o.mail("Huế mở thư viện", these(morning, userUnknown))
	o.wantSuppressed("the next one is a first one again")
	o.pass(7 * day)
	o.mail("Tin lúc khỏe lại", nil)
	o.pass(7 * day)
	o.mail("Tin lúc hỏng lại", these(morning, userUnknown))
	o.wantSuppressed("a message that went well between two refusals")
}

// Of a first edition of 500 the dead addresses are suppressed at settlement, and
// nobody else.
func TestDeadAddressesOfFirstEdition(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(500)
	var dead []string
	for i := range 10 {
		dead = append(dead, fmt.Sprintf("c%d@example.org", 50*i+7))
	}
	e := o.mail("Phú Thọ tổng kết", these(dead, userUnknown))
	o.wantSuppressed("at settlement", dead...)
	if c := o.Counts(&e); c.Sent != 490 || c.Failed != 10 {
		t.Errorf("%+v", c)
	}
	record, err := o.DB.Contacts().Audit(t.Context(), dead[0])
	if err != nil {
		t.Fatal(err)
	}
	if last := record[len(record)-1]; last.What != bantin.AuditSuppressed || last.By != bantin.ByBounce || last.Note != "user-unknown" {
		t.Errorf("audit record ends with %+v", last)
	}
}

// An edition of few shows no wave: it takes two of them, a day apart.
func TestSmallEditions(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(12)
	dead := addresses(3, 5)
	o.mail("Tin thứ nhất", these(dead, userUnknown))
	o.wantSuppressed("after the first")
	o.pass(23 * time.Hour)
	o.mail("Tin thứ hai", these(dead, userUnknown))
	o.wantSuppressed("after two that are less than a day apart")
	undecided, err := o.DB.Returns().Undecided(t.Context(), o.contact(dead[0]).Key)
	if err != nil || len(undecided) != 2 || undecided[0].Done != store.DoneFirst || undecided[0].EditionID != "hang-tuan-1" {
		t.Errorf("%+v, %v", undecided, err)
	}
	record, err := o.DB.Contacts().Audit(t.Context(), dead[0])
	var refused []string
	for _, entry := range record {
		if entry.What == bantin.AuditRefused {
			refused = append(refused, entry.Edition+" "+entry.Note)
		}
	}
	if diff := cmp.Diff([]string{"hang-tuan-1 user-unknown", "hang-tuan-2 user-unknown"}, refused); err != nil || diff != "" {
		t.Errorf("%v, refusals in the audit record (-want +got)\n%s", err, diff)
	}
	o.pass(6 * day)
	o.mail("Tin tuần sau", these(dead, userUnknown))
	o.wantSuppressed("a week later", dead...)
}

// A complaint acts at once, whatever holds the edition.
func TestComplaintInHeldEdition(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(30)
	e := o.sent("Sơn La khai giảng")
	o.hold(&e, "")
	raw := fmt.Appendf(nil, "From: fbl@example.net\nTo: khieu-nai@example.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <%s>\n\n--f--\n", o.verp(&e, "c0@example.org"))
	if taken := o.take(raw); taken.Done != store.DoneSuppressed || o.suppressed("c0@example.org") != "abuse" {
		t.Errorf("%+v", taken)
	}
	undone, err := o.DB.Suppressions().Undo(t.Context(), store.SuppressionFilter{Since: o.Now().Add(-day)}, false)
	if err != nil || undone.Removed != 0 {
		t.Errorf("undone %+v, %v", undone, err)
	}
	o.wantSuppressed("in the end", "c0@example.org")
}

// Two nodes that settle at once decide each refusal once.
func TestTwoNodesSettle(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(500)
	e := o.sent("Cần Thơ tặng sách")
	dead := addresses(0, 45) // more than a batch, fewer than a wave
	o.bounces(&e, dead...)
	o.pass(store.ReturnDelay)
	var nodes sync.WaitGroup
	var mu sync.Mutex
	suppressed := 0
	for range 2 {
		nodes.Go(func() {
			done, err := o.DB.Returns().Settle(t.Context(), o.returns().Hold)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			suppressed += done.Suppressed
		})
	}
	nodes.Wait()
	if suppressed != len(dead) {
		t.Errorf("%d suppressed, want %d", suppressed, len(dead))
	}
	o.wantSuppressed("together", dead...)
	record, err := o.DB.Contacts().Audit(t.Context(), dead[0])
	entries := 0
	for _, entry := range record {
		if entry.What == bantin.AuditSuppressed {
			entries++
		}
	}
	if err != nil || entries != 1 {
		t.Errorf("%d entries, %v", entries, err)
	}
}

// A cancelled edition was never judged whole.
func TestRefusalsOfCancelledEdition(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(30)
	o.AddBulletin("a", "Tin bị hủy")
	e := o.edition()
	if err := o.returns().Refused(t.Context(), e.Row, o.contact("c0@example.org").Key, "c0@example.org", userUnknown); err != nil {
		t.Fatal(err)
	}
	o.wantSuppressed("while it is sent")
	if _, err := o.DB.Editions().Cancel(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.DB.Editions().SkipCancelled(t.Context(), e.Row); err != nil {
		t.Fatal(err)
	}
	o.wantSuppressed("when it was cancelled")
	o.pass(7 * day)
	o.mail("Tin tuần sau", these(addresses(0, 1), userUnknown))
	o.wantSuppressed("refused by the next one", "c0@example.org")
}

// logs is a log that hands each line on.
type logs func(line string)

func (l logs) Write(b []byte) (int, error) { l(string(b)); return len(b), nil }

// A database that cannot be read is told, and the loop goes on until it is stopped.
func TestUndecidedIsTold(t *testing.T) {
	o := newOffice(t)
	if err := o.DB.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	var told []string
	r := o.returns()
	r.Log = slog.New(slog.NewTextHandler(logs(func(line string) { told = append(told, line); stop() }), nil))
	r.Run(ctx)
	if len(told) != 1 || !strings.Contains(told[0], "returned messages cannot be decided, retrying") {
		t.Errorf("told %q", told)
	}
}
