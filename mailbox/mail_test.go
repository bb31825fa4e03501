package mailbox_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"bantin/internal/cost"
	"bantin/mailbox"
)

// letter joins lines as mail has them.
func maildirFile(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// told is what a mail says, in lines.
func told(m *mailbox.Mail) (lines []string) {
	lines = append(lines, fmt.Sprintf("%s <%s>: %s", m.Name, m.From, m.Subject))
	for _, p := range m.Parts {
		kind := p.Type
		if p.Name != "" {
			kind += " " + p.Name
		}
		if p.ContentID != "" {
			kind += " cid:" + p.ContentID
		}
		if p.Attached {
			kind += " attached"
		}
		lines = append(lines, kind+": "+strings.TrimSpace(string(p.Data)))
	}
	if m.Damaged {
		lines = append(lines, "damaged")
	}
	return lines
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, raw string
		want      []string
	}{
		{"plain", maildirFile("From: Văn phòng <vanphong@example.org>", "Subject: Thông báo số 5", "", "Kính gửi các tỉnh hội."),
			[]string{"Văn phòng <vanphong@example.org>: Thông báo số 5", "text/plain: Kính gửi các tỉnh hội."}},
		{"encoded words, cut within a letter", maildirFile("From: =?utf-8?B?"+b64("Hội Khuyến học")+"?= <a@example.org>", "Subject: =?UTF-8?Q?H=E1=BB?=", " =?UTF-8?Q?=99i_ngh=E1=BB=8B?=", "", "x"),
			[]string{"Hội Khuyến học <a@example.org>: Hội nghị", "text/plain: x"}},
		{"alternative in related in mixed, with a picture and a document", maildirFile(
			"From: a@example.org", "Subject: Tin", `Content-Type: multipart/mixed; boundary="m"`, "",
			"--m", `Content-Type: multipart/related; boundary="r"`, "",
			"--r", `Content-Type: multipart/alternative; boundary="a"`, "",
			"--a", "Content-Type: text/plain; charset=utf-8", "", "chữ",
			"--a", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "<p>ch=E1=BB=AF=", "</p>",
			"--a--", "--r", "Content-Type: image/png", "Content-ID: <anh1@x>", "Content-Transfer-Encoding: base64", "", b64("PNG"), "--r--",
			"--m", `Content-Type: application/pdf; name="=?utf-8?B?`+b64("Kế hoạch.pdf")+`?="`, `Content-Disposition: attachment; filename="..\thu muc/Kế hoạch.pdf"`, "Content-Transfer-Encoding: base64", "", b64("%PDF"), "--m--"),
			[]string{" <a@example.org>: Tin", "text/html: <p>chữ</p>", "image/png cid:anh1@x: PNG", "application/pdf Kế hoạch.pdf attached: %PDF"}},
		{"text around a picture, as Apple writes", maildirFile("From: a@example.org", "Subject: Tin", "Content-Type: multipart/mixed; boundary=m", "",
			"--m", "", "Trước ảnh.", "--m", "Content-Type: image/jpeg; name=a.jpg", "Content-Disposition: inline; filename*=utf-8''%E1%BA%A3nh.jpg", "", "JPEG", "--m", "Content-Type: text/plain", "", "Sau ảnh.", "--m--"),
			[]string{" <a@example.org>: Tin", "text/plain: Trước ảnh.", "image/jpeg ảnh.jpg: JPEG", "text/plain: Sau ảnh."}},
		{"windows-1258", maildirFile("From: a@example.org", "Subject: =?windows-1258?Q?H=F4=F2i_nghi=F2?=", "Content-Type: text/plain; charset=windows-1258", "", "H\xf4\xf2i nghi\xf2"),
			[]string{" <a@example.org>: Hội nghị", "text/plain: Hội nghị"}},
		{"UTF-8 that says it is Latin", maildirFile("From: a@example.org", "Subject: Tin", "Content-Type: text/plain; charset=iso-8859-1", "", "Hội nghị"),
			[]string{" <a@example.org>: Tin", "text/plain: Hội nghị"}},
		{"two senders", maildirFile("From: a@example.org, b@example.org", "Subject: Tin", "", "x"), []string{" <>: Tin", "text/plain: x"}},
		{"two From", maildirFile("From: a@example.org", "From: b@example.org", "Subject: Tin", "", "x"), []string{" <>: Tin", "text/plain: x"}},
		{"cut in a picture", maildirFile("From: a@example.org", "Subject: Tin", "Content-Type: multipart/mixed; boundary=m", "", "--m", "", "Trước ảnh.", "--m", "Content-Type: image/png", "Content-Transfer-Encoding: base64", "", "iVBO"),
			[]string{" <a@example.org>: Tin", "text/plain: Trước ảnh.", "image/png: \x89PN", "damaged"}},
		{"a forwarded mail is one part", maildirFile("From: a@example.org", "Subject: Fwd: Tin", "Content-Type: multipart/mixed; boundary=m", "", "--m", "", "Xin chuyển.", "--m", "Content-Type: message/rfc822", "", "Subject: Tin", "", "x", "--m--"),
			[]string{" <a@example.org>: Fwd: Tin", "text/plain: Xin chuyển.", "message/rfc822 attached: Subject: Tin\r\n\r\nx"}},
		{"mbox", "From vanphong Mon Nov 23 21:00:00 2026\nFrom: a@example.org\nSubject: Tin\n\nx\n", []string{" <a@example.org>: Tin", "text/plain: x"}},
		{"no such type", maildirFile("From: a@example.org", "Subject: Tin", "Content-Type: chữ", "", "x"), []string{" <a@example.org>: Tin", "text/plain: x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := mailbox.Read([]byte(c.raw))
			if err != nil {
				t.Fatal(err)
			}
			got := told(m)
			for i := range got {
				got[i] = nfc(got[i])
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestReadHeader(t *testing.T) {
	m, err := mailbox.Read([]byte(maildirFile("From: a@example.org", "Date: Fri, 29 Apr 2022 08:15:00 +0700", "Message-ID: <5@example.org>", "Auto-Submitted: auto-replied", "", "Tôi đi vắng.")))
	if err != nil || !m.Automatic || m.MessageID != "5@example.org" || !m.Date.Equal(time.Date(2022, 4, 29, 1, 15, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestReadRefuses(t *testing.T) {
	many := []string{"Subject: Tin", "Content-Type: multipart/mixed; boundary=m", ""}
	for range 1000 {
		many = append(many, "--m", "", "x")
	}
	var deep []string
	for i := range 200 {
		deep = append(deep, fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d", i), "", fmt.Sprintf("--b%d", i))
	}
	for _, c := range []struct {
		name, raw string
		want      error
	}{
		{"a thousand parts", maildirFile(many...), mailbox.ErrTooManyParts},
		{"two hundred levels", maildirFile(deep...), mailbox.ErrTooDeep},
		{"nothing", "", mailbox.ErrNoMail},
		{"no header", "Kính gửi các tỉnh, thành hội\n\nx", mailbox.ErrNoMail},
	} {
		if m, err := mailbox.Read([]byte(c.raw)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", c.name, m, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(maildirFile("From: =?utf-8?q?V=C4=83n?= <a@b.vn>", "Content-Type: multipart/alternative; boundary=a", "", "--a", "", "x", "--a", "Content-Type: text/html; charset=windows-1258", "Content-Transfer-Encoding: base64", "", "PHA+", "--a--")))
	f.Add([]byte(maildirFile("Subject: x", "Content-Type: multipart/mixed; boundary=\"", "", "--", "--\"")))
	f.Add([]byte(maildirFile("Subject: x", "Content-Disposition: attachment; filename*=utf-8''%2e%2e%2f%00", "", "x")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m *mailbox.Mail
		var err error
		cost.Within(t, len(raw), func() { m, err = mailbox.Read(raw) })
		if err != nil {
			return
		}
		if len(m.Parts) > mailbox.MaxParts || strings.ContainsAny(m.Subject+m.Name, "\r\n") {
			t.Errorf("%d parts, subject %q, name %q", len(m.Parts), m.Subject, m.Name)
		}
		for _, p := range m.Parts {
			if strings.ContainsAny(p.Name, "/\\\r\n") || !utf8.ValidString(p.Type) {
				t.Errorf("name %q, type %q", p.Name, p.Type)
			}
		}
	})
}

// nfc is for windows-1258, which writes tones behind their letters.
func nfc(s string) string { return norm.NFC.String(s) }

// A mail of twice the length costs at most about twice as much, whatever is in it.
func TestReadIsLinear(t *testing.T) {
	const head, body = "From: a@b.vn\r\nSubject: ", "\r\n\r\nBài.\r\n"
	for before, pieces := range map[string][]string{
		head:     {"=?utf-8?q?a?= ", "(", "\\", "\r\n ", "=?", "\xff"},
		"From: ": {"a@b.vn, ", "<", "\"", "(a) "},
		head + "x\r\nContent-Type: multipart/mixed; boundary=q": {"; a=b", ";a*0=x", "; \"", "\r\n\r\n--q\r\n", "\r\n\r\n--q\r\nContent-Type: multipart/mixed; boundary=q\r\n"},
		head + "x\r\n\r\n": {"begin 644 a\r\n!8\r\n`\r\nend\r\n", "> ", "=\r\n"},
	} {
		for _, piece := range pieces {
			cost.Linear(t, before, piece, body, 50_000, func(text string) { _, _ = mailbox.Read([]byte(text)) })
		}
	}
}
