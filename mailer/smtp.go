package mailer

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

// TLS says how a connection is protected.
type TLS string

// The ways to protect a connection. With NoTLS no password is ever sent.
const (
	StartTLS    TLS = "starttls"
	ImplicitTLS TLS = "tls"
	NoTLS       TLS = "none"
)

// SMTPOptions say which server takes the mail.
type SMTPOptions struct {
	Host               string
	Port               int
	TLS                TLS
	Username, Password string // both empty: no AUTH
	From               string // the return path
	Hello              string // name we greet with; "" for the machine's
	TLSConfig          *tls.Config
}

// SMTP hands messages to a mail server (RFC 5321). go-mail dials, negotiates
// TLS and authenticates; the transaction is ours, since go-mail's own Send
// costs four to seven round trips a message and may repeat one whose RSET failed.
type SMTP struct{ opt SMTPOptions }

// NewSMTP makes a transport; nothing is dialled yet.
func NewSMTP(opt SMTPOptions) *SMTP { return &SMTP{opt} }

// String gives smtp://host:port.
func (s *SMTP) String() string { return fmt.Sprintf("smtp://%s:%d", s.opt.Host, s.opt.Port) }

// The waits of RFC 5321 4.5.3.2. After the final dot a server may take ten
// minutes; whoever gives up earlier makes duplicates.
const (
	dialWait    = 30 * time.Second
	commandWait = 5 * time.Minute
	bodyWait    = 3 * time.Minute
	dotWait     = 10 * time.Minute
	quitWait    = 5 * time.Second
)

// Open dials, and logs in where there is a user name.
func (s *SMTP) Open(ctx context.Context) (Conn, error) {
	client, err := mail.NewClient(s.opt.Host, s.options()...)
	if err != nil {
		return nil, fmt.Errorf("set up %s: %w", s, err)
	}
	c, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", s, err)
	}
	return &smtpConn{client: c, from: s.opt.From}, nil
}

func (s *SMTP) options() []mail.Option {
	opts := []mail.Option{mail.WithPort(s.opt.Port), mail.WithTimeout(dialWait), mail.WithoutSMTPUTF8()}
	switch s.opt.TLS {
	case NoTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	case ImplicitTLS:
		opts = append(opts, mail.WithSSL())
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.opt.TLSConfig != nil {
		opts = append(opts, mail.WithTLSConfig(s.opt.TLSConfig))
	}
	if s.opt.Hello != "" {
		opts = append(opts, mail.WithHELO(s.opt.Hello))
	}
	if s.opt.Username != "" && s.opt.TLS != NoTLS {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(s.opt.Username), mail.WithPassword(s.opt.Password))
	}
	return opts
}

// smtpConn is one session.
type smtpConn struct {
	client *smtp.Client
	from   string
	buf    []byte
}

// Deliver runs one transaction: MAIL, RCPT, DATA, body. The message is whole
// before DATA, so that nothing of ours can fail inside it and leave half a
// message with the server.
func (c *smtpConn) Deliver(_ context.Context, l *Letter, p Personal, begin func() error) (string, error) {
	address, err := envelopeAddress(p.Address)
	if err != nil {
		return "", unmailable(p.Address, err)
	}
	p.Address = address
	if c.buf, err = l.AppendWire(c.buf[:0], p); err != nil {
		return "", err
	}
	c.buf = append(c.buf, ".\r\n"...)
	if err := begin(); err != nil {
		return "", err
	}
	if err := c.command(AboutRelay, 250, "MAIL FROM:<%s>", cmp.Or(p.ReturnPath, c.from)); err != nil {
		return "", err
	}
	if err := c.command(AboutRecipient, 250, "RCPT TO:<%s>", address); err != nil {
		return "", c.reset(err)
	}
	if err := c.command(AboutRecipient, 354, "DATA"); err != nil {
		return "", c.reset(err)
	}
	if err := begin(); err != nil {
		c.client.Text.Close() // the only way back after 354: a lone dot would deliver an empty message
		return "", errors.Join(err, errClosed)
	}
	return c.body()
}

// errClosed marks an error after which the connection is closed.
var errClosed = errors.New("the connection was closed before the body")

