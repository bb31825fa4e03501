package mailer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// session is an SMTP connection after greeting, TLS and authentication. Where
// the server offers PIPELINING (RFC 2920), a message costs one round trip: its
// final dot travels with MAIL, RCPT and DATA of the next message. The next body
// is not written before SendBody has returned and the caller has called
// SendEnvelope again, so that at most one message is in doubt at any time.
type session struct {
	client *smtp.Client
	raw    net.Conn // below TLS: for deadlines, and to close at once
	from   string   // envelope sender of messages without a return path
	ours   ourNames // how replies name us
	ext    extensions

	stage      stage
	envelope   []command        // the commands in flight, or answered last
	envelopeID string           // Message-ID of the message they belong to
	needsReset bool             // a refused transaction is still open: RSET comes first
	body       []byte           // the body being sent
	nextBody   []byte           // the body of the message in the envelope
	bodyOf     *ComposedMessage // what nextBody was made from
	composeErr error            // why nextBody could not be made
	buf        []byte
}

// stage is the state of the SMTP dialogue.
type stage int

const (
	idle         stage = iota
	envelopeSent       // an envelope was written and is not answered yet
	readyForBody       // the server answered 354 and waits for the body
	closed
)

// SendEnvelope implements Conn.
func (s *session) SendEnvelope(ctx context.Context, m RecipientMessage) error {
	if s.stage != idle && (s.stage != envelopeSent || s.envelopeID != m.Recipient.MessageID) {
		return s.connError("send envelope", errors.New("another message is in progress"))
	}
	if s.stage == idle {
		envelope, sendErr := s.ext.commands(m, s.from)
		if sendErr != nil {
			return sendErr
		}
		s.setEnvelope(envelope, m)
		s.compose(m)
	}
	if s.composeErr != nil {
		return s.composeErr
	}
	// A server that does not answer must not keep the process from stopping.
	stop := context.AfterFunc(ctx, func() { s.raw.Close() })
	err := s.exchangeEnvelope(m.Recipient.Address)
	if !stop() {
		s.hangUp()
		return ctx.Err()
	}
	return err
}

// setEnvelope stores the commands of the next transaction.
func (s *session) setEnvelope(envelope []command, m RecipientMessage) {
	if s.needsReset {
		envelope = append([]command{{stepReset, "RSET"}}, envelope...)
		s.needsReset = false
	}
	s.envelope, s.envelopeID = envelope, m.Recipient.MessageID
}

// exchangeEnvelope brings the envelope to its replies. Without PIPELINING each
// command is written after the reply to the one before. With it, all commands
// are written at once: with the previous body, or now.
func (s *session) exchangeEnvelope(recipient string) error {
	if s.ext.pipelining && s.stage == idle {
		s.buf = appendCommands(s.buf[:0], s.envelope)
		if _, err := s.write(commandTimeout, s.buf); err != nil {
			return s.connError("send envelope", err)
		}
	}
	s.stage = envelopeSent
	var replies envelopeReplies
	for _, c := range s.envelope {
		r, err := s.exchange(c)
		if err != nil {
			return err
		}
		if replies.add(c.step, r) && replies.sendErr == nil {
			replies.sendErr = replyError(c.step, r, recipient, s.ours)
		}
		if replies.sendErr != nil && (replies.sendErr.ConnClosed || !s.ext.pipelining) {
			break
		}
	}
	return s.finishEnvelope(replies)
}

// envelopeReplies are the replies to an envelope. The first refusal decides;
// the commands after it fail as its consequence.
type envelopeReplies struct {
	sendErr    *SendError
	rcpt, data bool // accepted
}

// add notes a reply and reports whether it is a refusal.
func (a *envelopeReplies) add(at step, r reply) (refused bool) {
	ok := r.isPositive()
	switch at {
	case stepRcpt:
		a.rcpt = ok
	case stepData:
		ok = r.code == 354
		a.data = ok
	}
	return !ok
}

// exchange returns the reply to one command of the envelope.
func (s *session) exchange(c command) (reply, error) {
	timeout := commandTimeout
	if c.step == stepData {
		timeout = dataTimeout
	}
	if !s.ext.pipelining {
		if _, err := s.write(timeout, []byte(c.line+"\r\n")); err != nil {
			return reply{}, s.connError(string(c.step), err)
		}
	}
	r, err := s.read(timeout)
	if err != nil {
		return r, s.connError(string(c.step), err)
	}
	return r, nil
}

// finishEnvelope decides what the replies to an envelope mean.
func (s *session) finishEnvelope(replies envelopeReplies) error {
	switch {
	case replies.sendErr == nil:
		s.stage = readyForBody
		return nil
	case replies.sendErr.ConnClosed:
		s.hangUp()
	case !replies.data:
		s.stage, s.needsReset = idle, true
	case replies.rcpt:
		// The server refused the sender, accepted the recipient and waits for a
		// body: it could take any further command for a message to the recipient.
		s.hangUp()
		replies.sendErr.ConnClosed = true
	default:
		replies.sendErr.ConnClosed = s.sendEmptyBody() != nil // the reply about the recipient stands
	}
	return replies.sendErr
}

// sendEmptyBody ends a transaction in which every recipient was refused and
// DATA was accepted all the same (RFC 2920 3.1): it sends a lone dot. The
// server answers 554, or 250 for a message without recipients.
func (s *session) sendEmptyBody() error {
	s.stage = idle
	if _, err := s.write(dataTimeout, []byte(".\r\n")); err != nil {
		return s.connError("end empty body", err)
	}
	r, err := s.read(finalDotTimeout)
	if err != nil {
		return s.connError("end empty body", err)
	}
	if closesConn(r) && !r.isPositive() {
		return s.connError("end empty body", errors.New(r.String()))
	}
	return nil
}

// Close implements Conn: it sends QUIT and waits only briefly for the reply.
func (s *session) Close() error {
	if s.stage != idle {
		s.hangUp()
		return nil
	}
	defer s.hangUp()
	if _, err := s.write(quitTimeout, []byte("QUIT\r\n")); err != nil {
		return fmt.Errorf("send QUIT: %w", err)
	}
	_, err := s.read(quitTimeout)
	return err
}

func (s *session) hangUp() {
	s.stage = closed
	s.raw.Close()
}

// connError closes the connection after a failure before the end of the body:
// the message was not delivered.
func (s *session) connError(act string, err error) *SendError {
	s.hangUp()
	return &SendError{Scope: ScopeRelay, Temporary: true, ConnClosed: true, Reply: shortReply(err.Error()),
		Err: fmt.Errorf("%s: %w", strings.ToLower(act), err)}
}
