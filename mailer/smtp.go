package mailer

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/wneessen/go-mail"
)

// TLSMode says how a connection is protected.
type TLSMode string

// The ways to protect a connection. With NoTLS no password is ever sent.
const (
	StartTLS    TLSMode = "starttls"
	ImplicitTLS TLSMode = "tls"
	NoTLS       TLSMode = "none"
)

// SMTPOptions say which server takes the mail.
type SMTPOptions struct {
	Host               string
	Port               int
	TLSMode            TLSMode
	Username, Password string // both empty: no AUTH
	EnvelopeFrom       string // the return path of what has none of its own
	Hello              string // name we greet with; "" for the machine's
	TLSConfig          *tls.Config
}

// SMTP hands messages to a mail server (RFC 5321). go-mail dials, negotiates
// TLSMode and authenticates; the transactions are ours (session), since go-mail's
// own SendBody costs four to seven round trips a message and may repeat one whose
// RSET failed.
type SMTP struct{ opt SMTPOptions }

// NewSMTP makes a transport; nothing is dialled yet.
func NewSMTP(opt SMTPOptions) *SMTP { return &SMTP{opt} }

// String gives smtp://host:port.
func (s *SMTP) String() string { return fmt.Sprintf("smtp://%s:%d", s.opt.Host, s.opt.Port) }

// dialWait is how long a TCP connection may take to come about, greetWait all
// that is said until we are logged in (RFC 5321 4.5.3.2.1).
const (
	dialWait  = 30 * time.Second
	greetWait = 5 * time.Minute
)

// Open dials, and logs in where there is a user name.
func (s *SMTP) Open(ctx context.Context) (Conn, error) {
	var line *greeting
	client, err := mail.NewClient(s.opt.Host, s.options(func(dialing context.Context, network, address string) (net.Conn, error) {
		raw, err := (&net.Dialer{Timeout: dialWait}).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		line = greet(ctx, raw)
		return s.protect(dialing, line)
	})...)
	if err != nil {
		return nil, notOpened(fmt.Errorf("set up %s: %w", s, err))
	}
	talk, err := client.DialToSMTPClientWithContext(ctx)
	if line != nil && !line.end() {
		err = cmp.Or(ctx.Err(), err)
	}
	if err != nil {
		if line != nil {
			line.Close() // go-mail leaves it open where a log-in fails
		}
		return nil, notOpened(fmt.Errorf("connect to %s: %w", s, err))
	}
	return &session{client: talk, raw: line, from: s.opt.EnvelopeFrom, can: askAbilities(talk)}, nil
}

func (s *SMTP) options(dial mail.DialContextFunc) []mail.Option {
	opts := []mail.Option{mail.WithPort(s.opt.Port), mail.WithTimeout(greetWait), mail.WithDialContextFunc(dial),
		mail.WithoutSMTPUTF8(), mail.WithTLSConfig(s.tlsConfig())}
	switch s.opt.TLSMode {
	case NoTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	case ImplicitTLS:
		// protect has made the connection secret. By this policy go-mail looks
		// and finds it so; RFC 3207 4.2 forbids to offer STARTTLS on it.
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

// protect begins TLSMode with the first byte, where that is asked for (RFC 8314 3.3).
func (s *SMTP) protect(ctx context.Context, line net.Conn) (net.Conn, error) {
	if s.opt.TLSMode != ImplicitTLS {
		return line, nil
	}
	secret := tls.Client(line, s.tlsConfig())
	return secret, secret.HandshakeContext(ctx)
}

// greeting is a connection on which go-mail still talks. It reads replies of
// any length and does not heed its context once it has dialled, so both are
// seen to below it.
type greeting struct {
	net.Conn
	room int // bytes that the server may still say
	over bool
	stop func() bool
}

// longestGreeting is more than all that a server says until a log-in is done,
// its certificates included.
const longestGreeting = 256 << 10

func greet(ctx context.Context, raw net.Conn) *greeting {
	return &greeting{Conn: raw, room: longestGreeting, stop: context.AfterFunc(ctx, func() { raw.Close() })}
}

// end lifts the bounds; ok is false where the context has ended before.
func (g *greeting) end() (ok bool) {
	g.over = true
	return g.stop()
}

// Read implements net.Conn.
func (g *greeting) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	if g.room -= n; g.room < 0 && !g.over {
		return 0, errNoReply
	}
	return n, err
}