// Closed reports whether err of Deliver ended the connection.
func Closed(err error) bool {
	if r := (*Refusal)(nil); errors.As(err, &r) {
		return r.Broken
	}
	return errors.Is(err, errClosed)
}

// body writes the message with its final dot and waits for the answer.
func (c *smtpConn) body() (string, error) {
	c.client.UpdateDeadline(bodyWait)
	text := c.client.Text
	body := c.buf[:len(c.buf)-len(".\r\n")]
	if _, err := text.W.Write(body); err != nil {
		return "", c.broken("send the body", err)
	}
	if err := text.W.Flush(); err != nil {
		return "", c.broken("send the body", err)
	}
	c.client.UpdateDeadline(dotWait)
	if _, err := text.W.WriteString(".\r\n"); err != nil {
		return "", c.broken("end the body", err)
	}
	if err := text.W.Flush(); err != nil {
		return "", c.doubtful(err)
	}
	code, reply, err := text.ReadResponse(250)
	if err == nil {
		return fmt.Sprintf("%d %s", code, reply), nil
	}
	refusal := c.refusal(AboutRecipient, "end the body", err)
	if refusal.Broken {
		return "", c.doubtful(err)
	}
	return "", refusal
}

func (c *smtpConn) command(scope Scope, want int, format string, args ...any) error {
	c.client.UpdateDeadline(commandWait)
	text := c.client.Text
	act, _, _ := strings.Cut(format, ":")
	if err := text.PrintfLine(format, args...); err != nil {
		return c.broken(act, err)
	}
	if _, _, err := text.ReadResponse(want); err != nil {
		return c.refusal(scope, act, err)
	}
	return nil
}

// reset ends a transaction that was refused, so that the next can begin.
func (c *smtpConn) reset(cause error) error {
	r := (*Refusal)(nil)
	if !errors.As(cause, &r) || r.Broken {
		return cause
	}
	if err := c.command(AboutRelay, 250, "RSET"); err != nil {
		r.Broken = true // what was said of this recipient stands
		c.client.Text.Close()
	}
	return cause
}

// refusal understands a reply. 421 closes the connection and is about the
// relay whenever it comes (RFC 5321 3.8); anything unreadable does the same.
func (c *smtpConn) refusal(scope Scope, act string, err error) *Refusal {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return c.broken(act, err)
	}
	r := &Refusal{Scope: scope, Temporary: reply.Code < 500, Err: fmt.Errorf("%s: %w", act, err),
		Reply: shortReply(fmt.Sprintf("%d %s", reply.Code, reply.Msg))}
	if reply.Code == 421 || reply.Code < 400 || reply.Code > 599 {
		r.Scope, r.Temporary, r.Broken = AboutRelay, true, true
		c.client.Text.Close()
	}
	return r
}

// broken is a lost connection before the message was whole: not delivered.
func (c *smtpConn) broken(act string, err error) *Refusal {
	c.client.Text.Close()
	return &Refusal{Scope: AboutRelay, Temporary: true, Broken: true, Reply: shortReply(err.Error()),
		Err: fmt.Errorf("%s: %w", strings.ToLower(act), err)}
}

// doubtful is a final dot that was never answered: it is sent again under the
// same Message-ID, since a lost mail is worse than a repeated one.
func (c *smtpConn) doubtful(err error) *Refusal {
	r := c.broken("wait for the answer to the final dot", err)
	r.Scope, r.Doubt = AboutRecipient, true
	return r
}

// shortReply keeps a reply to what a person wants to read of it.
func shortReply(s string) string {
	const limit = 300
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// Close says QUIT and does not wait long for the answer.
func (c *smtpConn) Close() error {
	if !c.client.HasConnection() {
		return nil
	}
	c.client.UpdateDeadline(quitWait)
	return c.client.Quit()
}

// envelopeAddress writes the domain in ASCII (RFC 5891); a local part outside
// it would need SMTPUTF8.
func envelopeAddress(address string) (string, error) {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || strings.ContainsAny(address, "\r\n<> \t") {
		return "", errors.New("the address is not valid")
	}
	if !isPlain(local) {
		return "", ErrSMTPUTF8
	}
	if isPlain(domain) {
		return address, nil
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("the domain is not valid: %w", err)
	}
	return local + "@" + ascii, nil
}
