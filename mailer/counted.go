package mailer

import (
	"context"
	"errors"
)

// ReplyClass is how a mail server answered: by the first digit of its code, or not at all.
type ReplyClass string

// The classes of replies.
const (
	Reply2xx  ReplyClass = "2xx"
	Reply4xx  ReplyClass = "4xx"
	Reply5xx  ReplyClass = "5xx"
	ReplyNone ReplyClass = "none" // it could not be reached, or the connection broke
)

// Counted is a transport that tells count how each message, and each connection that
// came to nothing, was answered.
func Counted(t Transport, count func(ReplyClass)) Transport { return &counted{t, count} }

type counted struct {
	Transport
	count func(ReplyClass)
}

// Open implements Transport.
func (c *counted) Open(ctx context.Context) (Conn, error) {
	conn, err := c.Transport.Open(ctx)
	if err != nil {
		c.failed(err)
		return nil, err
	}
	return &countedConn{conn, c}, nil
}

// failed counts an error of a server. Others, such as a context that ended, are no answer.
func (c *counted) failed(err error) {
	refusal := (*SendError)(nil)
	if !errors.As(err, &refusal) {
		return
	}
	switch refusal.Code / 100 {
	case 4:
		c.count(Reply4xx)
	case 5:
		c.count(Reply5xx)
	default:
		c.count(ReplyNone)
	}
}

type countedConn struct {
	Conn
	by *counted
}

// SendEnvelope implements Conn.
func (c *countedConn) SendEnvelope(ctx context.Context, m RecipientMessage) error {
	err := c.Conn.SendEnvelope(ctx, m)
	if err != nil {
		c.by.failed(err)
	}
	return err
}

// SendBody implements Conn.
func (c *countedConn) SendBody(m RecipientMessage, next *RecipientMessage) (string, error) {
	reply, err := c.Conn.SendBody(m, next)
	if err != nil {
		c.by.failed(err)
		return reply, err
	}
	c.by.count(Reply2xx)
	return reply, nil
}
