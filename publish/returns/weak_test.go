package returns

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"bantin/store"
)

// TestOldReturnPath takes nothing from a return path that is older than mail comes back.
func TestOldReturnPath(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(2)
	e := o.sent("Thanh Hóa gặp mặt đầu xuân")
	o.pass(99 * 24 * time.Hour)
	if taken := o.take(bounced(o.verp(&e, "c0@example.org"), "c0@example.org", "5.1.1", "550 5.1.1 User unknown", "")); taken.Done != store.DonePending {
		t.Errorf("after 99 days: %+v", taken)
	}
	o.pass(2 * 24 * time.Hour)
	if taken := o.take(bounced(o.verp(&e, "c1@example.org"), "c1@example.org", "5.1.1", "550 5.1.1 User unknown", "")); taken.Ours {
		t.Errorf("after 101 days: %+v", taken)
	}
}

// TestComplaintByMessageID believes a complaint that only a Message-ID proves where its
// sender's signature verifies: the Message-ID stands in every reply and forward.
func TestComplaintByMessageID(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t)
	o.AddContacts(4)
	e := o.sent("Nghệ An khen thưởng học sinh")
	lookup := func(_ context.Context, name string) ([]string, error) {
		if strings.HasPrefix(name, "s1._domainkey.") {
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}
		return nil, &net.DNSError{Err: "không trả lời", Name: name, IsTemporary: true}
	}
	report := func(address string) []byte {
		return []byte(strings.ReplaceAll(fmt.Sprintf("From: fbl@example.net\nTo: tra-lai@example.org\nSubject: Khiếu nại\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: %s\n\n--f\nContent-Type: text/rfc822-headers\n\nMessage-ID: <%s@bantin.example.org>\n--f--\n",
			address, o.Tokens.MessageID(e.Digest, e.Due, address)), "\n", "\r\n"))
	}
	signed := func(raw []byte, domain, selector string) []byte {
		var out bytes.Buffer
		if err := dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: selector, Signer: private}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for _, step := range []struct {
		what, address string
		raw           []byte
		want          string // the suppression
	}{
		{"not signed", "c0@example.org", report("c0@example.org"), ""},
		{"signed by another", "c1@example.org", signed(report("c1@example.org"), "example.com", "s1"), ""},
		{"signed with a key that the DNS does not give", "c2@example.org", signed(report("c2@example.org"), "example.net", "s2"), ""},
		{"signed", "c3@example.org", signed(report("c3@example.org"), "example.net", "s1"), "abuse"},
	} {
		r := o.returns()
		r.LookupTXT = lookup
		taken, err := r.Process(t.Context(), step.raw, "")
		if err != nil || !taken.Ours || o.suppressed(step.address) != step.want {
			t.Errorf("%s: %+v, %v, suppressed %q", step.what, taken, err, o.suppressed(step.address))
		}
	}
}

// TestReportOfHundreds finds what is said of our recipient among hundreds, and takes the
// mildest news where they are left out.
func TestReportOfHundreds(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(2)
	e := o.sent("Huế trao học bổng")
	report := func(path, ours, status string) []byte {
		var b strings.Builder
		fmt.Fprintf(&b, "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: %s\nSubject: Undelivered Mail\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n", path)
		for i := range 400 {
			address, code := fmt.Sprintf("ai%d@example.net", i), "5.1.1"
			if i == 333 {
				address, code = ours, status
			}
			fmt.Fprintf(&b, "\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: %s\n", address, code)
		}
		return []byte(b.String() + "\n--b--\n")
	}
	for _, step := range []struct{ ours, address, status, done, reason string }{
		{"c0@example.org", "c0@example.org", "5.2.2", store.DoneNoted, "mailbox-full"},
		{"c0@example.org", "khac@example.org", "5.2.2", store.DoneNoted, "mailbox-full"},
		{"c1@example.org", "c1@example.org", "5.1.1", store.DonePending, "user-unknown"},
	} {
		taken := o.take(report(o.verp(&e, step.ours), step.address, step.status))
		if taken.Done != step.done || taken.Reason != step.reason {
			t.Errorf("%+v: %s %s", step, taken.Done, taken.Reason)
		}
	}
}
