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
	"errors"
	"maps"
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

	mu       sync.Mutex
	known    map[string]certificate
	fetching map[string]chan certificate // with room for one: who takes it puts it back
}

type certificate struct {
	key   *rsa.PublicKey
	err   error
	until time.Time
}

// Anyone can name a certificate, also one that is not there.
const (
	maxCertificates = 8
	maxFetches      = 2           // at the same time
	failureAge      = time.Minute // how long a certificate that could not be had is not asked for again
)

var errFetching = errors.New("other certificates are being fetched")

// key returns the key of the certificate at an address of SNS. ErrForeign where there is
// none that is valid; another error where SNS cannot be reached now. Requests that name a
// certificate which is being fetched wait for it.
func (c *certificates) key(ctx context.Context, address string) (*rsa.PublicKey, error) {
	found, waiting, err := c.lookup(address)
	if err != nil {
		return nil, err
	}
	if waiting == nil {
		return found.key, found.err
	}
	select {
	case found := <-waiting:
		waiting <- found // for the next one
		return found.key, found.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// lookup returns what is known of a certificate, or else where it will come; it has it
// fetched where nobody does.
func (c *certificates) lookup(address string) (found certificate, waiting chan certificate, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, known := c.known[address]; known && c.now().Before(found.until) {
		return found, nil, nil
	}
	if waiting := c.fetching[address]; waiting != nil {
		return found, waiting, nil
	}
	if len(c.fetching) >= maxFetches {
		return found, nil, errFetching
	}
	waiting = make(chan certificate, 1)
	if c.fetching == nil {
		c.known, c.fetching = map[string]certificate{}, map[string]chan certificate{}
	}
	c.fetching[address] = waiting
	go func() { // it ends by the limits of get; the request that began it may end before
		found := c.fetch(context.Background(), address)
		c.keep(address, found)
		waiting <- found
	}()
	return found, waiting, nil
}

// keep remembers what was fetched. Where there is no more room, failures go first: a
// stranger's requests must not drive out the certificate in use.
func (c *certificates) keep(address string, found certificate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.fetching, address)
	if len(c.known) >= maxCertificates {
		maps.DeleteFunc(c.known, func(_ string, k certificate) bool { return k.err != nil })
	}
	if len(c.known) >= maxCertificates {
		clear(c.known)
	}
	c.known[address] = found
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
