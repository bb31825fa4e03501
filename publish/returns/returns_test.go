package returns

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/publish/delivery"
	"bantin/publish/edition"
	"bantin/store"
)

// office is an association's office that mails editions.
type office struct {
	*officetest.Office
	editor *edition.Editor
}

func newOffice(t testing.TB) *office {
	o := officetest.New(t)
	return &office{o, &edition.Editor{DB: o.DB, Log: o.Log(), Site: o.Site, Atlas: o.Atlas}}
}

// edition makes the edition that is due now.
func (o *office) edition() bantin.Edition {
	o.T.Helper()
	e, err := o.editor.Make(o.T.Context(), o.Digest, o.Now().Truncate(time.Second))
	if err != nil {
		o.T.Fatal(err)
	}
	return e
}

func (o *office) deliverer(server *smtptest.Server) *delivery.Deliverer {
	o.T.Helper()
	set := o.Templates()
	composer := &delivery.Composer{Site: o.Site, Atlas: o.Atlas, Sender: o.Sender(), Render: func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
		return mailer.RenderDigest(set, subject, m)
	}}
	return &delivery.Deliverer{
		DB: o.DB, Log: o.Log(), Freeze: o.editor.Freeze, Composer: composer, Tokens: o.Tokens, Connections: 4,
		Retry: []time.Duration{time.Minute, time.Hour}, Node: o.Node(), Transport: o.SMTP(server.Port()), Zone: o.Zone, Now: o.Now,
	}
}

func (o *office) returns() *Returns {
	return &Returns{DB: o.DB, Log: o.Log(), Tokens: o.Tokens, Hold: bantin.HoldLimits{Share: 0.1, Least: 20}, Now: o.Now}
}

// sent makes an edition and has a server take it all.
func (o *office) sent(title string) bantin.Edition {
	o.T.Helper()
	o.Skew.Add(int64(time.Minute)) // an edition is one of its minute
	o.AddBulletin(strings.ReplaceAll(title, " ", "-"), title)
	e := o.edition()
	server := smtptest.Start(o.T, nil)
	if err := o.deliverer(server).Run(o.T.Context(), &e); err != nil {
		o.T.Fatal(err)
	}
	return e
}

func (o *office) contact(address string) bantin.Contact {
	o.T.Helper()
	c, err := o.DB.Contacts().Get(o.T.Context(), address)
	if err != nil {
		o.T.Fatal(err)
	}
	return c
}

// verp is the return path of an edition's message to a contact.
func (o *office) verp(e *bantin.Edition, address string) string {
	o.T.Helper()
	path, err := o.Tokens.VERP("tra-lai@example.org", o.contact(address).Key, mailer.EditionCode(e.Digest, e.Due))
	if err != nil {
		o.T.Fatal(err)
	}
	return path
}

// bounced is a bounce as Postfix writes it.
func bounced(to, about, status, answer, original string) []byte {
	return fmt.Appendf(nil, `Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: %s
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; %s
Action: failed
Status: %s
Diagnostic-Code: smtp; %s

--b
Content-Type: message/rfc822

%s

Bản tin khuyến học trong tuần
--b--
`, to, about, status, answer, original)
}

func (o *office) take(raw []byte) Processed {
	o.T.Helper()
	taken, err := o.returns().Process(o.T.Context(), raw, "")
	if err != nil {
		o.T.Fatal(err)
	}
	return taken
}

func (o *office) suppressed(address string) string {
	o.T.Helper()
	return o.contact(address).Suppressed
}

