package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"testing"
)

// Proxies write the visitor's address with and without a port.
func TestForwardedFor(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for forwarded, want := range map[string]string{
		"203.0.113.9":                 "203.0.113.9",
		"203.0.113.9:51234":           "203.0.113.9",
		"2001:db8::1":                 "2001:db8::1",
		"[2001:db8::1]:51234":         "2001:db8::1",
		"[2001:db8::1]":               "2001:db8::1",
		"::ffff:203.0.113.9":          "203.0.113.9",
		"198.51.100.1, 203.0.113.9:1": "203.0.113.9", // the visitor wrote the first
		"203.0.113.9:1, 127.0.0.1:2":  "203.0.113.9",
		"unknown":                     "127.0.0.1",
		"203.0.113.9:99999":           "127.0.0.1",
		"":                            "127.0.0.1",
	} {
		r := &http.Request{RemoteAddr: "127.0.0.1:40000", Header: http.Header{"X-Forwarded-For": {forwarded}}}
		if got := clientAddr(r, proxies).String(); got != want {
			t.Errorf("%q: %s, want %s", forwarded, got, want)
		}
	}
	r := &http.Request{RemoteAddr: "203.0.113.7:40000", Header: http.Header{"X-Forwarded-For": {"198.51.100.1:1"}}}
	if got := clientAddr(r, proxies).String(); got != "203.0.113.7" {
		t.Errorf("a stranger is believed: %s", got)
	}
	socket := context.WithValue(t.Context(), http.LocalAddrContextKey, &net.UnixAddr{Name: "/run/bantin/web.sock", Net: "unix"})
	r = (&http.Request{RemoteAddr: "@", Header: http.Header{"X-Forwarded-For": {"198.51.100.1, 203.0.113.9"}}}).WithContext(socket)
	if got := clientAddr(r, proxies).String(); got != "203.0.113.9" {
		t.Errorf("over a unix socket: %s", got)
	}
}
