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

	fields []string // that it signs
	text   string   // of its mails; "" for a usual one
	last   *bantin.Bulletin

	seen, notes map[string]string
	now         time.Time
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{key: private, fields: []string{"From", "Subject", "Date", "Content-Type"}, seen: map[string]string{}, notes: map[string]string{}, now: time.Now().UTC().AddDate(0, -3, 0)} // signatures are made now, and are never old
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

func (o *office) body(subject string) string {
	if o.text != "" {
		return strings.ReplaceAll(o.text, "\n", "\r\n")
	}
	return "Hội Khuyến học trao học bổng: " + subject + "."
}

// mail is a signed mail with the subject.
func (o *office) mail(t *testing.T, subject string, more ...string) string {
	t.Helper()
	lines := append([]string{"From: Văn phòng Hội <vanphong@example.org>", "Subject: " + subject, "Date: " + o.now.Add(-2*time.Hour).Format(time.RFC1123Z), "Message-ID: <" + fmt.Sprintf("%x", subject) + "@example.org>"}, more...)
	raw := strings.Join(lines, "\r\n") + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + o.body(subject) + "\r\n"
	var signed bytes.Buffer
	if err := dkim.Sign(&signed, strings.NewReader(raw), &dkim.SignOptions{Domain: "example.org", Selector: "s1", Signer: o.key, HeaderKeys: o.fields}); err != nil {
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
			o.seen[item.ID], o.last = item.Version, item.Bulletin
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
	since := o.now.AddDate(0, -3, -20)
	o.spec.Since, o.seen = bantin.Day{Year: since.Year(), Month: since.Month(), Day: since.Day()}, map[string]string{}
	o.expect(t, "back to a day", "Tin tuần này", "Tin mới")
}

func TestMailboxIMAP(t *testing.T) {
	s := imaptest.Start(t)
	o := newOffice(t, s.URL())
	o.spec.Password, o.spec.TLS, o.now = imaptest.Password, s.TLS, time.Now().UTC()
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

// A mail that the office sent once is no bulletin when a stranger sends it again.
func TestMailboxReplay(t *testing.T) {
	dir := maildir(t)
	o := newOffice(t, "maildir:"+dir)
	o.now = time.Now().UTC()
	old := o.mail(t, "Thư riêng")
	drop(t, dir, o.now, o.mail(t, "Tin một"))
	drop(t, dir, o.now.AddDate(0, 0, 8), old)
	o.expect(t, "eight days later", "Tin một",
		`mail "Thư riêng" from "vanphong@example.org": its sender cannot be verified: its DKIM signature by "example.org" is more than 7 days older than its arrival`)

	// Another content under a known Message-ID, and one that has none.
	again := o.mail(t, "Tin hai", "X-Again: 1")
	drop(t, dir, o.now.Add(time.Minute), strings.Replace(again, fmt.Sprintf("%x", "Tin hai"), fmt.Sprintf("%x", "Tin một"), 1))
	drop(t, dir, o.now.Add(2*time.Minute), strings.Replace(o.mail(t, "Tin ba"), "Message-ID: ", "X-ID: ", 1))
	o.expect(t, "a known Message-ID",
		`mail "Tin hai" from "vanphong@example.org": another mail with the same Message-ID was read before`,
		`mail "Tin ba" from "vanphong@example.org": it has no Message-ID`)

	// Read anew, a bulletin stays one; its note is forgotten in time.
	o.spec.Senders = append(o.spec.Senders, "ban@example.org")
	o.seen = map[string]string{}
	if got, err := o.look(t); err != nil || len(got) != 4 || got[0] != "Tin một" {
		t.Errorf("read anew: %q, %v", got, err)
	}
	notes := func() (n int) {
		for name, value := range o.notes {
			if strings.HasPrefix(name, "message ") && value != "" {
				n++
			}
		}
		return n
	}
	if notes() != 1 {
		t.Errorf("noted: %v", o.notes)
	}
	o.now = o.now.AddDate(0, 2, 0)
	drop(t, dir, o.now, "Không phải thư\n")
	if _, err := o.look(t); err != nil || notes() != 0 {
		t.Errorf("two months later: %v, %v", o.notes, err)
	}
}

// A mail to others than the source's addresses waits for a person.
func TestMailboxAddresses(t *testing.T) {
	dir := maildir(t)
	o := newOffice(t, "maildir:"+dir)
	o.spec.Addresses = []string{"BanTin@example.org", "tin@example.org"}
	for i, to := range []string{"To: ban@example.net, Bản tin <bantin@EXAMPLE.org>", "Cc: tin@example.org", "To: rieng@example.net", "X-To: bantin@example.org"} {
		drop(t, dir, o.now.Add(time.Duration(i)*time.Second), o.mail(t, fmt.Sprint("Tin ", i), to))
	}
	s, err := source.Open(o.spec)
	if err != nil {
		t.Fatal(err)
	}
	var held []string
	for item, err := range s.Read(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if b := item.Bulletin; b != nil && b.Held != "" {
			held = append(held, b.Title+": "+b.Held.In(bantin.English))
		}
	}
	const why = ": the mail is to none of the source's addresses; somebody must check it"
	if d := cmp.Diff([]string{"Tin 2" + why, "Tin 3" + why}, held); d != "" {
		t.Error(d)
	}
}

// Gmail does not sign how a mail is read: its words are the sender's, and a person looks.
func TestMailboxHoldsWhatIsReadUnsigned(t *testing.T) {
	dir := maildir(t)
	o := newOffice(t, "maildir:"+dir)
	o.fields = []string{"From", "Subject", "Date"}
	drop(t, dir, o.now, o.mail(t, "Tin khuyến học"))
	s, err := source.Open(o.spec)
	if err != nil {
		t.Fatal(err)
	}
	var held []string
	for item, err := range s.Read(t.Context(), nil) {
		if err != nil || item.Err != nil {
			t.Fatal(err, item.Err)
		}
		if b := item.Bulletin; b != nil {
			held = append(held, b.Title+": "+b.Held.In(bantin.English))
		}
	}
	if len(held) != 1 || !strings.HasPrefix(held[0], "Tin khuyến học: its DKIM signature does not cover Content-Type") {
		t.Errorf("held: %q", held)
	}
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