// TestReturns follows what comes back of one edition to what it does.
func TestReturns(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(8)
	e := o.sent("Phú Thọ tổng kết năm học")
	const gone = "550 5.1.1 User unknown"
	messageID := func(address string) string {
		return "Message-ID: <" + o.Tokens.MessageID(e.Digest, e.Due, address) + "@bantin.example.org>\nTo: " + address
	}
	for _, step := range []struct {
		what  string
		raw   []byte
		done  string
		about string // address; "" for none of ours
		want  string // the suppression
	}{
		{"a dead address", bounced(o.verp(&e, "c0@example.org"), "c0@example.org", "5.1.1", gone, ""), store.DonePending, "c0@example.org", ""},
		{"where mail was forwarded to", bounced(o.verp(&e, "c1@example.org"), "khac@example.net", "5.1.1", gone, ""), store.DonePending, "c1@example.org", ""},
		{"letters of another case", bounced(strings.ToUpper(o.verp(&e, "c2@example.org")), "c2@example.org", "5.1.1", gone, ""), store.DonePending, "c2@example.org", ""},
		{"our Message-ID alone", bounced("tra-lai@example.org", "c3@example.org", "5.1.1", gone, messageID("c3@example.org")), store.DoneNoted, "c3@example.org", ""},
		{"our server is blocked", bounced(o.verp(&e, "c4@example.org"), "c4@example.org", "5.7.606", "550 5.7.606 Access denied, banned sending IP", ""), store.DoneAlarm, "c4@example.org", ""},
		{"a full mailbox, once", bounced(o.verp(&e, "c4@example.org"), "c4@example.org", "5.2.2", "552 5.2.2 Hộp thư đã đầy", ""), store.DoneNoted, "c4@example.org", ""},
		{"away", fmt.Appendf(nil, "From: c4@example.org\nTo: %s\nAuto-Submitted: auto-replied\nSubject: nghỉ phép\n\nTôi nghỉ phép.", o.verp(&e, "c4@example.org")), store.DoneNothing, "c4@example.org", ""},

		// What is forged, or about something else.
		{"an altered signature", bounced(strings.Replace(o.verp(&e, "c5@example.org"), "@", "x@", 1), "c5@example.org", "5.1.1", gone, ""), store.DoneNothing, "", ""},
		{"no signature", bounced("tra-lai@example.org", "c5@example.org", "5.1.1", gone, ""), store.DoneNothing, "", ""},
		{"a Message-ID of another", bounced("tra-lai@example.org", "c5@example.org", "5.1.1", gone, messageID("c6@example.org")[:60]), store.DoneNothing, "", ""},
		{"a Message-ID that is none", bounced("tra-lai@example.org", "c5@example.org", "5.1.1", gone, "Message-ID: <0123456789abcdef0123456789abcdef@bantin.example.org>\nTo: c5@example.org"), store.DoneNothing, "", ""},
		{"a complaint that anyone wrote", []byte("From: x@example.net\nTo: tra-lai@example.org\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: c5@example.org\n"), store.DoneNothing, "", ""},
		{"a person's mail", []byte("From: c5@example.org\nTo: tra-lai@example.org\nSubject: Cảm ơn\n\nCảm ơn văn phòng."), store.DoneNothing, "", ""},
	} {
		taken := o.take(step.raw)
		if taken.Done != step.done || taken.Ours != (step.about != "") || taken.Ours && taken.Contact != o.contact(step.about).Key {
			t.Errorf("%s: %s, ours %v, %s", step.what, taken.Done, taken.Ours, taken.Kind)
		}
		if step.about != "" && o.suppressed(step.about) != step.want {
			t.Errorf("%s: suppressed %q, want %q", step.what, o.suppressed(step.about), step.want)
		}
		if again := o.take(step.raw); again.Fresh {
			t.Errorf("%s: taken twice", step.what)
		}
	}
	if got := o.suppressed("c5@example.org") + o.suppressed("c6@example.org"); got != "" {
		t.Errorf("somebody forged %q", got)
	}
	now, err := o.DB.Editions().Get(t.Context(), e.ID)
	if err != nil || now.Returned != 5 || now.Counts.Sent != 8 {
		t.Errorf("returned %d, sent %d, %v", now.Returned, now.Counts.Sent, err)
	}
	alarms, err := o.DB.Returns().Alarms(t.Context(), o.Now().Add(-time.Hour))
	if err != nil || len(alarms) != 1 || alarms[0].Reason != "blocked" || alarms[0].Count != 1 || !strings.Contains(alarms[0].Diagnostic, "banned sending IP") {
		t.Errorf("alarms %+v, %v", alarms, err)
	}
	next := o.sent("Hà Giang trao học bổng")
	if c := o.Counts(&next); c.Total() != 8 {
		t.Errorf("the next edition has %d recipients, want 8: one of eight is no proof", c.Total())
	}
}

