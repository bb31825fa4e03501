package mailer

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
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
	Username, Password string // both "": no AUTH
	EnvelopeFrom       string // envelope sender of messages without a return path of their own
	Hello              string // name in EHLO; "" for the host name
	TLSConfig          *tls.Config
}

// SMTP is a Transport that hands messages to a mail server (RFC 5321). go-mail
// dials, negotiates TLS and authenticates. The transactions are our own, since
// go-mail's Send takes four to seven round trips a message and may repeat a
// message whose RSET failed.
type SMTP struct{ opt SMTPOptions }

// NewSMTP makes a transport. It does not dial.
func NewSMTP(opt SMTPOptions) *SMTP { return &SMTP{opt} }

// String returns smtp://host:port.
func (s *SMTP) String() string { return fmt.Sprintf("smtp://%s:%d", s.opt.Host, s.opt.Port) }

// dialTimeout is for the TCP connection, handshakeTimeout for everything up to
// the end of the login (RFC 5321 4.5.3.2.1).
const (
	dialTimeout      = 30 * time.Second
	handshakeTimeout = 5 * time.Minute
)

// Open implements Transport: it dials, and authenticates where there is a user
// name.
func (s *SMTP) Open(ctx context.Context) (Conn, error) {
	var conn *handshakeConn
	client, err := mail.NewClient(s.opt.Host, s.options(func(dialing context.Context, network, address string) (net.Conn, error) {
		raw, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		conn = newHandshakeConn(ctx, raw)
		return s.protect(dialing, conn)
	})...)
	if err != nil {
		return nil, connectError(fmt.Errorf("set up %s: %w", s, err))
	}
	smtpClient, err := client.DialToSMTPClientWithContext(ctx)
	if conn != nil && !conn.finish() {
		err = cmp.Or(ctx.Err(), err)
	}
	if err != nil {
		if conn != nil {
			conn.Close() // go-mail leaves it open after a failed login
		}
		return nil, connectError(fmt.Errorf("connect to %s: %w", s, err))
	}
	return &session{client: smtpClient, raw: conn, from: s.opt.EnvelopeFrom, ours: s.ourNames(), ext: readExtensions(smtpClient)}, nil
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

func (s *SMTP) options(dial mail.DialContextFunc) []mail.Option {
	opts := []mail.Option{mail.WithPort(s.opt.Port), mail.WithTimeout(handshakeTimeout), mail.WithDialContextFunc(dial),
		mail.WithoutSMTPUTF8(), mail.WithTLSConfig(s.tlsConfig())}
	switch s.opt.TLSMode {
	case NoTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	case ImplicitTLS:
		// protect has started TLS already. With this policy go-mail detects that;
		// RFC 3207 4.2 forbids STARTTLS within TLS.
		opts = append(opts, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.opt.Hello != "" {
		opts = append(opts, mail.WithHELO(s.opt.Hello))
	}
	if s.opt.Username != "" && s.opt.TLSMode != NoTLS {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(s.opt.Username), mail.WithPassword(s.opt.Password))
	}
	return opts
}

func (s *SMTP) tlsConfig() *tls.Config {
	if s.opt.TLSConfig != nil {
		return s.opt.TLSConfig
	}
	return &tls.Config{ServerName: s.opt.Host, MinVersion: tls.VersionTLS12}
}

// protect starts implicit TLS where that is configured (RFC 8314 3.3).
func (s *SMTP) protect(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if s.opt.TLSMode != ImplicitTLS {
		return conn, nil
	}
	tlsConn := tls.Client(conn, s.tlsConfig())
	return tlsConn, tlsConn.HandshakeContext(ctx)
}

// handshakeConn is a connection on which go-mail performs greeting and login.
// go-mail reads replies of any length and ignores its context once it has
// dialled, so this type limits the bytes and closes with the context.
type handshakeConn struct {
	net.Conn
	remaining int // bytes that may still be read
	done      bool
	stop      func() bool
}

// maxHandshakeBytes is more than a server sends up to the end of the login,
// certificates included.
const maxHandshakeBytes = 256 << 10

func newHandshakeConn(ctx context.Context, raw net.Conn) *handshakeConn {
	return &handshakeConn{Conn: raw, remaining: maxHandshakeBytes, stop: context.AfterFunc(ctx, func() { raw.Close() })}
}

// finish lifts the limits; ok is false where the context has ended before.
func (g *handshakeConn) finish() (ok bool) {
	g.done = true
	return g.stop()
}

// Read implements net.Conn and enforces maxHandshakeBytes.
func (g *handshakeConn) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	if g.remaining -= n; g.remaining < 0 && !g.done {
		return 0, errMalformedReply
	}
	return n, err
}
