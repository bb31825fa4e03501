package web

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bantin/mailer"
	"bantin/mailer/webhook"
)

const (
	signingKey = "khóa ký của tài khoản này"
	brevoToken = "một mã dài chỉ hai bên biết"
	contactKey = "0102030405060708090a0b0c0d0e0f10"
)

// withWebhooks is the site with the webhooks of Mailgun and Brevo.
func (s *testSite) withWebhooks(t *testing.T) *httptest.Server {
	t.Helper()
	s.site.Webhooks = map[string]*Webhook{}
	for name, secret := range map[string]string{"mailgun": signingKey, "brevo": brevoToken} {
		kind, _ := webhook.KindOf(name)
		p, err := kind.New(webhook.Options{Secret: secret, Now: s.now})
		if err != nil {
			t.Fatal(err)
		}
		s.site.Webhooks[name] = &Webhook{Provider: p, BusyStatus: kind.BusyStatus}
	}
	server := httptest.NewServer(New(s.site))
	t.Cleanup(server.Close)
	return server
}

// ours is what our mail carried: the detail of a return path, as a tag.
func (s *testSite) ours(t testing.TB) string {
	t.Helper()
	address, err := s.tokens.VERP("b@example.org", contactKey, mailer.EditionCode("hang-tuan", time.Unix(0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	_, detail, _ := strings.Cut(strings.TrimSuffix(address, "@example.org"), "+")
	return strings.ReplaceAll(detail, ".", "-")
}

// mailgunRequest is a request that Mailgun signed.
func (s *testSite) mailgunRequest(token, id, tag string) string {
	stamp := fmt.Sprint(s.now().Unix())
	mac := hmac.New(sha256.New, []byte(signingKey))
	mac.Write([]byte(stamp + token))
	return fmt.Sprintf(`{"signature": {"timestamp": %q, "token": %q, "signature": %q}, "event-data":
		{"id": %q, "event": "complained", "recipient": "lan@phutho.example", "user-variables": {"bantin": %q}}}`,
		stamp, token, hex.EncodeToString(mac.Sum(nil)), id, tag)
}

// postClient keeps its connections.
var postClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func post(t testing.TB, address, body string, header ...string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := postClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

func (s *testSite) waiting(t *testing.T) int {
	t.Helper()
	list, err := s.store.ReturnEvents().Waiting(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// What a provider reports of our mail is stored before it is answered; what is not the
// provider's, not of today or not ours is not.
func TestWebhooks(t *testing.T) {
	s := newTestSite(t)
	server := s.withWebhooks(t)
	mailgun, brevo := server.URL+"/returns/mailgun", server.URL+"/returns/brevo"
	tag := s.ours(t)
	good := s.mailgunRequest("t1", "e1", tag)
	spam := func(tag string) string {
		return fmt.Sprintf(`{"event": "spam", "email": "lan@phutho.example", "ts_event": %d, "X-Mailin-custom": "bantin:%s"}`, s.now().Unix(), tag)
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := io.Copy(z, io.LimitReader(zeros{}, 16<<20)); err != nil {
		t.Fatal(err)
	}
	_ = z.Close()
	stored := 0
	for _, c := range []struct {
		name, address, body string
		header              []string
		status, stored      int
	}{
		{"Mailgun", mailgun, good, nil, 200, 1},
		{"the same again", mailgun, good, nil, 200, 0},
		{"another event under its signature", mailgun, strings.Replace(good, `"e1"`, `"e2"`, 1), nil, 406, 0},
		{"a changed signature", mailgun, strings.Replace(good, `"t1"`, `"t2"`, 1), nil, 403, 0},
		{"of mail that is not ours", mailgun, s.mailgunRequest("t3", "e3", ""), nil, 200, 0},
		{"with a forged tag", mailgun, s.mailgunRequest("t4", "e4", tag[:45]+"a"), nil, 200, 0},
		{"no JSON", mailgun, "event=complained", nil, 400, 0},
		{"10 MB", mailgun, strings.Repeat("x", 10<<20), nil, 413, 0},
		{"a gzip bomb", mailgun, bomb.String(), []string{"Content-Encoding", "gzip"}, 415, 0},
		{"Brevo", brevo, spam(tag), []string{"Authorization", "Bearer " + brevoToken}, 200, 1},
		{"Brevo without the secret", brevo, spam(tag), nil, 403, 0},
		{"a batch of Brevo", brevo, "[" + spam(tag) + "," + strings.Replace(spam(tag), "lan@", "hoa@", 1) + "]", []string{"Authorization", "Bearer " + brevoToken}, 200, 1},
		{"another provider", server.URL + "/returns/ses", good, nil, 404, 0},
		{"from a page", mailgun, s.mailgunRequest("t5", "e5", tag), []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403, 0},
	} {
		stored += c.stored
		if status := post(t, c.address, c.body, c.header...); status != c.status {
			t.Errorf("%s: %d, want %d", c.name, status, c.status)
		}
		if n := s.waiting(t); n != stored {
			t.Errorf("%s: %d events stored, want %d", c.name, n, stored)
			stored = n
		}
	}
	res, err := http.Get(mailgun)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", res.StatusCode)
	}
	s.pass(24 * time.Hour)
	if status := post(t, mailgun, good); status != 403 {
		t.Errorf("yesterday's: %d", status)
	}
	if log := s.log.String(); strings.Contains(log, signingKey) || strings.Contains(log, brevoToken) || strings.Count(log, "webhook request refused") > 4 {
		t.Errorf("the log:\n%s", log)
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A provider tries again what could not be stored, each in its own way: Brevo throws away
// what is answered by 503.
func TestWebhooksThatCannotBeStored(t *testing.T) {
	s := newTestSite(t)
	server := s.withWebhooks(t)
	request, tag := s.mailgunRequest("t1", "e1", s.ours(t)), s.ours(t)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	if status := post(t, server.URL+"/returns/mailgun", request); status != http.StatusServiceUnavailable {
		t.Errorf("Mailgun: %d", status)
	}
	body := fmt.Sprintf(`{"event": "spam", "email": "lan@phutho.example", "ts_event": %d, "X-Mailin-custom": "bantin:%s"}`, s.now().Unix(), tag)
	if status := post(t, server.URL+"/returns/brevo", body, "Authorization", "Bearer "+brevoToken); status != http.StatusTooManyRequests {
		t.Errorf("Brevo: %d", status)
	}
}
