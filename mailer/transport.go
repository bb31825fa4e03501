package mailer

import (
	"context"
	"errors"
	"fmt"
)

// Transport is a way to hand messages over. SMTP and Outbox are two.
type Transport interface {
	// Open gives a connection, for one goroutine. Its error is about the
	// relay: nobody can be mailed for now.
	Open(ctx context.Context) (Conn, error)
	// String names it for people.
	String() string
}

// Conn hands over one message after another.
type Conn interface {
	// Deliver hands the recipient's message over and gives what the server
	// said. begin is asked right before the body begins: where it returns an
	// error nothing is handed over and that error comes back. All other errors
	// are a *Refusal. After one whose Broken is set the connection is closed.
	Deliver(ctx context.Context, l *Letter, p Personal, begin func() error) (reply string, err error)
	// Close ends the connection politely.
	Close() error
}

// Scope says whom a refusal is about.
type Scope int

// The scopes of a refusal.
const (
	AboutRecipient Scope = iota // this address, or this message to it
	AboutRelay                  // everybody: the server is away or does not want us
)

// Refusal is why a message was not taken.
type Refusal struct {
	Scope     Scope
	Temporary bool   // it may be taken later (RFC 5321 4.2.1: 4yz)
	Broken    bool   // the connection is gone
	Doubt     bool   // the message was sent to its end and never answered for: it may have been taken
	Reply     string // what the server said
	Err       error
}

func (r *Refusal) Error() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return r.Reply
}

func (r *Refusal) Unwrap() error { return r.Err }

// ErrSMTPUTF8 says that an address cannot be mailed to.
var ErrSMTPUTF8 = errors.New("the address has letters outside ASCII before the @, which needs SMTPUTF8 (RFC 6531): it is not supported")

func unmailable(address string, err error) *Refusal {
	return &Refusal{Scope: AboutRecipient, Err: fmt.Errorf("mail to %s: %w", address, err), Reply: err.Error()}
}
