package edition

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/internal/testneed"
	"bantin/mailer"
	"bantin/publish/delivery"
)

// admin is where reports go.
const admin = "admin@example.org"

// reporting is an office whose digest has a report, and a sender who sends it.
type reporting struct {
	*office
	server    *smtptest.Server
	deliverer *delivery.Deliverer
	sender    *delivery.NoticeSender
}

func newReporting(t *testing.T, language bantin.Language, decide func(smtptest.Stage, string) smtptest.Answer) *reporting {
	t.Helper()
	o := newOffice(t)
	saigon, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	o.Site.Language, o.Digest.Report = language, admin
	o.editor.Hold = bantin.HoldLimits{Share: 1, Least: 1000} // many failures are no wave here
	o.Site.Location, o.Digest.Location = saigon, saigon
	set := o.Templates()
	composer := &delivery.Composer{Site: o.Site, Atlas: o.Atlas, Sender: o.Sender(), Render: func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		return mailer.RenderDigest(set, subject, m)
	}}
	server := smtptest.Start(t, decide)
	deliverer := &delivery.Deliverer{
		DB: o.DB, Log: o.Log(), Freeze: o.editor.Freeze, Composer: composer, Tokens: o.Tokens, Connections: 4,
		Retry: []time.Duration{time.Minute, time.Hour}, Node: o.Node(), Transport: o.SMTP(server.Port()), Zone: o.Zone, Now: o.Now,
	}
	return &reporting{o, server, deliverer, &delivery.NoticeSender{DB: o.DB, Log: o.Log(), Site: o.Site, Tokens: o.Tokens, Sender: o.Sender(), Transport: deliverer.Transport,
		Render: func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(set, m) }, Retry: deliverer.Retry, Node: deliverer.Node, Now: o.Now}}
}

// tend moves editions on by the clock.
func (r *reporting) tend() {
	r.T.Helper()
	if err := r.editor.Tend(r.T.Context()); err != nil {
		r.T.Fatal(err)
	}
}

// run delivers what is due, tends and sends notices; a second look at all adds
// nothing.
func (r *reporting) run(e *bantin.Edition) {
	r.T.Helper()
	if e != nil {
		if err := r.deliverer.Run(r.T.Context(), e); err != nil {
			r.T.Fatal(err)
		}
	}
	for range 2 {
		r.tend()
		if _, err := r.sender.SendDue(r.T.Context()); err != nil {
			r.T.Fatal(err)
		}
	}
}

// reports are what the admin got, each as its subject and its plain text.
func (r *reporting) reports() (list []string) {
	r.T.Helper()
	for _, m := range r.server.Messages() {
		if m.To == admin {
			list = append(list, officetest.MailSubject(r.T, m.Data)+"\n\n"+officetest.PlainPart(r.T, m.Data))
			checkMail(r.T, m.Data)
		}
	}
	return list
}

// checkMail holds a message against what receivers demand.
func checkMail(t testing.TB, data []byte) {
	t.Helper()
	if testing.Short() {
		return // it is a program
	}
	tool := testneed.Shared(t, "tools/mailcheck")
	file := filepath.Join(t.TempDir(), "bao-cao.eml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, "--skip", "list-unsubscribe,list-id,unsubscribe-visible", file).CombinedOutput(); err != nil {
		t.Errorf("mailcheck: %v\n%s", err, out)
	}
}

// subjects are the first lines of reports.
func subjects(reports []string) []string {
	var list []string
	for _, r := range reports {
		subject, _, _ := strings.Cut(r, "\n")
		list = append(list, subject)
	}
	return list
}

