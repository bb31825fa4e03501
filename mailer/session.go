package mailer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// The waits of RFC 5321 4.5.3.2. After the final dot a server may take ten
// minutes; whoever gives up earlier makes duplicates.
const (
	commandWait = 5 * time.Minute
	dataWait    = 2 * time.Minute
	bodyWait    = 3 * time.Minute
	dotWait     = 10 * time.Minute
	quitWait    = 5 * time.Second
)

// session is a connection to a mail server that has greeted us and taken our
// log-in. Where the server knows PIPELINING (RFC 2920), a message costs one
// round trip: its final dot travels with MAIL, RCPT and DATA of the next. The
// next body is not written before SendBody returned and its caller came back with
// SendEnvelope, so that at most one message is ever in doubt.
type session struct {
	client *smtp.Client
	raw    net.Conn // below TLSMode: for deadlines, and to hang up
	from   string
	can    abilities

	stage  stage
	offer  []command        // what was written and is not answered, or was answered last
	asked  string           // the Message-ID that the offer is for
	unwind bool             // a refused transaction is still open: RSET before the next
	body   []byte           // the message that is sent
	coming []byte           // the one that is offered
	letter *ComposedMessage // that it was made of
	unmade error            // why it could not be made
	buf    []byte
}

// stage is where the dialogue stands.
type stage int

const (
	idle    stage = iota
	asking        // an offer was written and not answered
	invited       // the server waits for the body
	hungUp
)

// SendEnvelope implements Conn.
func (s *session) SendEnvelope(ctx context.Context, m RecipientMessage) error {
	if s.stage != idle && (s.stage != asking || s.asked != m.Recipient.MessageID) {
		return s.broken("offer a message", errors.New("another message is in hand"))
	}
	if s.stage == idle {
		offer, refusal := s.can.commands(m, s.from)
		if refusal != nil {
			return refusal
		}
		s.ask(offer, m)
		s.compose(m)
	}
	if s.unmade != nil {
		return s.unmade
	}
	// A server that does not answer must not keep the process from stopping.
	stop := context.AfterFunc(ctx, func() { s.raw.Close() })
	err := s.negotiate()
	if !stop() {
		s.hangUp()
		return ctx.Err()
	}
	return err
}

// compose makes the message that is offered whole, and signs it, before its
// first byte is written: nothing of ours can fail inside it and leave half a
// message with the server.
func (s *session) compose(m RecipientMessage) {
	s.letter = m.Message
	if m.Recipient.Address, _, s.unmade = envelopeAddress(m.Recipient.Address); s.unmade == nil {
		s.coming, s.unmade = m.Message.AppendWire(s.coming[:0], m.Recipient)
	}
	s.coming = append(s.coming, ".\r\n"...)
}

// composed gives the message that was offered. Where it has come to be made of
// another letter since, it is made anew: nothing of it was sent yet.
func (s *session) composed(m RecipientMessage) error {
	if m.Message != s.letter {
		s.compose(m)
	}
	s.body, s.coming = s.coming, s.body
	return s.unmade
}

// ask notes an offer that is about to be made.
func (s *session) ask(offer []command, m RecipientMessage) {
	if s.unwind {
		offer = append([]command{{stepReset, "RSET"}}, offer...)
		s.unwind = false
	}
	s.offer, s.asked = offer, m.Recipient.MessageID
}

// negotiate brings the offer to its answer. A plain session writes each command
// when the one before was taken; a pipelined one has written all of them, if
// not with the last message, then now.
func (s *session) negotiate() error {
	if s.can.pipelining && s.stage == idle {
		s.buf = appendCommands(s.buf[:0], s.offer)
		if _, err := s.write(commandWait, s.buf); err != nil {
			return s.broken("offer a message", err)
		}
	}
	s.stage = asking
	var said answers
	for _, c := range s.offer {
		r, err := s.converse(c)
		if err != nil {
			return err
		}
		said.add(c.step, r)
		if said.refusal != nil && (said.refusal.ConnClosed || !s.can.pipelining) {
			break
		}
	}
	return s.conclude(said)
}

// answers are what a server said to an offer. What was refused first decides;
// whatever comes after it fails with it.
type answers struct {
	refusal    *SendError
	rcpt, data bool // accepted
}

func (a *answers) add(at step, r reply) {
	ok := r.good()
	switch at {
	case stepRcpt:
		a.rcpt = ok
	case stepData:
		ok = r.code == 354
		a.data = ok
	}
	if !ok && a.refusal == nil {
		a.refusal = refused(at, r)
	}
}

// converse gives the answer to one command of the offer.
func (s *session) converse(c command) (reply, error) {
	wait := commandWait
	if c.step == stepData {
		wait = dataWait
	}
	if !s.can.pipelining {
		if _, err := s.write(wait, []byte(c.line+"\r\n")); err != nil {
			return reply{}, s.broken(string(c.step), err)
		}
	}
	r, err := s.read(wait)
	if err != nil {
		return r, s.broken(string(c.step), err)
	}
	return r, nil
}

