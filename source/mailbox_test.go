package source_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/imaptest"
	"bantin/source"
)

// office is the mail of an office that signs what it sends, and a box for it.
type office struct {
	key  ed25519.PrivateKey
	down bool // the DNS does not answer
	spec source.Spec

	seen, notes map[string]string
	now         time.Time
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{key: private, seen: map[string]string{}, notes: map[string]string{}, now: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)}
	o.spec = source.Spec{
		ID: "hop-thu", Kind: "mailbox", URL: url, Senders: []string{"VanPhong@example.org"},
		Location: time.FixedZone("+07", 7*3600), Now: func() time.Time { return o.now },
		Notes: func(context.Context) (map[string]string, error) { return maps.Clone(o.notes), nil },
		LookupTXT: func(_ context.Context, name string) ([]string, error) {
			if o.down {
				return nil, &net.DNSError{Err: "không trả lời", Name: name, IsTemporary: true}
			}
			if name == "s1._domainkey.example.org" {
				return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
			}
			return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		},
	}
	return o
}

// mail is a signed mail with the subject.
func (o *office) mail(t *testing.T, subject string, more ...string) string {
	t.Helper()
	lines := append([]string{"From: Văn phòng Hội <vanphong@example.org>", "Subject: " + subject, "Date: Mon, 23 Nov 2026 06:00:00 +0700", "Message-ID: <" + fmt.Sprint(len(subject)) + "@example.org>"}, more...)
	raw := strings.Join(lines, "\r\n") + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHội Khuyến học trao học bổng: " + subject + ".\r\n"
	var signed bytes.Buffer
	if err := dkim.Sign(&signed, strings.NewReader(raw), &dkim.SignOptions{Domain: "example.org", Selector: "s1", Signer: o.key, HeaderKeys: []string{"From", "Subject", "Date"}}); err != nil {
		t.Fatal(err)
	}
	return signed.String()
}

// look reads the box once, and remembers as the collector does. It gives titles
// and problems.
func (o *office) look(t *testing.T) (told []string, err error) {
	t.Helper()
	s, err := source.Open(o.spec)
	if err != nil {
		t.Fatal(err)
	}
	for item, err := range s.Read(t.Context(), maps.Clone(o.seen)) {
		if err != nil {
			return told, err
		}
		maps.Copy(o.notes, item.Notes)
		switch {
		case item.Err != nil:
			told = append(told, item.Err.Error()) // the collector keeps of these nothing beyond its own life
		case item.Bulletin != nil:
			o.seen[item.ID] = item.Version
			line := item.Bulletin.Title
			if item.History {
				line += " (history)"
			}
			told = append(told, line)
		}
	}
	return told, nil
}

func (o *office) expect(t *testing.T, why string, want ...string) {
	t.Helper()
	got, err := o.look(t)
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%s: %v (-want +got)\n%s", why, err, d)
	}
}

func maildir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// drop puts a mail into a Maildir that arrived at a time.
func drop(t *testing.T, dir string, at time.Time, raw string) {
	t.Helper()
	files, err := filepath.Glob(dir + "/new/*")
	if err != nil {
		t.Fatal(err)
	}
	write(t, fmt.Sprintf("%s/new/%d.M%d.test", dir, at.Unix(), len(files)), raw)
}

func TestMailboxWhoIsBelieved(t *testing.T) {
	dir := maildir(t)
	o := newOffice(t, "maildir:"+dir)
	at := o.now.Add(-time.Hour)
	unsigned := "From: vanphong@example.org\r\nSubject: Tin giả\r\n\r\nHội Khuyến học.\r\n"
	stranger := strings.ReplaceAll(unsigned, "vanphong@example.org", "ke-gian@example.net")
	drop(t, dir, at, o.mail(t, "Trao học bổng"))
	drop(t, dir, at.Add(1*time.Second), unsigned)
	drop(t, dir, at.Add(2*time.Second), stranger)
	drop(t, dir, at.Add(3*time.Second), o.mail(t, "Tôi đi vắng", "Auto-Submitted: auto-replied"))
	drop(t, dir, at.Add(4*time.Second), strings.Replace(o.mail(t, "Tin bị sửa"), "trao học bổng", "chuyển tiền", 1))
	drop(t, dir, at.Add(5*time.Second), "Không phải thư\n")
	o.expect(t, "the first look", "Trao học bổng",
		`mail "Tin giả" from "vanphong@example.org": its sender cannot be verified: it has no DKIM signature`,
		`mail "Tin giả" from "ke-gian@example.net": the sender is not listed under senders`,
		`mail "Tôi đi vắng" from "vanphong@example.org": an automatic reply`,
		`mail "Tin bị sửa" from "vanphong@example.org": its sender cannot be verified: its DKIM signature by "example.org" is not good: dkim: body hash did not verify`,
		"the file is not a mail message")
	o.expect(t, "nothing new")
	if files, err := filepath.Glob(dir + "/new/*"); len(files) != 6 || err != nil {
		t.Errorf("the box has %d messages, %v", len(files), err)
	}

	// The same mail again, under other headers: no second bulletin.
	drop(t, dir, at.Add(6*time.Second), "Received: from may-khac\r\n"+o.mail(t, "Trao học bổng"))
	o.expect(t, "sent on")

	// The admin changes the rules: what was refused by the old ones is looked at anew.
	o.spec.Trust = source.TrustAny
	got, err := o.look(t)
	if err != nil || len(got) == 0 || got[0] != "Tin giả" {
		t.Errorf("any sender: %q, %v", got, err)
	}
	o.expect(t, "nothing new by the new rules")
}

