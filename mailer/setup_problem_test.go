package mailer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bantin/internal/certtest"
	"bantin/internal/dnstest"
	"bantin/internal/freeport"
	"bantin/internal/smtptest"
)

// What a server at a port may be instead of the mail server that the settings
// describe, and what setting to look at.
func TestSetupProblems(t *testing.T) {
	good := certtest.New(t)
	named := certtest.New(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"thu.example.org"} })
	expired := certtest.New(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	early := certtest.New(t, func(c *x509.Certificate) {
		c.NotBefore = time.Now().Add(time.Hour)
		c.NotAfter = time.Now().Add(2 * time.Hour)
	})
	at := func(stage smtptest.Stage, reply string) func(smtptest.Stage, string) smtptest.Answer {
		return func(is smtptest.Stage, _ string) smtptest.Answer {
			if is == stage {
				return smtptest.Answer{Reply: reply}
			}
			return smtptest.Answer{}
		}
	}
	mail := func(opt smtptest.Options) func(t *testing.T) int {
		return func(t *testing.T) int { return smtptest.StartAs(t, opt).Port() }
	}
	login := smtptest.Options{TLS: good.Server(), Extensions: []string{"8BITMIME"}}
	for _, test := range []struct {
		name string
		port func(t *testing.T) int
		mode TLSMode
		cert *certtest.Certificate
		want SetupProblem
	}{
		{"nothing listens", func(t *testing.T) int { return freeport.Port(t) }, StartTLS, good, NothingListens},
		{"SSH", func(t *testing.T) int { return says(t, "SSH-2.0-OpenSSH_9.6\r\n") }, StartTLS, good, NotSMTP},
		{"SSH, with TLS", func(t *testing.T) int { return says(t, "SSH-2.0-OpenSSH_9.6\r\n") }, ImplicitTLS, good, NotSMTP},
		{"HTTP", webServer, StartTLS, good, NotSMTP},
		{"HTTP, without TLS", webServer, NoTLS, good, NotSMTP},
		{"HTTP, with TLS", webServer, ImplicitTLS, good, NotSMTP},
		{"SSH, at once", func(t *testing.T) int { return says(t, "SSH-2.0-OpenSSH_9.6\r\n") }, StartTLS, good, NotSMTP},
		{"a POP server", func(t *testing.T) int { return says(t, "+OK chào\r\n") }, StartTLS, good, NotSMTP},
		{"a TLS port", func(t *testing.T) int { return tlsPort(t, good) }, StartTLS, good, TLSPort},
		{"a TLS port, without TLS", func(t *testing.T) int { return tlsPort(t, good) }, NoTLS, good, TLSPort},
		{"a port in the clear", mail(smtptest.Options{}), ImplicitTLS, good, PlainPort},
		{"no STARTTLS", mail(smtptest.Options{}), StartTLS, good, NoSTARTTLS},
		{"unknown authority", mail(smtptest.Options{TLS: good.Server()}), StartTLS, named, UnknownAuthority},
		{"unknown authority, with TLS", func(t *testing.T) int { return tlsPort(t, good) }, ImplicitTLS, named, UnknownAuthority},
		{"another name", mail(smtptest.Options{TLS: named.Server()}), StartTLS, named, CertificateName},
		{"expired", mail(smtptest.Options{TLS: expired.Server()}), StartTLS, expired, CertificateExpired},
		{"not valid yet", mail(smtptest.Options{TLS: early.Server()}), StartTLS, early, CertificateExpired},
		{"TLS fails", mail(smtptest.Options{TLS: good.Server(), Decide: func(stage smtptest.Stage, _ string) smtptest.Answer {
			if stage == smtptest.StartTLS {
				return smtptest.Answer{Reply: "220 mời", Close: true}
			}
			return smtptest.Answer{}
		}}), StartTLS, good, TLSFails},
		{"STARTTLS is refused", mail(smtptest.Options{TLS: good.Server(), Decide: at(smtptest.StartTLS, "454 4.7.0 chưa có TLS")}), StartTLS, good, ""},
		{"HELO is refused", mail(smtptest.Options{TLS: good.Server(), Decide: at(smtptest.Hello, "550 5.7.1 tên này không được")}), StartTLS, good, HelloRefused},
		{"busy", mail(smtptest.Options{TLS: good.Server(), Decide: at(smtptest.Connect, "421 4.3.2 đang bận")}), StartTLS, good, ""},
		{"no log-in", mail(login), StartTLS, good, LoginNotOffered},
		{"fine", mail(smtptest.Options{}), NoTLS, good, "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: test.port(t), TLSMode: test.mode, RootCAs: test.cert.Pool, Username: "bantin", Password: "mật khẩu"})
			s.probeAfter = time.Millisecond
			if strings.HasSuffix(test.name, "at once") {
				s.probeAfter = time.Hour
			}
			conn, err := s.Open(t.Context())
			if test.want == "none" {
				if err != nil {
					t.Fatal(err)
				}
				conn.Close()
				return
			}
			refusal := (*SendError)(nil)
			if !errors.As(err, &refusal) || refusal.Problem != test.want || refusal.Code < 500 && (refusal.Scope != ScopeRelay || !refusal.Temporary) {
				t.Errorf("%v: %+v, want the problem %q", err, refusal, test.want)
			}
		})
	}
}

