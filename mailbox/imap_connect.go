package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// connect gives a client that is logged in, over a connection that is secret.
func (b *imapBox) connect(ctx context.Context) (*imapclient.Client, error) {
	dialing, done := context.WithTimeout(ctx, b.opt.Timeout)
	defer done()
	dialled, err := (&net.Dialer{}).DialContext(dialing, "tcp", net.JoinHostPort(b.host, b.port))
	if err != nil {
		return nil, err
	}
	conn := &impatient{Conn: dialled, patience: patience * b.opt.Timeout}
	stop := context.AfterFunc(dialing, func() { conn.Close() }) // a server that says nothing
	defer stop()
	client, err := b.secure(dialing, conn)
	if err != nil {
		conn.Close()
		return nil, slow(dialing, err)
	}
	if err := client.Login(b.user, b.opt.Password).Wait(); err != nil {
		client.Close()
		return nil, slow(dialing, fmt.Errorf("log in: %w", err))
	}
	return client, nil
}

// slow tells what a closed connection means.
func slow(dialing context.Context, err error) error {
	if errors.Is(dialing.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	}
	return err
}

// patience is how often Options.Timeout the other side may say nothing. It has to
// cover the time that whoever takes the messages needs for a batch of them.
const patience = 20

// impatient is a connection that ends where the other side says nothing for so
// long. go-imap waits for an answer without end; its own deadlines, which are
// longer, are not heeded.
type impatient struct {
	net.Conn
	patience time.Duration
}

func (c *impatient) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *impatient) SetReadDeadline(time.Time) error { return nil }

// secure makes the connection secret: at once, or by STARTTLS. There is no way
// without: the password of a mailbox is never sent in the clear. go-imap refuses
// a server that says more before STARTTLS than it may.
func (b *imapBox) secure(ctx context.Context, conn net.Conn) (*imapclient.Client, error) {
	config := b.opt.TLS.Clone()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if config.ServerName == "" {
		config.ServerName = b.host
	}
	if b.plain {
		return imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: config})
	}
	config.NextProtos = []string{"imap"}
	secret := tls.Client(conn, config)
	if err := secret.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	client := imapclient.New(secret, nil)
	return client, client.WaitGreeting()
}
