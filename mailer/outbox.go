package mailer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Outbox is a Transport that writes each message to a file, for trials without a
// mail server. A message that is sent again replaces its file.
type Outbox struct{ dir string }

// NewOutbox makes an outbox in the folder, which Open creates where it is missing.
func NewOutbox(dir string) *Outbox { return &Outbox{dir} }

// String returns the folder.
func (o *Outbox) String() string { return o.dir }

// Open implements Transport: it creates the folder.
func (o *Outbox) Open(context.Context) (Conn, error) {
	if err := os.MkdirAll(o.dir, 0o750); err != nil {
		return nil, outboxError(fmt.Errorf("create outbox: %w", err))
	}
	return &outboxConn{dir: o.dir}, nil
}

type outboxConn struct {
	dir string
	buf []byte
}

// SendEnvelope implements Conn: it accepts every message with a valid address.
func (c *outboxConn) SendEnvelope(ctx context.Context, m RecipientMessage) error {
	if _, _, err := envelopeAddress(m.Recipient.Address); err != nil {
		return localError(ScopeRecipient, m.Recipient.Address, err)
	}
	return ctx.Err()
}

// SendBody implements Conn. The file is named by the address and the Message-ID,
// which stands for digest and due time.
func (c *outboxConn) SendBody(m RecipientMessage, _ *RecipientMessage) (string, error) {
	var err error
	if m.Recipient.Address, _, err = envelopeAddress(m.Recipient.Address); err != nil {
		return "", localError(ScopeRecipient, m.Recipient.Address, err)
	}
	if c.buf, err = m.Message.AppendFile(c.buf[:0], m.Recipient); err != nil {
		return "", err
	}
	name := fileName(m.Recipient.Address) + "-" + m.Recipient.MessageID[:8] + ".eml"
	if err := writeFileAtomic(filepath.Join(c.dir, name), c.buf); err != nil {
		return "", outboxError(fmt.Errorf("write to outbox: %w", err))
	}
	return "written to " + name, nil
}

func (c *outboxConn) Close() error { return nil }

func outboxError(err error) *SendError {
	return &SendError{Scope: ScopeRelay, Temporary: true, ConnClosed: true, Err: err, Reply: err.Error()}
}

// fileName keeps the characters of an address that any file system accepts.
func fileName(address string) string {
	b := []byte(address)
	for i, ch := range b {
		ok := ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || ch == '@' || ch == '.' && i > 0 || ch == '-'
		if !ok {
			b[i] = '_'
		}
	}
	return string(b[:min(len(b), 100)])
}

// writeFileAtomic writes a file whole or not at all.
func writeFileAtomic(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