// TestComplaint ends all mail to a contact, and the undoing of its suppression
// does not begin it again.
func TestComplaint(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(2)
	e := o.sent("Sơn La khai giảng")
	raw := fmt.Appendf(nil, "From: fbl@example.net\nTo: khieu-nai@example.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <%s>\n\n--f\nContent-Type: text/rfc822-headers\n\nTo: undisclosed\n--f--\n", o.verp(&e, "c0@example.org"))
	if taken := o.take(raw); taken.Done != store.DoneSuppressed || o.suppressed("c0@example.org") != "abuse" {
		t.Fatalf("%+v", taken)
	}
	s, err := o.DB.Suppressions().Get(t.Context(), "c0@example.org")
	if err != nil || s.Origin != "complaint" || s.Message == nil || cmp.Diff(raw, s.Message.Raw) != "" {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := o.DB.Suppressions().Remove(t.Context(), "c0@example.org"); err != nil {
		t.Fatal(err)
	}
	want := []bantin.ContactSubscription{{Digest: "hang-tuan", Status: bantin.SubscriptionUnsubscribed}}
	got := o.contact("c0@example.org").Subscriptions
	for i := range got {
		got[i].Since = time.Time{}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestLeaveByMail takes a mail to the address to leave by, effective for the
// next message.
func TestLeaveByMail(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(2)
	o.sent("Cần Thơ tặng sách")
	signed, err := o.Tokens.UnsubscribeDetail(o.contact("c0@example.org").Key, "hang-tuan")
	if err != nil {
		t.Fatal(err)
	}
	mail := func(to, subject string) []byte {
		return fmt.Appendf(nil, "From: ai-do@example.net\nTo: <%s>\nSubject: %s\n\n", to, subject)
	}
	if taken := o.take(mail("tra-lai+"+signed[:5]+string(signed[5]^1)+signed[6:]+"@example.org", "unsubscribe")); taken.Ours {
		t.Errorf("an altered address: %+v", taken)
	}
	if taken := o.take(mail("tra-lai@example.org", "unsubscribe")); taken.Ours {
		t.Errorf("no signature: %+v", taken)
	}
	if taken := o.take(mail("tra-lai+"+signed+"@example.org", "unsubscribe")); taken.Done != store.DoneUnsubscribed {
		t.Errorf("%+v", taken)
	}
	if o.suppressed("c0@example.org") != "" {
		t.Error("who leaves a digest is suppressed")
	}
	next := o.sent("Hà Nội tổng kết")
	if c := o.Counts(&next); c.Total() != 1 {
		t.Errorf("%d recipients, want 1", c.Total())
	}
}

// TestSoft adds soft returns up, and forgets them after an edition went well.
func TestSoft(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(1)
	full := func(title string) string {
		e := o.sent(title)
		o.take(bounced(o.verp(&e, "c0@example.org"), "c0@example.org", "5.2.2", "552 5.2.2 mailbox full: "+title, ""))
		o.pass(store.ReturnDelay)
		o.settle()
		return o.suppressed("c0@example.org")
	}
	for i, step := range []struct {
		well bool
		after,
		want string
	}{
		{after: "168h"}, {after: "168h"}, {well: true, after: "168h"}, // two, then one that went well
		{after: "24h"}, {after: "24h"}, {after: "24h"}, // three, but within three days
		{after: "144h", want: "mailbox-full"},
	} {
		d, err := time.ParseDuration(step.after)
		if err != nil {
			t.Fatal(err)
		}
		o.pass(d)
		title := fmt.Sprintf("%d Tin tuần này", i)
		if step.well {
			o.sent(title)
			continue
		}
		if got := full(title); got != step.want {
			t.Errorf("step %d: suppressed %q, want %q", i, got, step.want)
		}
	}
	// Undone, it begins anew.
	if err := o.DB.Suppressions().Remove(t.Context(), "c0@example.org"); err != nil {
		t.Fatal(err)
	}
	o.pass(day)
	if got := full("Bắt đầu lại"); got != "" {
		t.Errorf("suppressed %q right after it was undone", got)
	}
}

// TestRefused counts what a server says while a message is sent.
func TestRefused(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(24)
	o.AddBulletin("a", "Phú Thọ tổng kết năm")
	e := o.edition()
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		switch {
		case stage == smtptest.Rcpt && strings.Contains(arg, "c0@"):
			return smtptest.Answer{Reply: "550 5.1.1 User unknown"}
		case stage == smtptest.Rcpt && strings.Contains(arg, "c1@"):
			return smtptest.Answer{Reply: "550 5.1.1 blocked using bl.example.net"}
		}
		return smtptest.Answer{}
	})
	deliverer := o.deliverer(server)
	deliverer.Refused = o.returns().Refused
	if err := deliverer.Run(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	if got := o.suppressed("c0@example.org"); got != "" {
		t.Errorf("suppressed %q before it is settled", got)
	}
	o.settle()
	for address, want := range map[string]string{"c0@example.org": "user-unknown", "c1@example.org": "", "c2@example.org": ""} {
		if got := o.suppressed(address); got != want {
			t.Errorf("%s: suppressed %q, want %q", address, got, want)
		}
	}
	if now, err := o.DB.Editions().Get(t.Context(), e.ID); err != nil || now.Returned != 0 {
		t.Errorf("returned %d, %v: a refusal is counted as failed already", now.Returned, err)
	}
}

// TestReturnOfErased keeps nothing of who was erased.
func TestReturnOfErased(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(1)
	e := o.sent("Lào Cai vùng cao")
	raw := bounced(o.verp(&e, "c0@example.org"), "c0@example.org", "5.2.2", "552 mailbox full", "")
	o.take(raw)
	late := bounced(o.verp(&e, "c0@example.org"), "c0@example.org", "5.1.1", "550 5.1.1 User unknown", "")
	if err := o.DB.Contacts().Erase(t.Context(), "c0@example.org", []byte("khóa")); err != nil {
		t.Fatal(err)
	}
	o.take(late)
	if _, err := o.DB.Suppressions().Get(t.Context(), "c0@example.org"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("the erased address is kept: %v", err)
	}
	before, _ := o.kept()
	var rows []string // their return path is known for ever
	for i := range 1100 {
		rows = append(rows, fmt.Sprintf(`('m%d', %d, '', 0, '', 'soft', 'mailbox-full', '', '', 'return-path', 'nothing', 0, '')`, i, o.Now().UnixMilli()))
	}
	o.Exec(`INSERT INTO returns (message, at, contact, edition, address, kind, reason, status, diagnostic, proof, done, counts, raw) VALUES ` + strings.Join(rows, ", "))
	path, err := o.Tokens.VERP("tra-lai@example.org", strings.Repeat("0a", 16), mailer.EditionCode(e.Digest, e.Due))
	if err != nil {
		t.Fatal(err)
	}
	o.take(bounced(path, "c0@example.org", "5.2.2", "552 mailbox full of an erased one", ""))
	if after, _ := o.kept(); after != before+1100 {
		t.Errorf("%d messages are kept, want %d", after, before+1100)
	}
}
