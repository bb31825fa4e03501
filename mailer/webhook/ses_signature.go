package webhook

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" // SignatureVersion 1, which SNS uses unless told otherwise
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"sync"
	"time"
)

// verify checks the signature over the canonical text of a message.
func (m *snsMessage) verify(key *rsa.PublicKey) error {
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil {
		return foreign("its signature is not in base64")
	}
	text := m.canonical()
	switch m.SignatureVersion {
	case "1":
		sum := sha1.Sum([]byte(text))
		err = rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], signature)
	case "2":
		sum := sha256.Sum256([]byte(text))
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
	default:
		return foreign("its signature is of an unknown version")
	}
	if err != nil {
		return foreign("its signature is wrong")
	}
	return nil
}

// canonical is the text that SNS signs: names and values in the order of the names, which
// ones by the type of the message.
func (m *snsMessage) canonical() string {
	var b strings.Builder
	add := func(name, value string) { b.WriteString(name + "\n" + value + "\n") }
	add("Message", m.Message)
	add("MessageId", m.MessageId)
	if m.Type == "Notification" {
		if m.Subject != nil {
			add("Subject", *m.Subject)
		}
	} else {
		add("SubscribeURL", m.SubscribeURL)
	}
	add("Timestamp", m.Timestamp)
	if m.Type != "Notification" {
		add("Token", m.Token)
	}
	add("TopicArn", m.TopicArn)
	add("Type", m.Type)
	return b.String()
}

// certificates are the keys that SNS signs with, by address. SNS changes its key about
// once a year.
type certificates struct {
	get func(ctx context.Context, address string) ([]byte, error)
	now func() time.Time

	mu    sync.Mutex
	known map[string]certificate

	fetching sync.Mutex // one fetch at a time: requests wait for it, and find what it found
}

type certificate struct {
	key   *rsa.PublicKey
	err   error
	until time.Time
}

const (
	maxCertificates = 8
	// failureAge is how long a certificate that could not be had is not asked for again:
	// anyone can name one.
	failureAge = time.Minute
)

// key returns the key of the certificate at an address of SNS. ErrForeign where there is
// none that is valid; another error where SNS cannot be reached now.
func (c *certificates) key(ctx context.Context, address string) (*rsa.PublicKey, error) {
	if found, ok := c.cached(address); ok {
		return found.key, found.err
	}
	c.fetching.Lock()
	defer c.fetching.Unlock()
	if found, ok := c.cached(address); ok {
		return found.key, found.err
	}
	found := c.fetch(ctx, address)
	if ctx.Err() != nil {
		return nil, ctx.Err() // the request was given up: it says nothing of the certificate
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxCertificates {
		c.known = map[string]certificate{}
	}
	c.known[address] = found
	return found.key, found.err
}

func (c *certificates) cached(address string) (certificate, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.known[address]
	return found, ok && c.now().Before(found.until)
}

func (c *certificates) fetch(ctx context.Context, address string) certificate {
	failed := func(err error) certificate { return certificate{err: err, until: c.now().Add(failureAge)} }
	text, err := c.get(ctx, address)
	if err != nil {
		return failed(err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return failed(foreign("there is no certificate where it says"))
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return failed(foreign("its certificate cannot be read"))
	}
	key, ok := parsed.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < 2048 {
		return failed(foreign("its certificate has no RSA key of 2048 bits"))
	}
	if now := c.now(); now.Before(parsed.NotBefore) || !now.Before(parsed.NotAfter) {
		return failed(foreign("its certificate is not valid now"))
	}
	return certificate{key: key, until: parsed.NotAfter}
}
