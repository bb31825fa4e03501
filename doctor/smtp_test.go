//go:build unix

package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"bantin/internal/certtest"
	"bantin/internal/dnstest"
	"bantin/internal/freeport"
	"bantin/internal/imaptest"
	"bantin/internal/smtptest"
	"bantin/mailbox"
	"bantin/mailer"
)

// relay is a mail server with TLS and log-in that counts what it is sent.
type relay struct {
	port     int
	messages atomic.Int64
}

func (r *relay) NewSession(*smtp.Conn) (smtp.Session, error) { return &relaySession{r}, nil }

type relaySession struct{ relay *relay }

func (*relaySession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (*relaySession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "bantin" || password != "mật khẩu" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (*relaySession) Mail(string, *smtp.MailOptions) error { return nil }
func (*relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "khong-co") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "khong co hop thu nay"}
	}
	return nil
}
func (s *relaySession) Data(r io.Reader) error {
	s.relay.messages.Add(1)
	_, err := io.Copy(io.Discard, r)
	return err
}
func (*relaySession) Reset()        {}
func (*relaySession) Logout() error { return nil }

// startRelay runs one with a certificate that is valid for so long.
func startRelay(t *testing.T, life time.Duration, size int64) (*relay, *x509.CertPool) {
	t.Helper()
	cert := certtest.New(t, func(c *x509.Certificate) {
		c.DNSNames, c.NotAfter = []string{"smtp.example.org"}, time.Now().Add(life)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{port: listener.Addr().(*net.TCPAddr).Port}
	server := smtp.NewServer(r)
	server.Domain, server.TLSConfig, server.MaxMessageBytes = "smtp.example.org", cert.Server(), size
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return r, cert.Pool
}

// mailsBy are options that mail by smtp.example.org, which a name server finds on loopback.
func mailsBy(t *testing.T, opt mailer.SMTPOptions) *Options {
	t.Helper()
	dns := dnstest.Start(t, "smtp.example.org A 127.0.0.1\nexample.org MX 10 smtp.example.org")
	opt.Host = "smtp.example.org"
	return &Options{Resolver: dns.Addr, Mail: &Mail{
		Host: opt.Host, From: "bantin@example.org", TLS: opt.TLSMode != mailer.NoTLS,
		Relay: func(r *net.Resolver) (*mailer.SMTP, error) {
			opt.Resolver = r
			return mailer.NewSMTP(opt), nil
		},
	}}
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	good, roots := startRelay(t, 90*24*time.Hour, 20<<20)
	soon, soonRoots := startRelay(t, 10*24*time.Hour+time.Hour, 100_000)
	last, lastRoots := startRelay(t, 40*time.Hour, 0)
	ssh := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Connect {
			return smtptest.Answer{Raw: "SSH-2.0-OpenSSH_9.6\r\n"}
		}
		return smtptest.Answer{}
	})
	plain := smtptest.Start(t, nil)
	login := mailer.SMTPOptions{Port: good.port, TLSMode: mailer.StartTLS, RootCAs: roots, Username: "bantin", Password: "mật khẩu"}
	with := func(change func(o *mailer.SMTPOptions)) mailer.SMTPOptions {
		o := login
		change(&o)
		return o
	}
	for _, test := range []struct {
		name                string
		opt                 mailer.SMTPOptions
		connect, tls, login Status
		says                [3]string
	}{
		{"all is well", login, OK, OK, OK, [3]string{"20 MB", "89 more days", "accepts the log-in"}},
		{"no log-in", with(func(o *mailer.SMTPOptions) { o.Username = "" }), OK, OK, Skipped, [3]string{}},
		{"a wrong password", with(func(o *mailer.SMTPOptions) { o.Password = "sai" }), OK, OK, Failed, [3]string{2: "535"}},
		{"an unknown authority", with(func(o *mailer.SMTPOptions) { o.RootCAs = x509.NewCertPool() }), OK, Failed, Skipped, [3]string{1: "unknown authority"}},
		{"no encryption offered", with(func(o *mailer.SMTPOptions) { o.Port = plain.Port() }), OK, Failed, Skipped, [3]string{1: "STARTTLS"}},
		{"no encryption wanted", with(func(o *mailer.SMTPOptions) { o.Port, o.TLSMode = plain.Port(), mailer.NoTLS }), OK, Warning, Skipped, [3]string{1: "not encrypted"}},
		{"not a mail server", with(func(o *mailer.SMTPOptions) { o.Port = ssh.Port() }), Failed, Skipped, Skipped, [3]string{}},
		{"nothing listens", with(func(o *mailer.SMTPOptions) { o.Port = freeport.Port(t) }), Failed, Skipped, Skipped, [3]string{0: "refused"}},
		{"ten days, small messages", with(func(o *mailer.SMTPOptions) { o.Port, o.RootCAs = soon.port, soonRoots }), Warning, Warning, OK, [3]string{"100000 bytes", "10 more days"}},
		{"a day", with(func(o *mailer.SMTPOptions) { o.Port, o.RootCAs = last.port, lastRoots }), OK, Failed, OK, [3]string{1: "1 more days"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := mailsBy(t, test.opt)
			for i, check := range []string{"smtp_connect", "smtp_tls", "smtp_login"} {
				expect(t, look(t, o, check), []Status{test.connect, test.tls, test.login}[i], test.says[i])
			}
		})
	}
	if n := good.messages.Load(); n != 0 {
		t.Errorf("%d messages were mailed", n)
	}
}