// The DNS does not answer: the mail waits and the others go on.
func TestMailboxWaitsForTheDNS(t *testing.T) {
	dir := maildir(t)
	o := newOffice(t, "maildir:"+dir)
	drop(t, dir, o.now, o.mail(t, "Trao học bổng"))
	o.down = true
	const waits = `mail "Trao học bổng" from "vanphong@example.org": the DNS did not answer; the mail will be read again: the DNS does not answer for the key of "example.org": the message is to be read later`
	o.expect(t, "no DNS", waits)
	o.expect(t, "still none", waits)
	o.down = false
	o.expect(t, "it is back", "Trao học bổng")
	o.expect(t, "nothing new")
}

// What lay in the box for long when it was first read is history, and news by
// its arrival is news whatever its date.
func TestMailboxHistory(t *testing.T) {
	dir := maildir(t)
	o := newOffice(t, "maildir:"+dir)
	drop(t, dir, o.now.AddDate(-1, 0, 0), o.mail(t, "Tin năm ngoái"))
	drop(t, dir, o.now.AddDate(0, 0, -3), o.mail(t, "Tin tuần này"))
	o.expect(t, "the first look", "Tin năm ngoái (history)", "Tin tuần này")
	o.now = o.now.AddDate(0, 3, 0)
	drop(t, dir, o.now, o.mail(t, "Tin mới"))
	o.expect(t, "three months later", "Tin mới")
	o.spec.Since, o.seen = bantin.Day{Year: 2026, Month: 11, Day: 1}, map[string]string{}
	o.expect(t, "back to a day", "Tin tuần này", "Tin mới")
}

func TestMailboxIMAP(t *testing.T) {
	s := imaptest.Start(t)
	o := newOffice(t, s.URL())
	o.spec.Password, o.spec.TLS = imaptest.Password, s.TLS
	s.Deliver(o.mail(t, "Tin một"))
	o.expect(t, "the first look", "Tin một")
	s.Deliver(o.mail(t, "Tin hai"))
	s.Renumber() // all numbers are new: what is known stays known
	o.expect(t, "numbered anew", "Tin hai")
	s.Stop()
	_, err := o.look(t)
	if failure := (*source.SiteError)(nil); !errors.As(err, &failure) || failure.Words.VI == "" || strings.Contains(err.Error(), imaptest.Password) {
		t.Errorf("no server: %v", err)
	}
	s.Run()
	s.Deliver(o.mail(t, "Tin ba"))
	o.expect(t, "it is back", "Tin ba")
}

// A read that stops in the middle misses nothing.
func TestMailboxStopped(t *testing.T) {
	dir := maildir(t)
	o := newOffice(t, "maildir:"+dir)
	drop(t, dir, o.now, o.mail(t, "Tin một"))
	drop(t, dir, o.now.Add(time.Second), o.mail(t, "Tin hai"))
	s, err := source.Open(o.spec)
	if err != nil {
		t.Fatal(err)
	}
	for item, err := range s.Read(t.Context(), nil) {
		if err != nil || item.Bulletin.Title != "Tin một" {
			t.Errorf("%+v, %v", item, err)
		}
		break
	}
	o.expect(t, "from the beginning", "Tin một", "Tin hai")
	o.spec.Senders = nil
	if _, err := source.Open(o.spec); err == nil {
		t.Error("a box without senders is opened")
	}
}
