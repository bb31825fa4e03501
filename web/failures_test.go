package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bantin/mailer"
)

// What a page has no method for is told on a page, with what there is.
func TestMethods(t *testing.T) {
	s := newTestSite(t)
	for _, tt := range []struct{ method, path, allow string }{
		{"POST", "/", "GET, HEAD"},
		{"POST", "/khong-co", "GET, HEAD"},
		{"POST", "/feeds/tat-ca.rss", "GET, HEAD, OPTIONS"},
		{"DELETE", "/subscribe", "GET, HEAD, POST"},
		{"OPTIONS", "/confirm/x", "GET, HEAD, POST"},
	} {
		res, body := s.do(t, tt.method, tt.path+"?lang=en", "")
		h := res.Header
		if res.StatusCode != 405 || h.Get("Allow") != tt.allow || h.Get("Content-Security-Policy") == "" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %d %v", tt.method, tt.path, res.StatusCode, h)
		}
		wantAll(t, body, `<html lang="en">`, "does not support that method")
	}
}

// Somebody who types a slash too many gets there.
func TestSlashAtTheEnd(t *testing.T) {
	s := newTestSite(t)
	for from, to := range map[string]string{
		"/subscribe/":               "/subscribe",
		"/subscribe/?lang=en":       "/subscribe?lang=en",
		"/digests/hang-tuan/":       "/digests/hang-tuan",
		"/bulletins/t%E1%BA%BFt/":   "/bulletins/t%E1%BA%BFt",
		"/feeds/":                   "/feeds",
		"/feeds/tat-ca/":            "/feeds/tat-ca",
		"/feeds/tinh/phu-tho/?x=%2": "/feeds/tinh/phu-tho?x=%2",
		"/%5Cexample.com/":          "/%5Cexample.com",
	} {
		res, _ := s.do(t, http.MethodGet, from, "")
		if got := res.Header.Get("Location"); res.StatusCode != 301 || got != to {
			t.Errorf("%s leads to %d %q, want %q", from, res.StatusCode, got, to)
		}
	}
	if res, _ := s.do(t, http.MethodGet, "//example.com/", ""); strings.HasPrefix(res.Header.Get("Location"), "//") {
		t.Errorf("a path leads elsewhere: %s", res.Header.Get("Location"))
	}
}

// The words of a failure fit where it happens: a contact who confirms, opens their data or
// asks too often is not told of leaving or of signing up.
func TestFailuresSayWhatToDo(t *testing.T) {
	s, link := office(t)
	wantAll(t, s.get(t, "/confirm/x", 404), "bấm vào liên kết trong đó", "vanphong@example.org")
	wantAll(t, s.get(t, "/confirm/x?lang=en", 404), "follow the link there", "Need help?")
	ended, err := s.tokens.LinkToken(mailer.PurposeAccount, s.mai(t).Key, s.now().Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	wantAll(t, s.get(t, "/preferences/"+ended, 410), "liên kết đến dữ liệu của bạn", "ở cuối một bản tin")
	for range maxPerMailbox {
		s.post(t, link, url.Values{"do": {"link"}})
	}
	res, body := s.post(t, link, url.Values{"do": {"link"}})
	if res.StatusCode != 429 || res.Header.Get("Retry-After") == "" || strings.Contains(body, "đăng ký quá nhiều") {
		t.Errorf("asking too often: %d %v", res.StatusCode, res.Header)
	}
	wantAll(t, body, "hộp thư rác", "vanphong@example.org")
}
