// Package certtest makes certificates for servers of tests.
package certtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificate is one of its own authority.
type Certificate struct {
	*x509.Certificate
	Pair      tls.Certificate
	Pool      *x509.CertPool // trusts it
	Cert, Key string         // in PEM
}

// New makes one for 127.0.0.1 and an hour, with what the changes make of it.
func New(t testing.TB, changes ...func(*x509.Certificate)) *Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.example.org"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, change := range changes {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	c := &Certificate{Pool: x509.NewCertPool(), Cert: encode("CERTIFICATE", der), Key: encode("PRIVATE KEY", secret)}
	if c.Pair, err = tls.X509KeyPair([]byte(c.Cert), []byte(c.Key)); err != nil {
		t.Fatal(err)
	}
	c.Certificate = c.Pair.Leaf
	c.Pool.AddCert(c.Certificate)
	return c
}

// Server is the configuration of a server that shows it.
func (c *Certificate) Server() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c.Pair}}
}

func encode(kind string, block []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: block}))
}
