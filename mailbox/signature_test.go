package mailbox_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"bantin/internal/cost"
	"bantin/mailbox"
)

func TestSigned(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(_ context.Context, name string) ([]string, error) {
		switch {
		case strings.HasSuffix(name, "cham.example.org"):
			return nil, &net.DNSError{Err: "không trả lời", Name: name, IsTemporary: true}
		case strings.HasPrefix(name, "s1._domainkey."):
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	sign := func(raw, domain, selector string, fields ...string) string {
		var out bytes.Buffer
		opt := &dkim.SignOptions{Domain: domain, Selector: selector, Signer: private, HeaderKeys: fields}
		if err := dkim.Sign(&out, strings.NewReader(raw), opt); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	raw := maildirFile("From: Văn phòng <vanphong@example.org>", "Subject: Thông báo", "", "Kính gửi các tỉnh hội.")
	all := []string{"From", "Subject"}
	signed := sign(raw, "example.org", "s1", all...)
	for _, c := range []struct{ name, raw, says string }{
		{"signed", signed, ""},
		{"as a Maildir keeps it", strings.ReplaceAll(signed, "\r\n", "\n"), ""},
		{"by a domain of the same owner", sign(raw, "thu.example.org", "s1", all...), ""},
		{"by a stranger first", sign(signed, "example.net", "s1", all...), ""},
		{"not signed", raw, "no DKIM signature"},
		{"by a stranger", sign(raw, "example.net", "s1", all...), `by "example.net" and not by "example.org"`},
		{"by the registry", sign(strings.ReplaceAll(raw, "example.org", "hoi.org.vn"), "org.vn", "s1", all...), `by "org.vn" and not by "hoi.org.vn"`},
		{"changed", strings.Replace(signed, "tỉnh hội", "thành hội", 1), "not good"},
		{"no such key", sign(raw, "example.org", "s2", all...), "no key"},
		{"subject not covered", sign(raw, "example.org", "s1", "From"), "does not cover the field subject"},
		{"a second subject", "Subject: Chuyển tiền\r\n" + signed, "Subject twice"},
		{"a second sender", "From: ke-gian@example.net\r\n" + signed, "one sender"},
		{"the DNS is slow", sign(raw, "cham.example.org", "s1", all...), "later"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := mailbox.Read([]byte(c.raw))
			if err != nil {
				t.Fatal(err)
			}
			err = m.VerifySender(t.Context(), lookup)
			var refused *mailbox.SignatureError
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("got %v", err)
			case c.says != "" && errors.As(err, &refused) == errors.Is(err, mailbox.ErrLater):
				t.Errorf("neither refused nor later: %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m, err := mailbox.Read([]byte(signed))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.VerifySender(ctx, lookup); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// What is published must be what was sent, and lately.
func TestVerifyPublication(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(context.Context, string) ([]string, error) {
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
	now := time.Now() // a signature tells the time at which it is made
	lines := func(age time.Duration, more ...string) string {
		return maildirFile(slices.Concat([]string{"From: Văn phòng <vanphong@example.org>", "Subject: Thông báo", "Date: " + now.Add(-age).Format(time.RFC1123Z)}, more, []string{"", "Kính gửi các tỉnh hội."})...)
	}
	typed := []string{"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"}
	all := []string{"From", "Subject", "Date", "MIME-Version", "Content-Type"}
	sign := func(raw string, fields ...string) string {
		var out bytes.Buffer
		if err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{Domain: "example.org", Selector: "s1", Signer: private, HeaderKeys: fields}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		name, raw string
		arrived   time.Time
		says      string
	}{
		{"all is covered", sign(lines(0, typed...), all...), now, ""},
		{"days in a queue", sign(lines(0, typed...), all...), now.Add(7*day - time.Hour), ""},
		{"a mail without MIME", sign(lines(0), "From", "Subject", "Date"), now, ""},
		{"its signature is old", sign(lines(0, typed...), all...), now.Add(7*day + time.Hour), "more than 7 days"},
		{"its date is old", sign(lines(7*day+time.Hour, typed...), all...), now, "more than 7 days"},
		{"only the signature is old", sign(lines(-8*day, typed...), all...), now.Add(8 * day), "older than its arrival"},
		{"its date is not covered", sign(lines(0, typed...), "From", "Subject", "MIME-Version", "Content-Type"), now, "the field date"},
		{"its type is not covered, and its date is old", sign(lines(8*day, typed...), all[:4]...), now, "more than 7 days"},
		{"its type is not covered, and the signature is old", sign(lines(-8*day, typed...), all[:4]...), now.Add(8 * day), "older than its arrival"},
		{"its type is not covered", sign(lines(0, typed...), all[:4]...), now, "the field content-type"},
		{"a version is not covered", sign(lines(0, typed...), "From", "Subject", "Date", "Content-Type"), now, "the field mime-version"},
		{"no date", sign(maildirFile("From: vanphong@example.org", "Subject: Tin", "", "Tin."), "From", "Subject"), now, "no readable date"},
	} {
		m, err := mailbox.Read([]byte(c.raw))
		if err != nil {
			t.Fatal(err)
		}
		err = m.VerifyPublication(t.Context(), lookup, c.arrived)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", c.name, err)
		}
		refused := (*mailbox.SignatureError)(nil)
		isForm := strings.HasSuffix(c.says, "content-type") || strings.HasSuffix(c.says, "mime-version")
		if errors.As(err, &refused) && refused.Form != isForm {
			t.Errorf("%s: how it is read is all that is not signed: %v", c.name, refused.Form)
		}
	}
}

// FuzzSignature: no signature that nobody made is believed, whatever it and the key's record
// say, and its cost is bounded.
func FuzzSignature(f *testing.F) {
	f.Add("v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1; h=From:Subject:Date; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AA==", "v=DKIM1; k=rsa; p=MA==")
	f.Add("v=1; a=ed25519-sha256; d=example.org; s=s1; t=99999999999999999999; x=-1; l=0; h=from : from; bh=; b=", "p=")
	f.Add("a=;;=\r\n\t; d=.; h=:::", "")
	f.Fuzz(func(t *testing.T, signature, record string) {
		raw := []byte("DKIM-Signature: " + signature + "\r\nFrom: a@example.org\r\nSubject: Tin\r\nDate: Tue, 1 Dec 2026 08:00:00 +0700\r\n\r\nBài.\r\n")
		m, err := mailbox.Read(raw)
		if err != nil {
			return
		}
		cost.Within(t, len(raw)+len(record), func() {
			err = m.VerifyPublication(t.Context(), func(context.Context, string) ([]string, error) { return []string{record}, nil }, m.Date)
		})
		if err == nil {
			t.Errorf("%q is believed with the key %q", signature, record)
		}
	})
}