// conclude decides what an answered offer has come to.
func (s *session) conclude(said answers) error {
	switch {
	case said.refusal == nil:
		s.stage = invited
		return nil
	case said.refusal.ConnClosed:
		s.hangUp()
	case !said.data:
		s.stage, s.unwind = idle, true
	case said.rcpt:
		// The server wants a body for a recipient, from nobody: whatever we said
		// next it could take for a message to her.
		s.hangUp()
		said.refusal.ConnClosed = true
	default:
		said.refusal.ConnClosed = s.emptyBody() != nil // what was said of this recipient stands
	}
	return said.refusal
}

// emptyBody ends a transaction in which every recipient was refused and DATA
// was taken all the same (RFC 2920 3.1): a lone dot, to which the server says
// 554, or 250 for a message that goes to nobody.
func (s *session) emptyBody() error {
	s.stage = idle
	if _, err := s.write(dataWait, []byte(".\r\n")); err != nil {
		return s.broken("end the body", err)
	}
	r, err := s.read(dotWait)
	if err != nil {
		return s.broken("end the body", err)
	}
	if hangsUp(r) && !r.good() {
		return s.broken("end the body", errors.New(r.String()))
	}
	return nil
}

// SendBody implements Conn.
func (s *session) SendBody(m RecipientMessage, next *RecipientMessage) (string, error) {
	if s.stage != invited || s.asked != m.Recipient.MessageID {
		return "", s.broken("send a message", errors.New("it is not the one that was offered"))
	}
	if err := s.composed(m); err != nil {
		return "", err
	}
	whole := len(s.body)
	s.stage = s.takeAlong(next)
	if n, err := s.write(bodyWait, s.body); err != nil {
		return "", s.interrupted(n < whole, err)
	}
	if s.stage == asking {
		s.compose(*next) // while the server has its hands full with this one
	}
	r, err := s.read(dotWait)
	if err != nil {
		return "", s.doubtful(err)
	}
	if r.good() {
		return r.String(), nil
	}
	refusal := refused(stepEnd, r)
	if refusal.ConnClosed {
		s.hangUp()
	}
	return "", refusal
}

// takeAlong puts the next offer behind the final dot where it can, and gives
// the stage that this leads to.
func (s *session) takeAlong(next *RecipientMessage) stage {
	if next == nil || !s.can.pipelining {
		return idle
	}
	offer, refusal := s.can.commands(*next, s.from)
	if refusal != nil {
		return idle // SendEnvelope will say so
	}
	s.offer, s.asked = offer, next.Recipient.MessageID
	s.body = appendCommands(s.body, offer)
	return asking
}

// interrupted is a body that could not be written; half tells that its final
// dot was not, so that nobody can have taken it. A server that hangs up in the
// middle may have said why.
func (s *session) interrupted(half bool, err error) *SendError {
	if r, silent := s.read(quitWait); silent == nil && r.code >= 400 {
		s.hangUp()
		refusal := refused(stepEnd, r)
		refusal.ConnClosed = true
		return refusal
	}
	if half {
		return s.broken("send the body", err)
	}
	return s.doubtful(err)
}

// Close implements Conn: it says QUIT and does not wait long for the answer.
func (s *session) Close() error {
	if s.stage != idle {
		s.hangUp()
		return nil
	}
	defer s.hangUp()
	if _, err := s.write(quitWait, []byte("QUIT\r\n")); err != nil {
		return fmt.Errorf("say goodbye: %w", err)
	}
	_, err := s.read(quitWait)
	return err
}

func (s *session) hangUp() {
	s.stage = hungUp
	s.raw.Close()
}

// write gives how many bytes are sure to have left, where it fails.
func (s *session) write(wait time.Duration, b []byte) (int, error) {
	s.raw.SetDeadline(time.Now().Add(wait))
	n, err := s.client.Text.W.Write(b) // a body is more than its buffer holds and goes straight out
	if err == nil {
		err = s.client.Text.W.Flush()
	}
	return n, err
}

func (s *session) read(wait time.Duration) (reply, error) {
	s.raw.SetReadDeadline(time.Now().Add(wait))
	return readReply(s.client.Text.R)
}

// broken is a connection that was lost before the message was whole: it was
// not delivered.
func (s *session) broken(act string, err error) *SendError {
	s.hangUp()
	return &SendError{Scope: ScopeRelay, Temporary: true, ConnClosed: true, Reply: shortReply(err.Error()),
		Err: fmt.Errorf("%s: %w", strings.ToLower(act), err)}
}

// doubtful is a final dot that was never answered: it is sent again under the
// same Message-ID, since a lost mail is worse than a repeated one.
func (s *session) doubtful(err error) *SendError {
	r := s.broken("wait for the answer to the final dot", err)
	r.Scope, r.InDoubt = ScopeRecipient, true
	return r
}

func appendCommands(dst []byte, list []command) []byte {
	for _, c := range list {
		dst = append(append(dst, c.line...), "\r\n"...)
	}
	return dst
}
