package mailer

import (
	"crypto/x509"
	"errors"
	"fmt"
	"testing"
	"time"

	"bantin/internal/certtest"
	"bantin/internal/smtptest"
)

// The end of a certificate is found whatever it is, with STARTTLS and without, and nobody
// logs in for it.
func TestCertificateEnds(t *testing.T) {
	ends := time.Now().Add(5 * 24 * time.Hour).Truncate(time.Second).UTC()
	for name, change := range map[string]func(*x509.Certificate){
		"valid":     func(c *x509.Certificate) { c.NotAfter = ends },
		"expired":   func(c *x509.Certificate) { c.NotAfter = ends.AddDate(-1, 0, 0) },
		"another's": func(c *x509.Certificate) { c.NotAfter, c.IPAddresses = ends, nil },
	} {
		cert := certtest.New(t, change)
		want := ends
		if name == "expired" {
			want = ends.AddDate(-1, 0, 0)
		}
		server := smtptest.StartAs(t, smtptest.Options{TLS: cert.Server()})
		got, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: server.Port(), TLSMode: StartTLS, Username: "bantin", Password: "x"}).CertificateEnds(t.Context())
		if !got.Equal(want) {
			t.Errorf("%s: %v (%v), want %v", name, got, err, want)
		}
		port := tlsPort(t, cert)
		if got, err := TLSCertificateEnds(t.Context(), fmt.Sprintf("127.0.0.1:%d", port), "bantin.example.org"); !got.Equal(want) || err != nil {
			t.Errorf("%s: %v (%v)", name, got, err)
		}
	}
	r := startRelay(t, true, true)
	got, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: r.port, TLSMode: ImplicitTLS, Username: "bantin", Password: "x"}).CertificateEnds(t.Context())
	if left := time.Until(got); err != nil || left <= 0 || left > time.Hour || len(r.loggedIn) > 0 {
		t.Errorf("TLS from the first byte: %v (%v), log-ins %v", got, err, r.loggedIn)
	}
	if _, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", TLSMode: NoTLS}).CertificateEnds(t.Context()); !errors.Is(err, ErrNoCertificate) {
		t.Errorf("without TLS: %v", err)
	}
	if _, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: smtptest.Start(t, nil).Port(), TLSMode: StartTLS}).CertificateEnds(t.Context()); err == nil {
		t.Error("a server without STARTTLS has a certificate")
	}
}
