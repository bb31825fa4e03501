package mailbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// connect gives a client that is logged in over an encrypted connection.
func (b *imapBox) connect(ctx context.Context) (*imapclient.Client, error) {
	dialing, done := context.WithTimeout(ctx, b.opt.Timeout)
	defer done()
	dialled, err := (&net.Dialer{Resolver: b.opt.Resolver}).DialContext(dialing, "tcp", net.JoinHostPort(b.host, b.port))
	if err != nil {
		return nil, err
	}
	conn := &idleTimeoutConn{Conn: dialled, patience: idleFactor * b.opt.Timeout}
	stop := context.AfterFunc(dialing, func() { conn.Close() }) // a server that says nothing
	defer stop()
	client, err := b.secure(dialing, conn)
	if err != nil {
		conn.Close()
		return nil, timeoutError(dialing, err)
	}
	if err := client.Login(b.user, b.opt.Password).Wait(); err != nil {
		client.Close()
		return nil, timeoutError(dialing, fmt.Errorf("log in: %w", err))
	}
	return client, nil
}

// timeoutError names the timeout where that closed the connection.
func timeoutError(dialing context.Context, err error) error {
	if errors.Is(dialing.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	}
	return err
}

// idleFactor times Options.Timeout is how long the server may say nothing. This must
// cover the time that take needs for a batch of messages.
const idleFactor = 20

// idleTimeoutConn is a connection with an idle timeout. go-imap waits for a response
// without limit; its own deadlines, which are longer, are ignored.
type idleTimeoutConn struct {
	net.Conn
	patience time.Duration
}

func (c *idleTimeoutConn) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *idleTimeoutConn) SetReadDeadline(time.Time) error { return nil }

// secure starts TLS, at once or by STARTTLS. The password of a mailbox is never sent
// in the clear. go-imap refuses a server that injects data before STARTTLS.
func (b *imapBox) secure(ctx context.Context, conn net.Conn) (*imapclient.Client, error) {
	config := b.opt.TLS.Clone()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config.ServerName = cmp.Or(config.ServerName, b.host)
	if b.startTLS {
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
