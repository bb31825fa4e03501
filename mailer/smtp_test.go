package mailer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"bantin/internal/certtest"
	"bantin/internal/smtptest"
)

// relay is a real mail server with TLS and login.
type relay struct {
	port       int
	roots      *x509.CertPool
	mechanisms []string
	token      string // of XOAUTH2
	mu         sync.Mutex
	mails      []string
	loggedIn   []string
}

func (r *relay) NewSession(*smtp.Conn) (smtp.Session, error) { return &relaySession{relay: r}, nil }

type relaySession struct{ relay *relay }

func (s *relaySession) AuthMechanisms() []string { return s.relay.mechanisms }

func (s *relaySession) Auth(mech string) (sasl.Server, error) {
	knows := func(want string) func(user, secret string) error {
		return func(user, secret string) error {
			if user != "bantin" || secret != want {
				return smtp.ErrAuthFailed
			}
			s.relay.mu.Lock()
			defer s.relay.mu.Unlock()
			s.relay.loggedIn = append(s.relay.loggedIn, mech)
			return nil
		}
	}
	const password = "mật khẩu"
	check := knows(password)
	switch mech {
	case sasl.Login:
		return &loginServer{check: check}, nil
	case "XOAUTH2":
		return &xoauth2Server{check: knows(s.relay.token)}, nil
	case "SCRAM-SHA-256":
		return &scramServer{password: password, done: func() { check("bantin", password) }}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// loginServer asks for user and password in turn (draft-murchison-sasl-login).
type loginServer struct {
	check func(user, password string) error
	said  []string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.said = append(l.said, string(response))
	}
	switch len(l.said) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.said[0], l.said[1])
}

func (s *relaySession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *relaySession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *relaySession) Reset()                               {}
func (s *relaySession) Logout() error                        { return nil }
func (s *relaySession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	s.relay.mails = append(s.relay.mails, string(b))
	return err
}

// startRelay runs one; implicit says that TLS begins with the first byte.
func startRelay(t *testing.T, withTLS, implicit bool) *relay {
	t.Helper()
	r := &relay{roots: x509.NewCertPool(), mechanisms: []string{sasl.Plain}}
	server := smtp.NewServer(r)
	server.Domain = "mx.example.org"
	server.AllowInsecureAuth = true
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.port = listener.Addr().(*net.TCPAddr).Port
	if withTLS {
		certificate := certtest.New(t)
		server.TLSConfig, r.roots = certificate.Server(), certificate.Pool
	}
	if implicit {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(listener)
	}()
	t.Cleanup(func() { server.Close(); <-done })
	return r
}

func send(t *testing.T, opt SMTPOptions) error {
	t.Helper()
	composed, err := Compose(message())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := NewSMTP(opt).Open(ctx)
	if err != nil {
		return err
	}
	p := RecipientFields{Name: "Nguyễn Thị Ánh", Address: "anh@example.org", MessageID: MessageIDPlaceholder, UnsubscribeToken: TokenPlaceholder}
	for range 2 { // a connection serves more than one message
		if _, err := Deliver(ctx, conn, RecipientMessage{composed, p}); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	return conn.Close()
}

func TestSMTPSecurity(t *testing.T) {
	for _, test := range []struct {
		name               string
		withTLS, implicit  bool
		use                TLSMode
		user, password     string
		distrust           bool
		wantErr, wantLogin string
	}{
		{name: "none", use: NoTLS},
		{name: "none never sends a password", use: NoTLS, user: "bantin", password: "mật khẩu"},
		{name: "starttls", withTLS: true, use: StartTLS, user: "bantin", password: "mật khẩu", wantLogin: "PLAIN"},
		{name: "starttls and the older log-in", withTLS: true, use: StartTLS, user: "bantin", password: "mật khẩu", wantLogin: "LOGIN"},
		{name: "tls", withTLS: true, implicit: true, use: ImplicitTLS, user: "bantin", password: "mật khẩu", wantLogin: "PLAIN"},
		{name: "wrong password", withTLS: true, use: StartTLS, user: "bantin", password: "sai", wantErr: "AUTH"},
		{name: "a certificate nobody vouches for", withTLS: true, use: StartTLS, distrust: true, wantErr: "certificate"},
		{name: "starttls is never left out", use: StartTLS, wantErr: "STARTTLS"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := startRelay(t, test.withTLS, test.implicit)
			if test.wantLogin != "" {
				r.mechanisms = []string{test.wantLogin}
			}
			opt := SMTPOptions{Host: "127.0.0.1", Port: r.port, TLSMode: test.use, Username: test.user, Password: test.password, EnvelopeFrom: "bantin@example.org"}
			opt.RootCAs = r.roots
			if test.distrust {
				opt.RootCAs = x509.NewCertPool()
			}
			err := send(t, opt)
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) || strings.Contains(err.Error(), test.password) && test.password != "" {
					t.Errorf("got %v, want an error about %s without the password", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(r.mails) != 2 {
				t.Errorf("%d mails arrived", len(r.mails))
			}
			if got := strings.Join(r.loggedIn, " "); got != test.wantLogin {
				t.Errorf("logged in by %q, want %q", got, test.wantLogin)
			}
		})
	}
}

func TestAddressesThatCannotBeMailed(t *testing.T) {
	server := smtptest.Start(t, nil)
	conn, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: server.Port(), TLSMode: NoTLS, EnvelopeFrom: "bantin@example.org"}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	composed, err := Compose(message())
	if err != nil {
		t.Fatal(err)
	}
	for address, fails := range map[string]bool{
		"lan@thư.example.org":                      false, // the domain goes in ASCII (RFC 5891)
		"ánh@example.org":                          true,  // SMTPUTF8
		"a@example.org>\r\nRCPT TO:<b@example.org": true,
		"không có a còng":                          true,
	} {
		_, err := Deliver(t.Context(), conn, RecipientMessage{composed, RecipientFields{Address: address, MessageID: MessageIDPlaceholder, UnsubscribeToken: TokenPlaceholder}})
		var refusal *SendError
		if fails != errors.As(err, &refusal) || fails && (refusal.Temporary || refusal.Scope != ScopeRecipient) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if got := server.Received(); got["lan@xn--th-e0a.example.org"] != 1 || len(got) != 1 {
		t.Errorf("the server got %v", got)
	}
}

func TestOutboxReplacesItself(t *testing.T) {
	dir := t.TempDir()
	conn, err := NewOutbox(dir).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	composed, err := Compose(message())
	if err != nil {
		t.Fatal(err)
	}
	p := RecipientFields{Address: "../../anh@example.org", MessageID: MessageIDPlaceholder, UnsubscribeToken: TokenPlaceholder}
	var replies []string
	for range 2 {
		reply, err := Deliver(t.Context(), conn, RecipientMessage{composed, p})
		if err != nil {
			t.Fatal(err)
		}
		replies = append(replies, reply)
	}
	if replies[0] != replies[1] || strings.ContainsAny(replies[0], `/\`) {
		t.Errorf("written to %q", replies)
	}
}
