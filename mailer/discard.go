package mailer

import "context"

// Discard is a Transport that takes every message with a valid address and keeps none: for
// messages that are known to have gone out already.
type Discard struct{}

// String says where messages go.
func (Discard) String() string { return "nowhere" }

// Open implements Transport.
func (Discard) Open(context.Context) (Conn, error) { return discardConn{}, nil }

type discardConn struct{}

// SendEnvelope implements Conn.
func (discardConn) SendEnvelope(ctx context.Context, m RecipientMessage) error {
	if _, _, err := envelopeAddress(m.Recipient.Address); err != nil {
		return localError(ScopeRecipient, m.Recipient.Address, err)
	}
	return ctx.Err()
}

// SendBody implements Conn.
func (discardConn) SendBody(RecipientMessage, *RecipientMessage) (string, error) {
	return "counted as sent", nil
}

func (discardConn) Close() error { return nil }
