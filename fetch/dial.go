package fetch

import (
	"context"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/idna"
)

// dial makes the function that connects: to the public Internet, and inside the network
// to what the options allow.
func (o *Options) dial() func(ctx context.Context, network, address string) (net.Conn, error) {
	open := &net.Dialer{Timeout: 15 * time.Second}
	if o.AllowPrivate {
		return open.DialContext
	}
	allowed := hostPort(o.PrivateURL)
	guarded := &net.Dialer{Timeout: open.Timeout, Control: func(_, address string, _ syscall.RawConn) error { return refuseInner(address, allowed) }}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		// What is compared is what a request names, before its name is resolved: another
		// name of the same machine is another host.
		if allowed != "" && strings.EqualFold(address, allowed) {
			return open.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
}

// hostPort is the host and port that requests to an address connect to, or "".
func hostPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		host = u.Hostname()
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	case u.Scheme == "http":
		port = "80"
	default:
		return ""
	}
	return net.JoinHostPort(host, port)
}

// refuseInner checks host:port as the dialer has resolved it.
func refuseInner(address, allowed string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || isInner(host) {
		return &InnerError{Address: host, Allowed: allowed}
	}
	return nil
}
