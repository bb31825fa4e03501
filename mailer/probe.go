package mailer

import (
	"cmp"
	"context"
	"crypto/x509"

	"github.com/wneessen/go-mail/smtp"
)

// Probe is how far a connection to the mail server came, without a message.
type Probe struct {
	Connected   bool              // it greeted us and took our name
	Certificate *x509.Certificate // the server's; nil without TLS
	LoggedIn    bool              // it took user name and password, or token
	MaxSize     int64             // of a message, in bytes; 0: it does not say
	Err         *SendError        // what ended it; nil: all of it went well
}

// Probe connects to the mail server as Open does, and says goodbye after the log-in.
func (s *SMTP) Probe(ctx context.Context) Probe {
	secret, err := s.secret(ctx, "")
	tokenErr := err
	raw, err := s.dial(ctx)
	if err != nil {
		return Probe{Err: s.connectError(stepDial, err)}
	}
	conn := newHandshakeConn(ctx, raw, s.opt.TLSMode != ImplicitTLS)
	defer conn.Close()
	client, at, err := s.handshake(ctx, conn, secret)
	if !conn.finish() {
		err = cmp.Or(ctx.Err(), err)
	}
	p := s.reached(client, at)
	if problem := connectProblem(at, err); at == stepTLS && (problem == TLSFails || problem == NotSMTP) {
		p.Connected = false // nobody there speaks TLS, or says anything
	}
	switch {
	case tokenErr != nil && (err == nil || at == stepLogin):
		p.Err = s.connectError(stepToken, tokenErr)
	case err != nil:
		p.Err = s.connectError(at, s.redacted(err, secret))
	default:
		p.LoggedIn = s.logsIn()
		_ = client.Quit()
	}
	return p
}

// reached says what a handshake came to that ended at a step. client is nil before EHLO.
func (s *SMTP) reached(client *smtp.Client, at step) Probe {
	p := Probe{Connected: at == stepStartTLS || at == stepLogin || at == stepTLS}
	if client == nil || at != stepLogin {
		return p
	}
	p.MaxSize = readExtensions(client).maxSize
	if state, ok := client.TLSConnectionState(); ok && len(state.PeerCertificates) > 0 {
		p.Certificate = state.PeerCertificates[0]
	}
	return p
}

// Accepts asks the mail server whether it takes a message for an address, and ends the
// connection before the message begins. It returns a *SendError.
func (s *SMTP) Accepts(ctx context.Context, address string) error {
	conn, err := s.Open(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	session := conn.(*session)
	defer context.AfterFunc(ctx, func() { session.raw.Close() })()
	for _, c := range []command{{stepMail, "MAIL FROM:<>"}, {stepRcpt, "RCPT TO:<" + address + ">"}} {
		if _, err := session.write(commandTimeout, []byte(c.line+"\r\n")); err != nil {
			return session.connError(string(c.step), err)
		}
		r, err := session.read(commandTimeout)
		if err != nil {
			return session.connError(string(c.step), err)
		}
		if !r.isPositive() {
			return replyError(c.step, r, address, session.ours)
		}
	}
	return nil
}

// IsRefusal reports whether a server has said no for good, rather than not answered.
func (r *SendError) IsRefusal() bool { return r.Code >= 500 && !r.Temporary }
