package mailer

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
)

// Scope says whom a refusal is about.
type Scope int

// The scopes of a refusal.
const (
	ScopeRecipient Scope = iota // this address
	ScopeMessage                // this message: its size, what it says; no word against the address
	ScopeSender                 // who sends, before a recipient was named: our host, our log-in, our address
	ScopeRelay                  // everybody: the server is away, or too busy
)

// SendError is why a message was not taken.
type SendError struct {
	Scope      Scope
	Code       int    // of the reply; 0 where the server said nothing
	Temporary  bool   // it may be taken later (RFC 5321 4.2.1: 4yz)
	Policy     bool   // for a reason of security or policy: where others meet it too, it is about us
	ConnClosed bool   // the connection is gone
	InDoubt    bool   // the message was sent to its end and never answered for: it may have been taken
	Reply      string // what the server said
	Err        error
}

func (r *SendError) Error() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return r.Reply
}

func (r *SendError) Unwrap() error { return r.Err }

func unmailable(scope Scope, address string, err error) *SendError {
	return &SendError{Scope: scope, Err: fmt.Errorf("mail to %s: %w", address, err), Reply: err.Error()}
}

// step is a command of a transaction.
type step string

const (
	stepReset step = "RSET"
	stepMail  step = "MAIL FROM"
	stepRcpt  step = "RCPT TO"
	stepData  step = "DATA"
	stepEnd   step = "end of DATA"
)

// refused understands a reply that refuses.
func refused(at step, r reply) *SendError {
	return &SendError{
		Scope: about(at, r), Code: r.code, Temporary: r.code < 500, Policy: byPolicy(r), ConnClosed: hangsUp(r), Reply: r.String(),
		Err: fmt.Errorf("%s: %s", strings.ToLower(string(at)), r),
	}
}

// hangsUp tells replies after which there is nothing more to say: 421 (RFC
// 5321 3.8), and a 2yz or 3yz where it makes no sense.
func hangsUp(r reply) bool { return r.code == 421 || r.code < 400 }

// about decides whom a reply is about: by its enhanced status code (RFC 3463 3)
// where there is one, else by its code, and by what was refused.
func about(at step, r reply) Scope {
	tooLarge := r.code == 552 && at != stepRcpt && r.enhanced == enhanced{} // RFC 1870 6; of a mailbox it says that it is full
	switch {
	case hangsUp(r), at == stepReset:
		return ScopeRelay
	case r.enhanced == enhanced{5, 3, 4}, r.enhanced == enhanced{5, 2, 3}, r.enhanced.subject == 6, tooLarge:
		return ScopeMessage // its size, its content
	case at == stepMail && r.code < 500:
		return ScopeRelay
	case at == stepMail:
		return ScopeSender
	case at == stepEnd && (r.enhanced.subject == 7 || r.code == 554):
		return ScopeMessage // what it says, or who signed it
	}
	return ScopeRecipient
}

// byPolicy tells the replies that a sender meets who is blocked, not logged in,
// or not believed to be who he says; and now and then one recipient alone.
func byPolicy(r reply) bool {
	switch r.enhanced {
	case enhanced{}:
		return r.code == 530 || r.code == 535 || r.code == 538 || r.code == 554 // RFC 4954 6
	case enhanced{5, 1, 7}, enhanced{5, 1, 8}, enhanced{4, 1, 8}: // the sender's address
		return true
	}
	return r.enhanced.subject == 7
}

// notOpened understands why there is no connection. What a server answers with
// 5yz to our greeting or log-in is about us; all else may pass.
func notOpened(err error) *SendError {
	r := &SendError{Scope: ScopeRelay, Temporary: true, ConnClosed: true, Reply: shortReply(err.Error()), Err: err}
	if said := (*textproto.Error)(nil); errors.As(err, &said) {
		r.Code = said.Code
		if said.Code >= 500 {
			r.Scope, r.Temporary = ScopeSender, false
		}
	}
	return r
}