// A host that does not exist is a failure, whatever else the network does.
func TestUnknownRelay(t *testing.T) {
	t.Parallel()
	o := mailsBy(t, mailer.SMTPOptions{Port: 587, TLSMode: mailer.StartTLS})
	o.Resolver = dnstest.Start(t, "example.org A 127.0.0.1").Addr
	expect(t, look(t, o, "smtp_connect"), Failed, "no such host")
}

// A test message goes out only to the address that is given.
func TestMailed(t *testing.T) {
	t.Parallel()
	r, roots := startRelay(t, 90*24*time.Hour, 0)
	o := mailsBy(t, mailer.SMTPOptions{Port: r.port, TLSMode: mailer.StartTLS, RootCAs: roots, EnvelopeFrom: "bantin@example.org"})
	o.Mail.TestMail = func(now time.Time) (*mailer.ComposedMessage, mailer.RecipientFields, error) {
		composed, err := mailer.Compose(mailer.Message{Sender: mailer.Sender{Address: "bantin@example.org"}, ListDomain: "example.org", Date: now,
			Rendered: mailer.Rendered{Subject: "Thư thử", Text: "thử", HTML: "<p>thử</p>"}})
		return composed, mailer.RecipientFields{Address: o.TestTo, MessageID: mailer.MessageIDPlaceholder, UnsubscribeToken: mailer.TokenPlaceholder}, err
	}
	o.TestTo = "toi@example.org"
	expect(t, look(t, o, "smtp_login"), OK, "test message to toi@example.org was accepted")
	o.TestTo = "khong-co@example.org"
	expect(t, look(t, o, "smtp_login"), Failed, "khong co hop thu nay")
	if n := r.messages.Load(); n != 1 {
		t.Errorf("%d messages were accepted, want 1", n)
	}
}

// imapMailbox is a mailbox of a Dovecot.
func imapMailbox(s *imaptest.Server, password string) Mailbox {
	address := "imaps://" + imaptest.User + "@" + s.IMAPS
	return Mailbox{Key: "bounces.mailbox", Name: address, IsReturn: true, Try: func(ctx context.Context, r *net.Resolver) error {
		return mailbox.Try(ctx, address, mailbox.Options{Password: password, TLS: s.TLS, Resolver: r})
	}}
}

// Returned mail is read by log-in, and its server takes addresses with a +: a real Dovecot
// and a real Postfix.
func TestReturns(t *testing.T) {
	t.Parallel()
	imap := imaptest.Start(t)
	postfix := smtptest.StartLocal(t, "tra-lai /dev/null\n")
	o := mailsBy(t, mailer.SMTPOptions{})
	o.Mail.Bounces, o.MXPort = "tra-lai@example.org", postfix.Port
	o.Mailboxes = []Mailbox{imapMailbox(imap, imaptest.Password)}
	expect(t, look(t, o, "imap_login"), OK, "tra-lai+…@example.org are accepted")
	if waiting := postfix.Waiting(t); len(waiting) > 0 {
		t.Errorf("mail was sent: %v", waiting)
	}

	o.Mailboxes[0] = imapMailbox(imap, "sai")
	expect(t, look(t, o, "imap_login"), Failed, "bounces.mailbox: ")

	o.Mailboxes[0] = imapMailbox(imap, imaptest.Password)
	o.MXPort = smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.Contains(to, "+") {
			return smtptest.Answer{Reply: "550 5.1.1 khong co hop thu nay"}
		}
		return smtptest.Answer{}
	}).Port()
	expect(t, look(t, o, "imap_login"), Failed, "returned mail is lost")

	o.MXPort = freeport.Port(t) // nobody there: nothing is known, and the mailbox is well
	expect(t, look(t, o, "imap_login"), OK, "could not be asked")
}

func TestMaildir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := &Options{Mailboxes: []Mailbox{{Key: "bounces.mailbox", Name: "maildir:" + dir, Try: func(ctx context.Context, r *net.Resolver) error {
		return mailbox.Try(ctx, "maildir:"+dir, mailbox.Options{Resolver: r})
	}}}}
	expect(t, look(t, o, "imap_login"), Failed, dir)
	expect(t, look(t, &Options{}, "imap_login"), Skipped, "no mailbox")
}
