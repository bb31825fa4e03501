package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A site outside that sends us in: its own host is let through here as if it
// were public, and the redirect meets the same guard as any address.
func TestRedirectInward(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
	}))
	defer site.Close()
	c := New(Options{MaxAttempts: 1})
	transport := c.http.Transport.(*http.Transport)
	guarded := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "ngoai.example.org:80" {
			return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(site.URL, "http://"))
		}
		return guarded(ctx, network, address)
	}
	_, err := c.Get(t.Context(), Request{URL: "http://ngoai.example.org/"})
	var inner *InnerError
	if !errors.As(err, &inner) || inner.Address != "169.254.169.254" {
		t.Errorf("%v", err)
	}
}

// What is allowed inside is one host and port, also where it sends us on.
func TestPrivateURL(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "nội bộ") }))
	defer other.Close()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/toi":
			http.Redirect(w, r, "/den", http.StatusFound)
		case "/ngoai":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/ten-khac":
			http.Redirect(w, r, strings.Replace("http://"+r.Host, "127.0.0.1", "localhost", 1), http.StatusFound)
		}
		fmt.Fprint(w, "tin")
	}))
	defer site.Close()
	c := New(Options{MaxAttempts: 1, PrivateURL: site.URL + "/tin"})
	for _, url := range []string{site.URL, site.URL + "/toi"} {
		if res, err := c.Get(t.Context(), Request{URL: url}); err != nil || string(res.Body) != "tin" {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{other.URL, site.URL + "/ngoai", site.URL + "/ten-khac"} {
		_, err := c.Get(t.Context(), Request{URL: url})
		var inner *InnerError
		if !errors.As(err, &inner) || inner.Allowed != strings.TrimPrefix(site.URL, "http://") {
			t.Errorf("%s: %v", url, err)
		}
		if words := NewSiteError(err).Words; !strings.Contains(words.EN, inner.Allowed) || !strings.Contains(words.VI, inner.Allowed) {
			t.Errorf("%s: %+v", url, words)
		}
	}
}

func TestHostPort(t *testing.T) {
	for address, want := range map[string]string{
		"http://noi-bo.example/tin": "noi-bo.example:80", "https://NOI-BO.example": "noi-bo.example:443", "http://[fd00::1]:8080/": "[fd00::1]:8080",
		"https://khuyếnhọc.example": "xn--khuynhc-7t4cye.example:443", "imaps://a@thu.example": "", "%": "", "": "",
	} {
		if got := hostPort(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestInner(t *testing.T) {
	for _, public := range []string{"8.8.8.8", "2606:4700::1111", "2002:808:808::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "192.1.2.3", "2400:cb00::1"} {
		if isInner(public) {
			t.Errorf("%s is public", public)
		}
	}
	for _, inside := range []string{"", "không phải", "127.1.2.3", "::", "::127.0.0.1", "2001:db8::1", "fec0::1", "192.0.0.8", "::ffff:10.0.0.1", "fe80::1%eth0",
		"::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::808:808", "2002:a00:1::", "2001::1", "4000::1", "5f00::1", "100::1", "3fff::1"} {
		if !isInner(inside) {
			t.Errorf("%s is not public", inside)
		}
	}
}

// Pictures lie on many hosts: what is known of each is forgotten when it says
// nothing any more.
func TestHostsAreForgotten(t *testing.T) {
	c := New(Options{})
	asks := c.host("kien-nhan.example")
	asks.delayUntil(time.Now().Add(time.Hour))
	busy := c.host("ban.example")
	busy.turn <- struct{}{}
	for i := range 3 * maxHosts {
		c.host(fmt.Sprintf("%d.example", i))
	}
	if n := len(c.hosts); n > maxHosts+1 {
		t.Errorf("%d hosts are remembered", n)
	}
	if c.host("kien-nhan.example") != asks || c.host("ban.example") != busy {
		t.Error("a host that asked for patience, or is being asked, was forgotten")
	}
}
