package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"bantin"
)

// ClientNetwork is the unit of rate limits: the /24 of an IPv4 address or the /64
// of an IPv6 address, which one customer has. proxies are the peers whose
// X-Forwarded-For is trusted.
func ClientNetwork(r *http.Request, proxies []netip.Prefix) string {
	return clientPrefix(r, proxies, 24, 64)
}

// WiderNetwork is the /16 of an IPv4 address or the /48 of an IPv6 address: a customer
// may rent many small networks, and few such ones.
func WiderNetwork(r *http.Request, proxies []netip.Prefix) string {
	return clientPrefix(r, proxies, 16, 48)
}

func clientPrefix(r *http.Request, proxies []netip.Prefix, v4, v6 int) string {
	ip := clientAddr(r, proxies)
	bits := v6
	if ip.Is4() {
		bits = v4
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// clientAddr is the address that the request came from. Behind trusted proxies it
// is the last hop of X-Forwarded-For that is no trusted proxy: anyone may have
// written the hops before it.
func clientAddr(r *http.Request, proxies []netip.Prefix) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip := parseIP(host)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	trusted := fromSocket(r) || isProxy(ip, proxies)
	for _, hop := range slices.Backward(hops) {
		from := parseIP(strings.TrimSpace(hop))
		if !trusted || !from.IsValid() {
			break
		}
		ip, trusted = from, isProxy(from, proxies)
	}
	return ip
}

// fromSocket reports whether a request came over a unix socket, whose mode says who may
// connect: a proxy.
func fromSocket(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && local.Network() == "unix"
}

// parseIP reads an address, with a port behind it as some proxies write it, or in brackets.
func parseIP(text string) netip.Addr {
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		with, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}
		}
		ip = with.Addr()
	}
	return ip.Unmap().WithZone("")
}

func isProxy(ip netip.Addr, proxies []netip.Prefix) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// CanonicalMailbox is the unit of rate limits for addresses: without the detail
// after a +, and without the dots that Gmail ignores, since all these lead to one
// mailbox.
func CanonicalMailbox(address string) string {
	local, domain, _ := strings.Cut(bantin.AddressKey(address), "@")
	local, _, _ = strings.Cut(local, "+")
	if domain == "gmail.com" || domain == "googlemail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}
