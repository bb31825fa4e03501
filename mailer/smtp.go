package mailer

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"bantin/mailer/oauth2"
)

// TLSMode is how a connection is protected.
type TLSMode string

// The TLS modes. With NoTLS no password is ever sent.
const (
	StartTLS    TLSMode = "starttls"
	ImplicitTLS TLSMode = "tls"
	NoTLS       TLSMode = "none"
)

// SMTPOptions describe the mail server that accepts our mail, the relay.
type SMTPOptions struct {
	Host               string
	Port               int
	TLSMode            TLSMode
	RootCAs            *x509.CertPool // trusted authorities; nil: those of the system
	Auth               AuthMechanism  // "" is AuthAuto
	Username, Password string         // no user name: no AUTH
	Tokens             *oauth2.Tokens // with AuthXOAUTH2, in place of Password
	CurrentPassword    func() string  // where it is given, it is asked for each connection in place of Password: a file may be corrected
	EnvelopeFrom       string         // envelope sender of messages without a return path of their own
	Hello              string         // name in EHLO; "" for the host name
	Resolver           *net.Resolver  // finds Host; nil: that of the system
}

// SMTP is a Transport that hands messages to a mail server (RFC 5321). Greeting,
// STARTTLS and login are go-mail's. The transactions are our own, since go-mail's
// Send takes four to seven round trips a message and may repeat a message whose
// RSET failed.
type SMTP struct {
	opt        SMTPOptions
	dialer     net.Dialer
	probeAfter time.Duration // how long a server may be silent before watchGreeting asks what it is

	seen func(tls.ConnectionState) // CertificateEnds looks at it, whatever it is; nil: it is verified
}

// NewSMTP makes a transport. It does not dial.
func NewSMTP(opt SMTPOptions) *SMTP {
	return &SMTP{opt: opt, dialer: net.Dialer{Timeout: dialTimeout, Resolver: opt.Resolver}, probeAfter: greetingPatience}
}

// String returns smtp://host:port.
func (s *SMTP) String() string { return fmt.Sprintf("smtp://%s:%d", s.opt.Host, s.opt.Port) }

// dialTimeout is for the TCP connection, handshakeTimeout for everything up to
// the end of the login (RFC 5321 4.5.3.2.1).
const (
	dialTimeout      = 30 * time.Second
	handshakeTimeout = 5 * time.Minute
)

// Open implements Transport: it dials, and logs in where there is a user name. A
// token that the server refuses may have been revoked before its end: once, a new
// one is tried.
func (s *SMTP) Open(ctx context.Context) (Conn, error) {
	secret, err := s.secret(ctx, "")
	if err != nil {
		return nil, s.connectError(stepToken, err)
	}
	conn, refusal := s.open(ctx, secret)
	if refusal != nil && s.opt.Tokens != nil && refusal.Code == codeLoginRefused {
		if fresh, err := s.secret(ctx, secret); err == nil && fresh != secret {
			conn, refusal = s.open(ctx, fresh)
		}
	}
	if refusal != nil {
		return nil, refusal
	}
	return conn, nil
}

// open makes one connection, with this password or token.
func (s *SMTP) open(ctx context.Context, secret string) (*session, *SendError) {
	raw, err := s.dial(ctx)
	if err != nil {
		return nil, s.connectError(stepDial, err)
	}
	conn := newHandshakeConn(ctx, raw, s.opt.TLSMode != ImplicitTLS)
	client, at, err := s.handshake(ctx, conn, secret)
	if !conn.finish() {
		err = cmp.Or(ctx.Err(), err)
	}
	if err != nil {
		conn.Close()
		return nil, s.connectError(at, s.redacted(err, secret))
	}
	return &session{client: client, raw: conn, from: s.opt.EnvelopeFrom, ours: s.ourNames(), ext: readExtensions(client)}, nil
}

func (s *SMTP) dial(ctx context.Context) (net.Conn, error) {
	return s.dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.opt.Host, strconv.Itoa(s.opt.Port)))
}

// handshake goes from the first byte to the end of the login. at is the step that
// failed.
func (s *SMTP) handshake(ctx context.Context, conn *handshakeConn, secret string) (client *smtp.Client, at step, err error) {
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, stepDial, err
	}
	stream, err := s.protect(ctx, conn)
	if err != nil {
		return nil, stepTLS, err
	}
	if client, err = s.greet(ctx, conn, stream); err != nil {
		return nil, stepGreeting, err
	}
	client.SkipSMTPUTF8(true)
	if err := client.Hello(s.hello()); err != nil {
		return nil, stepHello, err
	}
	if err := s.startTLS(client); err != nil {
		return nil, stepStartTLS, err
	}
	return client, stepLogin, s.logIn(client, secret)
}

// hello is what EHLO says.
func (s *SMTP) hello() string {
	if s.opt.Hello != "" {
		return s.opt.Hello
	}
	if name, err := os.Hostname(); err == nil && name != "" {
		return name
	}
	return "localhost"
}

// ourNames are the names by which a reply may speak of us.
func (s *SMTP) ourNames() ourNames {
	var names ourNames
	if _, domain, ok := strings.Cut(s.opt.EnvelopeFrom, "@"); ok {
		names = append(names, strings.ToLower(domain))
	}
	if s.opt.Hello != "" {
		names = append(names, strings.ToLower(s.opt.Hello))
	}
	return names
}

func (s *SMTP) tlsConfig() *tls.Config {
	config := &tls.Config{ServerName: s.opt.Host, RootCAs: s.opt.RootCAs, MinVersion: tls.VersionTLS12}
	if s.seen != nil {
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(c tls.ConnectionState) error { s.seen(c); return nil }
	}
	return config
}

// protect starts implicit TLS where that is configured (RFC 8314 3.3).
func (s *SMTP) protect(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if s.opt.TLSMode != ImplicitTLS {
		return conn, nil
	}
	tlsConn := tls.Client(conn, s.tlsConfig())
	return tlsConn, tlsConn.HandshakeContext(ctx)
}

// errNoSTARTTLS means that the connection cannot be encrypted. It is never used
// without: somebody on the way may have removed the offer.
var errNoSTARTTLS = errors.New("the mail server does not offer STARTTLS")

// startTLS encrypts the connection where that is configured (RFC 3207).
func (s *SMTP) startTLS(client *smtp.Client) error {
	if s.opt.TLSMode == ImplicitTLS || s.opt.TLSMode == NoTLS {
		return nil
	}
	if offered, _ := client.Extension("STARTTLS"); !offered {
		return errNoSTARTTLS
	}
	return client.StartTLS(s.tlsConfig())
}