// What a server says to a message, and what setting it points at.
func TestSetupProblemsOfReplies(t *testing.T) {
	for _, test := range []struct {
		at    step
		reply string
		want  SetupProblem
	}{
		{stepMail, "530 5.7.0 Authentication required", LoginNeeded},
		{stepMail, "530 5.7.0 Must issue a STARTTLS command first", NoSTARTTLS},
		{stepRcpt, "550-Please turn on SMTP Authentication in your mail client.", LoginNeeded},
		{stepRcpt, "550 relay not permitted", LoginNeeded},
		{stepRcpt, "554 5.7.1 <lan@so.example>: Relay access denied", LoginNeeded},
		{stepRcpt, "504 5.5.2 <bantin>: Helo command rejected: need fully-qualified hostname", HelloRefused},
		{stepRcpt, "450 4.7.1 <bantin.hkh.example>: Helo command rejected: Host not found", HelloRefused},
		{stepRcpt, "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", HelloRefused},
		{stepRcpt, "553 5.7.1 <bantin@hkh.example>: Sender address rejected: not owned by user tin", SenderRefused},
		{stepMail, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", SenderRefused},
		{stepRcpt, "550 5.1.8 bantin@hkh.example... Domain of sender address bantin@hkh.example does not exist", SenderRefused},
		{stepRcpt, "550 5.1.1 không có hộp thư này", ""},
		{stepRcpt, "554 5.7.1 Client host blocked using zen.spamhaus.org", ""},
		{stepEnd, "550-5.7.26 This mail has been blocked because the sender is unauthenticated.", ""},
		{stepMail, "550 5.4.5 Daily user sending limit exceeded", ""},
	} {
		if got := replyError(test.at, parseReply(t, test.reply), "lan@so.example", ourNames{"hkh.example"}); got.Problem != test.want {
			t.Errorf("%s points at %q, want %q", test.reply, got.Problem, test.want)
		}
	}
}

// A name that does not exist, and a resolver that fails, by a DNS server of the test.
func TestHostName(t *testing.T) {
	empty, failing := dnstest.Start(t, ""), dnstest.Start(t, "")
	failing.Fails.Store(true)
	for server, want := range map[*dnstest.Server]SetupProblem{empty: HostUnknown, failing: ResolverFails} {
		s := NewSMTP(SMTPOptions{Host: "thu.khonghoc.example", Port: 587})
		s.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", server.Addr)
		}}
		_, err := s.Open(t.Context())
		refusal := (*SendError)(nil)
		if !errors.As(err, &refusal) || refusal.Problem != want || !refusal.Temporary {
			t.Errorf("%v (%+v), want %s", err, refusal, want)
		}
	}
}

// Networks that cannot be had here.
func TestUnreachable(t *testing.T) {
	for _, err := range []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, os.ErrDeadlineExceeded} {
		if got := connectProblem(stepDial, fmt.Errorf("dial: %w", &net.OpError{Op: "dial", Err: err})); got != Unreachable {
			t.Errorf("%v points at %q", err, got)
		}
	}
}

// says is a server that says one thing and waits.
func says(t *testing.T, text string) (port int) {
	t.Helper()
	return serve(t, nil, func(conn net.Conn) { fmt.Fprint(conn, text) })
}

// tlsPort is a server that expects TLS from the first byte.
func tlsPort(t *testing.T, c *certtest.Certificate) (port int) {
	t.Helper()
	return serve(t, c.Server(), func(conn net.Conn) { conn.(*tls.Conn).HandshakeContext(context.Background()) })
}

func serve(t *testing.T, secure *tls.Config, begin func(net.Conn)) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port = listener.Addr().(*net.TCPAddr).Port
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(time.Minute))
				begin(conn)
				conn.Read(make([]byte, 1024))
			}()
		}
	}()
	return port
}

func webServer(t *testing.T) (port int) {
	t.Helper()
	server := httptest.NewServer(nil)
	t.Cleanup(server.Close)
	port, err := strconv.Atoi(server.URL[strings.LastIndexByte(server.URL, ':')+1:])
	if err != nil {
		t.Fatal(err)
	}
	return port
}
