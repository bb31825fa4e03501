package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// A server that expects TLS, or a web server, waits for us to speak first: each
// side would wait for the other until the timeout of five minutes, and the error
// would not say why. So a silent server is asked what it is over a second
// connection. Mail servers that greet late, to keep spammers away, take up to 30
// seconds, and are left alone.
const (
	greetingPatience = 15 * time.Second
	probeTimeout     = 10 * time.Second
)

// What listens in place of a mail server in the clear.
var (
	errTLSPort = errors.New("the mail server expects TLS from the first byte on this port")
	errNotSMTP = errors.New("what listens on this port is no mail server")
)

// greet reads the greeting.
func (s *SMTP) greet(ctx context.Context, conn *handshakeConn, stream net.Conn) (*smtp.Client, error) {
	stop := func() error { return nil }
	if s.opt.TLSMode != ImplicitTLS {
		stop = s.watchGreeting(ctx, conn)
	}
	client, err := smtp.NewClient(stream, s.opt.Host)
	if found := stop(); found != nil {
		return nil, found
	}
	return client, err
}

// watchGreeting asks what a silent server is. Where that is no mail server in the
// clear it closes conn, and stop returns what it is.
func (s *SMTP) watchGreeting(ctx context.Context, conn *handshakeConn) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	var found error
	go func() {
		defer close(done)
		patience := time.NewTimer(s.probeAfter)
		defer patience.Stop()
		select {
		case <-ctx.Done():
			return
		case <-patience.C:
		}
		if found = s.whatListens(ctx); found != nil {
			conn.Close()
		}
	}()
	return func() error { cancel(); <-done; return found }
}

// whatListens begins TLS with the server, sends nothing over it, and tells by its
// answer that it is no mail server in the clear; nil where it may be one.
func (s *SMTP) whatListens(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	raw, err := s.dial(ctx)
	if err != nil {
		return nil
	}
	defer raw.Close()
	config := s.tlsConfig()
	config.InsecureSkipVerify = true // whose certificate it is does not matter: nothing is sent
	err = tls.Client(raw, config).HandshakeContext(ctx)
	record := tls.RecordHeaderError{}
	switch {
	case err == nil:
		return errTLSPort
	case errors.As(err, &record) && !isReplyHead(record.RecordHeader[:]):
		return errNotSMTP
	}
	return nil
}

// isReplyHead reports whether bytes can begin a reply of SMTP: three digits.
func isReplyHead(head []byte) bool {
	for _, c := range head[:min(len(head), 3)] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