// The whole of a report: the counts, and the reasons grouped, whatever address
// or number stands in each.
func TestReportOfASettledEdition(t *testing.T) {
	for language, want := range map[bantin.Language]string{
		"vi": `hang-tuan-1: đã gửi xong, 18 thư hỏng

Hội Khuyến học Việt Nam

Bản tin khuyến học trong tuần – số 1
====================================

Đến hạn lúc 07:00, Thứ Hai, 23 tháng 11 năm 2026. Kỳ này đã gửi xong.

- 32 đã gửi
- 18 hỏng
- 12 × 550 5.1.1 …: không có hộp thư này
- 6 × 552 5.2.2 hộp thư đầy

Xem kỳ này trên trang web:
https://bantin.example.org/editions/hang-tuan-1

Xem từng địa chỉ: bantin editions show hang-tuan-1 --status failed. Gửi
lại: bantin editions retry --failed hang-tuan-1.

Thư này đến vì khóa report trong bantin.yaml ghi địa chỉ này.

--------

Hội Khuyến học Việt Nam
Số 1 phố Ví Dụ, Hà Nội
vanphong@example.org
`,
		"en": `hang-tuan-1: finished, 18 failed

Hội Khuyến học Việt Nam

Bản tin khuyến học trong tuần – No. 1
=====================================

Due at 07:00, Monday, 23 November 2026. This edition is finished.

- 32 sent
- 18 failed
- 12 × 550 5.1.1 …: không có hộp thư này
- 6 × 552 5.2.2 hộp thư đầy

See this edition on the web:
https://bantin.example.org/editions/hang-tuan-1

To list the addresses: bantin editions show hang-tuan-1 --status failed.
To retry: bantin editions retry --failed hang-tuan-1.

You receive this mail because the key report in bantin.yaml names this
address.

--------

Hội Khuyến học Việt Nam
Số 1 phố Ví Dụ, Hà Nội
vanphong@example.org
`} {
		var full atomic.Int64
		r := newReporting(t, language, func(stage smtptest.Stage, arg string) smtptest.Answer {
			switch {
			case stage != smtptest.Rcpt:
			case strings.HasPrefix(arg, "c1"), arg == "c2@example.org":
				return smtptest.Answer{Reply: "550 5.1.1 <" + arg + ">: không có hộp thư này"}
			case strings.HasPrefix(arg, "c3") && full.Add(1) <= 6:
				return smtptest.Answer{Reply: "552 5.2.2 hộp thư đầy"}
			}
			return smtptest.Answer{}
		})
		r.SetClock("23/11/2026 07:00")
		r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
		r.AddContacts(50)
		e := r.edition()
		r.run(&e)
		if diff := cmp.Diff([]string{want}, r.reports()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", language, diff)
		}
	}
}

// What is not settled two hours after it was due is told once, also by another
// process, and its end is told too.
func TestReportOfAnOverdueEdition(t *testing.T) {
	r := newReporting(t, "vi", nil)
	r.SetClock("23/11/2026 07:00")
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	r.AddContacts(20)
	e := r.edition()
	if _, err := r.DB.Editions().Pause(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	r.SetClock("23/11/2026 08:59")
	r.run(nil)
	if got := r.reports(); got != nil {
		t.Errorf("told before its time: %q", got)
	}
	r.SetClock("23/11/2026 09:01")
	r.run(nil)
	r.editor = &Editor{DB: r.DB, Log: r.Log(), Site: r.Site, Atlas: r.Atlas} // after a restart
	r.SetClock("25/11/2026 09:00")
	r.run(nil)
	got := r.reports()
	if diff := cmp.Diff([]string{"hang-tuan-1: chưa gửi xong, còn 20 thư"}, subjects(got)); diff != "" || !strings.Contains(got[0], "bantin editions resume hang-tuan-1") {
		t.Errorf("%s in\n%q", diff, got)
	}
	if _, err := r.DB.Editions().Resume(t.Context(), e.ID, false); err != nil {
		t.Fatal(err)
	}
	r.run(&e)
	if diff := cmp.Diff([]string{"hang-tuan-1: chưa gửi xong, còn 20 thư", "hang-tuan-1: đã gửi xong"}, subjects(r.reports())); diff != "" {
		t.Error(diff)
	}
}

// The two hours are hours in which it may be sent, and begin after the wait of
// its first wave.
func TestOverdueWithinHours(t *testing.T) {
	saigon, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		hours  string
		canary int
		want   string
	}{
		{"", 0, "23/11/2026 22:30"},
		{"", 50, "23/11/2026 22:45"},
		{"06:00-21:00", 0, "24/11/2026 07:30"},
		{"06:00-21:00", 50, "24/11/2026 07:45"},
	} {
		d := &bantin.Digest{Location: saigon, Between: c.hours, Canary: c.canary, CanaryWait: 15 * time.Minute}
		begins := time.Date(2026, 11, 23, 20, 30, 0, 0, saigon)
		if got := expected(d)(begins).Format(officetest.Minute); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// An alarm is told at once.
func TestReportOfAHeldEdition(t *testing.T) {
	r := newReporting(t, "en", func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.HasPrefix(arg, "c1") {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		}
		return smtptest.Answer{}
	})
	r.SetClock("23/11/2026 07:00")
	r.Digest.Canary, r.Digest.CanaryWait = 20, 15*time.Minute
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	r.AddContacts(100)
	e := r.edition()
	r.run(&e)
	got := r.reports()
	if diff := cmp.Diff([]string{"hang-tuan-1: held, too many failures in the first wave"}, subjects(got)); diff != "" {
		t.Fatal(diff)
	}
	for _, want := range []string{"In the first wave, 11 of 20\nmessages failed or were returned", "- 80 waiting", "- 11 × 550 5.1.1 không có hộp thư này"} {
		if !strings.Contains(got[0], want) {
			t.Errorf("no %q in\n%s", want, got[0])
		}
	}
}

// A segment whose mail cannot be made is told once, however often it is tried.
func TestReportOfABrokenSegment(t *testing.T) {
	r := newReporting(t, "vi", nil)
	r.SetClock("23/11/2026 07:00")
	render := r.deliverer.Composer.Render
	r.deliverer.Composer.Render = func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		if m.Place == "Sơn La" {
			return mailer.Rendered{}, errors.New("template: mail/digest.html:12: không có .Tinh")
		}
		return render(subject, m)
	}
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	r.AddContacts(50)
	e := r.edition()
	for range 3 {
		r.run(&e)
		r.Skew.Add(int64(time.Minute))
	}
	got := r.reports()
	if diff := cmp.Diff([]string{"hang-tuan-1: có thư không soạn được"}, subjects(got)); diff != "" || !strings.Contains(got[0], "template: mail/digest.html:12") {
		t.Errorf("%s in\n%q", diff, got)
	}
}

