package mailer

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"bantin/mailer/oauth2"
)

// Scope tells what a failure concerns, and so which other messages it affects.
type Scope int

// The scopes of a SendError.
const (
	ScopeRecipient Scope = iota // this address
	ScopeMessage                // this message, its size or content; the address may be valid
	ScopeSender                 // the sender, before a recipient was named: our host, our login, our address
	ScopeRelay                  // every message: the mail server is unreachable or busy
)

// SendError is why a message was not accepted: the server's reply, a lost
// connection, or a reason found before the message was offered.
type SendError struct {
	Scope      Scope
	Code       int  // reply code of SMTP; 0 without a reply
	Temporary  bool // a later attempt may succeed (RFC 5321 4.2.1: 4yz)
	Policy     bool // a matter of security or policy: where other recipients meet it too, it concerns the sender
	ConnClosed bool // the connection is closed
	AtRcpt     bool // the server said it after it had heard the recipient
	InDoubt    bool // the message was sent to its end without a reply: it may have been accepted

	// What the reply speaks of, by its words and codes; at most one is set.
	Quota       bool // a limit of our account or server: of the hour, the day, the rate
	AboutUs     bool // our name, address, login, server or content, and not the recipient
	UnknownUser bool // the address, or its domain, does not exist or accepts no mail at all

	Problem SetupProblem // the setting that it points at; "" where none is known
	Reply   string       // text for people: the server's reply, else the cause
	Err     error        // the cause
}

// Error returns the text of the cause, else the reply.
func (r *SendError) Error() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return r.Reply
}

// Unwrap returns the cause.
func (r *SendError) Unwrap() error { return r.Err }

// localError is a message that is refused before it is offered to a server.
func localError(scope Scope, address string, err error) *SendError {
	return &SendError{Scope: scope, Err: fmt.Errorf("mail to %s: %w", address, err), Reply: err.Error()}
}

// step is a step on the way to a connection, or a command of a transaction.
type step string

const (
	stepToken    step = "access token"
	stepDial     step = "dial"
	stepTLS      step = "TLS"
	stepGreeting step = "greeting"
	stepHello    step = "EHLO"
	stepStartTLS step = "STARTTLS"
	stepLogin    step = "AUTH"

	stepReset step = "RSET"
	stepMail  step = "MAIL FROM"
	stepRcpt  step = "RCPT TO"
	stepData  step = "DATA"
	stepEnd   step = "end of DATA"
)

// replyError makes the error of a negative reply about a message to recipient.
func replyError(at step, r reply, recipient string, ours ourNames) *SendError {
	e := &SendError{
		Scope: scopeOf(at, r), Code: r.code, Temporary: r.code < 500, Policy: isPolicy(r), ConnClosed: closesConn(r), AtRcpt: !at.isBeforeRecipient(), Reply: r.String(),
		Err: fmt.Errorf("%s: %s", strings.ToLower(string(at)), r),
	}
	reason, found := reasonOf(at, r, recipient, ours)
	e.classify(reason)
	e.Problem = replyProblem(r, reason, found)
	return e
}

// closesConn reports replies after which the connection is of no use: 421 (RFC
// 5321 3.8), and a 2yz or 3yz in the wrong place.
func closesConn(r reply) bool { return r.code == 421 || r.code < 400 }

// scopeOf decides the scope of a reply: by its enhanced status code (RFC 3463 3)
// where there is one, else by its code, and by the step that was refused.
func scopeOf(at step, r reply) Scope {
	tooLarge := r.code == 552 && at != stepRcpt && r.enhanced == enhanced{} // RFC 1870 6; to RCPT it means a full mailbox
	switch {
	case closesConn(r), at == stepReset:
		return ScopeRelay
	case r.enhanced == enhanced{5, 3, 4}, r.enhanced == enhanced{5, 2, 3}, r.enhanced.subject == 6, tooLarge:
		return ScopeMessage // its size, its content
	case at == stepMail && r.code < 500:
		return ScopeRelay
	case at == stepMail:
		return ScopeSender
	case at == stepEnd && (r.enhanced.subject == 7 || r.code == 554):
		return ScopeMessage // its content or its signatures
	}
	return ScopeRecipient
}

// isPolicy reports the replies to a sender that is blocked, not authenticated or
// not believed. Now and then they concern one recipient only.
func isPolicy(r reply) bool {
	switch r.enhanced {
	case enhanced{}:
		return r.code == 530 || r.code == 535 || r.code == 538 || r.code == 554 // RFC 4954 6
	case enhanced{5, 1, 7}, enhanced{5, 1, 8}, enhanced{4, 1, 8}: // the sender's address
		return true
	}
	return r.enhanced.subject == 7
}

// connectError makes the error of a connection that could not be opened. A 5yz to
// our greeting or login, and refused credentials, concern the sender; anything else
// may pass.
func (s *SMTP) connectError(at step, err error) *SendError {
	r := &SendError{Scope: ScopeRelay, Temporary: true, ConnClosed: true, Problem: connectProblem(at, err), Err: fmt.Errorf("connect to %s: %s: %w", s, at, err)}
	if at == stepDial || at == stepToken {
		r.Err = fmt.Errorf("connect to %s: %w", s, err) // it says so itself
	}
	r.Reply = shortReply(r.Err.Error())
	said, token := (*textproto.Error)(nil), (*oauth2.Error)(nil)
	switch {
	case errors.As(err, &said):
		r.Code = said.Code
		if said.Code >= 500 {
			r.Scope, r.Temporary = ScopeSender, false
		}
		reason, _ := reasonOf(at, reply{code: said.Code, text: said.Msg, enhanced: parseEnhanced(said.Msg, said.Code)}, "", nil)
		r.classify(reason)
	case errors.As(err, &token) && token.Refused:
		r.Scope, r.Temporary, r.AboutUs = ScopeSender, false, true
	}
	return r
}
