package mailer

import "context"

// Transport opens connections that send messages. SMTP and Outbox implement it.
type Transport interface {
	// Open returns a connection, for use by one goroutine. Its error is a
	// *SendError with ScopeRelay or ScopeSender: nobody can be mailed for now.
	Open(ctx context.Context) (Conn, error)
	// String names the transport for people.
	String() string
}

// RecipientMessage is one message to one recipient.
type RecipientMessage struct {
	Message   *ComposedMessage
	Recipient RecipientFields
}

// Conn sends one message after another, each in two steps: SendEnvelope names
// sender and recipient, SendBody sends the message. Between the two the caller
// checks what must still be true when the body begins.
//
// Errors are *SendError, after which the connection remains usable unless
// ConnClosed is set. After any other error (ctx ended, the message cannot be
// signed) only Close may follow.
type Conn interface {
	// SendEnvelope sends MAIL, RCPT and DATA and returns when the server waits for
	// the body, or when ctx ends.
	SendEnvelope(ctx context.Context, m RecipientMessage) error

	// SendBody sends the body of the message of the last SendEnvelope and returns
	// the server's reply: the server has accepted the message. m.Message may have
	// been composed anew since then. next, where it is not nil, is the message that
	// follows: its envelope may be pipelined behind this body, so that only
	// SendEnvelope of the same message, or Close, may follow.
	SendBody(m RecipientMessage, next *RecipientMessage) (reply string, err error)

	// Close ends the connection: with QUIT, or at once where an envelope was sent
	// without its body, since the server would take QUIT for the body.
	Close() error
}

// Deliver sends a single message and returns the server's reply.
func Deliver(ctx context.Context, c Conn, m RecipientMessage) (reply string, err error) {
	if err := c.SendEnvelope(ctx, m); err != nil {
		return "", err
	}
	return c.SendBody(m, nil)
}