// An edition whose ledger lost a row says so when it settles: to the admin once, with the
// numbers, and in the log also where no admin is named.
func TestReportOfADamagedLedger(t *testing.T) {
	for _, test := range []struct {
		report   string
		language bantin.Language
		want     []string
	}{
		{admin, "vi", []string{"hang-tuan-1: sổ gửi thư không khớp", "50 người nhận, mà đã gửi, hỏng, bỏ qua và còn chờ cộng lại là 49.", "bantin editions audit hang-tuan-1"}},
		{admin, "en", []string{"hang-tuan-1: the ledger does not add up", "50 recipients, and sent, failed, skipped and waiting are 49 together.", "bantin editions audit hang-tuan-1"}},
		{"", "vi", nil},
	} {
		r := newReporting(t, test.language, nil)
		var log bytes.Buffer
		r.editor.Log = slog.New(slog.NewTextHandler(&log, nil))
		r.Digest.Report = test.report
		r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
		r.AddContacts(50)
		e := r.edition()
		r.Exec(`DELETE FROM deliveries WHERE contact = 7`)
		r.run(&e)
		if n := strings.Count(log.String(), "edition does not add up"); n != 1 || !strings.Contains(log.String(), "frozen=50 sent=49 failed=0 skipped=0 waiting=0 unaccounted=1") {
			t.Errorf("%d times in the log:\n%s", n, log.String())
		}
		got := strings.Join(strings.Fields(strings.Join(r.reports(), "\n")), " ")
		if len(test.want) == 0 && got != "" {
			t.Errorf("nobody is to be told, and was: %s", got)
		}
		for _, words := range test.want {
			if strings.Count(got, words) != 1 {
				t.Errorf("not once %q in %s", words, got)
			}
		}
	}
}

// A due time too far back is reported once, whichever node looks, and makes no edition.
func TestReportOfALateDueTime(t *testing.T) {
	r := newReporting(t, "vi", nil)
	s := &secretary{office: r.office, plan: &DigestPlan{Digest: *r.Digest, Schedule: newSecretary(t, "0 7 * * MON").plan.Schedule, Missed: MissedOnce, Late: 24 * time.Hour}}
	s.planner = &Planner{Editor: r.editor, DB: r.DB, Log: r.Log(), Now: r.Now}
	s.look("01/03/2027 08:00") // a Monday
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	s.look("09/03/2027 07:01")
	s.look("09/03/2027 07:02")
	r.run(nil)
	got := r.reports()
	if diff := cmp.Diff([]string{"hang-tuan: đến hạn đã lâu, không gửi"}, subjects(got)); diff != "" || !strings.Contains(got[0], "Đến hạn lúc 07:00, Thứ Hai, 8 tháng 3 năm 2027.") {
		t.Errorf("%s in\n%q", diff, got)
	}
	s.want()
}

// A digest without report: tells nobody.
func TestNoReport(t *testing.T) {
	r := newReporting(t, "vi", nil)
	r.Digest.Report = ""
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	r.AddContacts(5)
	e := r.edition()
	r.run(&e)
	if got := len(r.server.Messages()); got != 5 {
		t.Errorf("%d messages", got)
	}
}

// However many ways servers have to say no, the mail stays short.
func TestManyReasons(t *testing.T) {
	r := newReporting(t, "vi", func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.HasPrefix(arg, "c") {
			return smtptest.Answer{Reply: "550 5.1.1 lý do của hộp " + strings.Repeat("x", len(arg)) + fmt.Sprint(len(arg)*7, " ", arg[1:3])}
		}
		return smtptest.Answer{}
	})
	r.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	r.AddContacts(80)
	e := r.edition()
	r.run(&e)
	got, err := r.editor.causes(t.Context(), e.Row)
	if err != nil || len(got) != reportedCauses || got[reportedCauses-1].Reply != "…" {
		t.Errorf("%v, %v", got, err)
	}
	var all int64
	for _, c := range got {
		all += c.Count
	}
	if want := r.Counts(&e).Failed; all != want || want == 0 {
		t.Errorf("%d of %d", all, want)
	}
}
