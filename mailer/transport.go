package mailer

import "context"

// Transport is a way to hand messages over. SMTP and Outbox are two.
type Transport interface {
	// Open gives a connection, for one goroutine. Its error is a *SendError that
	// is about the relay or about us: nobody can be mailed for now.
	Open(ctx context.Context) (Conn, error)
	// String names it for people.
	String() string
}

// RecipientMessage is one message to one recipient.
type RecipientMessage struct {
	Message   *ComposedMessage
	Recipient RecipientFields
}

// Conn hands over one message after another, each in two steps: SendEnvelope asks
// whether it is wanted, SendBody hands it over. In between stands whatever must be
// true when the body begins.
//
// Errors are *SendError, after which the connection goes on unless it is ConnClosed.
// After any other error (ctx ended, the message cannot be made) nothing but
// Close may follow.
type Conn interface {
	// SendEnvelope names sender and recipient to the server and returns when it waits
	// for the body, or when ctx ends.
	SendEnvelope(ctx context.Context, m RecipientMessage) error

	// SendBody hands over the message that was offered last, be it by now of another
	// letter, and gives the answer to it: then it has been taken. next, where it is not nil, is what will be
	// offered next, and its offer may travel along; so nothing but SendEnvelope of that
	// same mail, or Close, may follow.
	SendBody(m RecipientMessage, next *RecipientMessage) (reply string, err error)

	// Close ends the connection: politely, or without a word where a message is
	// offered and not sent, since the server would take any word for its body.
	Close() error
}

// Deliver hands over a single message.
func Deliver(ctx context.Context, c Conn, m RecipientMessage) (reply string, err error) {
	if err := c.SendEnvelope(ctx, m); err != nil {
		return "", err
	}
	return c.SendBody(m, nil)
}
