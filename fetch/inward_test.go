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
