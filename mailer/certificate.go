package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"time"
)

// ErrNoCertificate says that connections to the mail server are not encrypted.
var ErrNoCertificate = errors.New("connections to the mail server have no certificate")

// CertificateEnds looks until when the mail server's certificate is valid. It connects,
// encrypts as it is configured, and leaves: nothing is sent, so that a certificate that
// has expired, or is another's, can be looked at too.
func (s *SMTP) CertificateEnds(ctx context.Context) (ends time.Time, err error) {
	if s.opt.TLSMode == NoTLS {
		return ends, ErrNoCertificate
	}
	look := *s
	look.opt.Username, look.opt.Tokens = "", nil
	look.seen = func(c tls.ConnectionState) { ends = c.PeerCertificates[0].NotAfter }
	conn, refusal := look.open(ctx, "")
	if refusal == nil {
		_ = conn.Close() // it was seen
	}
	if ends.IsZero() && refusal != nil {
		return ends, refusal
	}
	return ends, nil
}

// TLSCertificateEnds does the same for a server whose connections are encrypted from the
// first byte, such as a web site; address is host:port.
func TLSCertificateEnds(ctx context.Context, address, name string) (time.Time, error) {
	dialer := tls.Dialer{Config: &tls.Config{ServerName: name, InsecureSkipVerify: true}} // nothing is sent
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return time.Time{}, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].NotAfter, nil
}
