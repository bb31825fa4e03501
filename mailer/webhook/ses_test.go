package webhook

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testTopic = "arn:aws:sns:ap-southeast-1:123456789012:bantin"
	snsHost   = "https://sns.ap-southeast-1.amazonaws.com"
	certURL   = snsHost + "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
)

// sns stands in for SNS: its key, its certificate server, and what was asked of it.
type sns struct {
	key   *rsa.PrivateKey
	mu    sync.Mutex
	asked []string
	down  bool
	until time.Time
}

func newSNS(t testing.TB) *sns {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &sns{key: key, until: testNow().Add(24 * time.Hour)}
}

func (s *sns) get(_ context.Context, address string) ([]byte, error) {
	s.mu.Lock()
	s.asked = append(s.asked, address)
	s.mu.Unlock()
	if strings.Contains(address, "/SimpleNotificationService-dead") {
		return nil, errors.New("not found")
	}
	if s.down {
		return nil, errors.New("no route to host")
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: testNow().Add(-time.Hour), NotAfter: s.until}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, s.key.Public(), s.key)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), err
}

func (s *sns) open(t testing.TB) Provider {
	t.Helper()
	p, err := newSES(Options{TopicARN: testTopic, Now: testNow, Get: s.get})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// notification is a message of SNS with an event, not signed yet.
func notification(event []byte) snsMessage {
	subject := "Amazon SES Email Event Notification"
	return snsMessage{Type: "Notification", MessageId: "m-1", TopicArn: testTopic, Message: string(event), Subject: &subject,
		Timestamp: testNow().UTC().Format(time.RFC3339), SignatureVersion: "1", SigningCertURL: certURL}
}

// sign signs a message as SNS does and writes its JSON.
func (s *sns) sign(t testing.TB, m snsMessage) string {
	t.Helper()
	hash, sum := crypto.SHA1, sha1.Sum([]byte(m.canonical()))
	digest := sum[:]
	if m.SignatureVersion == "2" {
		long := sha256.Sum256([]byte(m.canonical()))
		hash, digest = crypto.SHA256, long[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, hash, digest)
	if err != nil {
		t.Fatal(err)
	}
	m.Signature = base64.StdEncoding.EncodeToString(signature)
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// The text that is signed is that of the documentation, for both types of message.
func TestSNSCanonical(t *testing.T) {
	m := notification([]byte("Xin chào"))
	want := "Message\nXin chào\nMessageId\nm-1\nSubject\nAmazon SES Email Event Notification\nTimestamp\n" + m.Timestamp + "\nTopicArn\n" + testTopic + "\nType\nNotification\n"
	if got := m.canonical(); got != want {
		t.Errorf("%q", got)
	}
	m.Subject = nil
	if strings.Contains(m.canonical(), "Subject") {
		t.Error("a subject that is not there is signed")
	}
	m.Type, m.SubscribeURL, m.Token = "SubscriptionConfirmation", "https://x", "tk"
	want = "Message\nXin chào\nMessageId\nm-1\nSubscribeURL\nhttps://x\nTimestamp\n" + m.Timestamp + "\nToken\ntk\nTopicArn\n" + testTopic + "\nType\nSubscriptionConfirmation\n"
	if got := m.canonical(); got != want {
		t.Errorf("%q", got)
	}
}

func TestSNSNotification(t *testing.T) {
	bounced := payload(t, "ses-bounce-permanent")
	s, stranger := newSNS(t), newSNS(t)
	hook := s.open(t)
	with := func(change func(m *snsMessage)) string {
		m := notification(bounced)
		change(&m)
		return s.sign(t, m)
	}
	for _, c := range []struct {
		name, body string
		events     int
		err        error
	}{
		{"version 1", with(func(*snsMessage) {}), 1, nil},
		{"version 2", with(func(m *snsMessage) { m.SignatureVersion = "2" }), 1, nil},
		{"without a subject", with(func(m *snsMessage) { m.Subject = nil }), 1, nil},
		{"a delivery", s.sign(t, notification(payload(t, "ses-delivery"))), 0, nil},
		{"an open", s.sign(t, notification(payload(t, "ses-open"))), 0, nil},
		{"the first message of SES", s.sign(t, notification([]byte("Successfully validated SNS topic for Amazon SES event publishing."))), 0, nil},
		{"the end of the subscription", with(func(m *snsMessage) { m.Type = "UnsubscribeConfirmation" }), 0, nil},

		{"another account's topic", with(func(m *snsMessage) { m.TopicArn = strings.Replace(testTopic, "1234", "9999", 1) }), 0, ErrForeign},
		{"of yesterday", with(func(m *snsMessage) { m.Timestamp = testNow().Add(-24 * time.Hour).UTC().Format(time.RFC3339) }), 0, ErrForeign},
		{"a stolen signature", strings.Replace(with(func(*snsMessage) {}), "user unknown", "no such user", 1), 0, ErrForeign},
		{"another event under it", strings.Replace(with(func(*snsMessage) {}), `"m-1"`, `"m-2"`, 1), 0, ErrForeign},
		{"a stranger's key", stranger.sign(t, notification(bounced)), 0, ErrForeign},
		{"version 3", with(func(m *snsMessage) { m.SignatureVersion = "3" }), 0, ErrForeign},
		{"version 1 told as 2", strings.Replace(with(func(*snsMessage) {}), `"SignatureVersion":"1"`, `"SignatureVersion":"2"`, 1), 0, ErrForeign},
		{"raw delivery", string(bounced), 0, ErrForeign},
		{"no time", with(func(m *snsMessage) { m.Timestamp = "hôm qua" }), 0, ErrMalformed},
		{"no JSON", "Type=Notification", 0, ErrMalformed},
		{"deep", strings.Repeat("[", 100000), 0, ErrMalformed},
	} {
		events, err := hook.Open(t.Context(), nil, []byte(c.body))
		if len(events) != c.events || !errors.Is(err, c.err) {
			t.Errorf("%s: %d events, %v; want %d, %v", c.name, len(events), err, c.events, c.err)
		}
	}
	if len(s.asked) != 1 {
		t.Errorf("the certificate was fetched %d times", len(s.asked))
	}
}

// Only SNS of the topic's own region is asked for a certificate.
func TestSNSCertificateAddress(t *testing.T) {
	s := newSNS(t)
	hook := s.open(t)
	path := strings.TrimPrefix(certURL, snsHost)
	for _, address := range []string{
		"http://sns.ap-southeast-1.amazonaws.com" + path, "https://sns.us-east-1.amazonaws.com" + path, "https://example.org" + path,
		"https://sns.ap-southeast-1.amazonaws.com.example.org" + path, "https://sns.ap-southeast-1.amazonaws.com@example.org" + path,
		"https://u:p@sns.ap-southeast-1.amazonaws.com" + path, "https://sns.ap-southeast-1.amazonaws.com:8443" + path,
		"https://SNS.ap-southeast-1.amazonaws.com.evil" + path, snsHost + "/?Action=x&a=" + path, snsHost + path + "?x=1", snsHost + "/cert.pem",
		"https://bucket.s3.amazonaws.com" + path, "", "::",
	} {
		m := notification(payload(t, "ses-complaint"))
		m.SigningCertURL = address
		if _, err := hook.Open(t.Context(), nil, []byte(s.sign(t, m))); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if len(s.asked) > 0 {
		t.Errorf("asked %q", s.asked)
	}
}

// A certificate server that does not answer is asked again after a minute; until then
// requests are temporary failures. One that is not valid is refused.
func TestSNSCertificateServer(t *testing.T) {
	s := newSNS(t)
	now := testNow()
	s.down = true
	hook, err := newSES(Options{TopicARN: testTopic, Now: func() time.Time { return now }, Get: s.get})
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(s.sign(t, notification(payload(t, "ses-complaint"))))
	for range 3 {
		if _, err := hook.Open(t.Context(), nil, body); err == nil || errors.Is(err, ErrForeign) || errors.Is(err, ErrMalformed) {
			t.Fatalf("want a temporary failure: %v", err)
		}
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %d times in a minute", len(s.asked))
	}
	s.down, now = false, now.Add(failureAge)
	if events, err := hook.Open(t.Context(), nil, body); err != nil || len(events) != 1 {
		t.Errorf("%d events, %v", len(events), err)
	}
	s.until = testNow()
	if _, err := s.open(t).Open(t.Context(), nil, body); !errors.Is(err, ErrForeign) {
		t.Errorf("an expired certificate: %v", err)
	}
}

// A stranger who names certificates that are not there does not drive out the one in use.
func TestSNSForeignCertificates(t *testing.T) {
	s := newSNS(t)
	hook := s.open(t)
	good := []byte(s.sign(t, notification(payload(t, "ses-complaint"))))
	for i := range 30 {
		m := notification(payload(t, "ses-complaint"))
		m.SigningCertURL = fmt.Sprintf("%s/SimpleNotificationService-dead%028x.pem", snsHost, i)
		if _, err := hook.Open(t.Context(), nil, []byte(s.sign(t, m))); err == nil {
			t.Fatal("a certificate that is not there")
		}
		if events, err := hook.Open(t.Context(), nil, good); err != nil || len(events) != 1 {
			t.Fatalf("%d events, %v", len(events), err)
		}
	}
	if len(s.asked) != 31 {
		t.Errorf("asked %d times, want once for each", len(s.asked))
	}
	// Many requests at once ask once.
	s = newSNS(t)
	hook = s.open(t)
	good = []byte(s.sign(t, notification(payload(t, "ses-complaint"))))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := hook.Open(t.Context(), nil, good); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(s.asked) != 1 {
		t.Errorf("asked %d times for one certificate", len(s.asked))
	}
}

// The subscription of the topic is confirmed, once SNS's signature is checked, and at SNS
// alone.
func TestSNSSubscription(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		err     error
	}{
		"SNS":           {snsHost + "/?Action=ConfirmSubscription&TopicArn=" + testTopic + "&Token=abc", nil},
		"another host":  {"https://example.org/?Action=ConfirmSubscription&TopicArn=" + testTopic + "&Token=abc", ErrForeign},
		"another act":   {snsHost + "/?Action=DeleteTopic&TopicArn=" + testTopic, ErrForeign},
		"another topic": {snsHost + "/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:ap-southeast-1:999999999999:x&Token=abc", ErrForeign},
		"inside":        {"https://127.0.0.1/?Action=ConfirmSubscription&TopicArn=" + testTopic, ErrForeign},
	} {
		s := newSNS(t)
		m := notification([]byte("You have chosen to subscribe"))
		m.Type, m.SubscribeURL, m.Token = "SubscriptionConfirmation", c.address, "abc"
		events, err := s.open(t).Open(t.Context(), nil, []byte(s.sign(t, m)))
		if len(events) != 0 || !errors.Is(err, c.err) {
			t.Errorf("%s: %d events, %v", name, len(events), err)
		}
		if confirmed := len(s.asked) == 2 && s.asked[1] == c.address; confirmed != (c.err == nil) {
			t.Errorf("%s: asked %q", name, s.asked)
		}
	}
	for _, topic := range []string{"", "bantin", "arn:aws:sns:ap-southeast-1:123:bantin", "arn:aws:sns:evil.example/:123456789012:x"} {
		if _, err := newSES(Options{TopicARN: topic}); err == nil {
			t.Errorf("topic %q", topic)
		}
	}
}
