package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"bantin"
)

// network is what limits count visitors by: the /24 of an IPv4 address, the /64
// of an IPv6 one, which is what one customer has.
func (s *site) network(r *http.Request) string {
	ip := s.visitor(r)
	bits := 64
	if ip.Is4() {
		bits = 24
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// visitor is the address that the request came from. Where that is a proxy of
// ours it is the last that the proxies did not add themselves: what stands
// before it anybody may have written.
func (s *site) visitor(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip := parseIP(host)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.isProxy(ip) {
			break
		}
		from := parseIP(strings.TrimSpace(hop))
		if !from.IsValid() {
			break
		}
		ip = from
	}
	return ip
}

func parseIP(text string) netip.Addr {
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap().WithZone("")
}

func (s *site) isProxy(ip netip.Addr) bool {
	return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// mailboxOf is what limits count addresses by: without what stands behind a +,
// and without the dots that Gmail does not look at, since all these are one
// person's mailbox.
func mailboxOf(address string) string {
	local, domain, _ := strings.Cut(bantin.AddressKey(address), "@")
	local, _, _ = strings.Cut(local, "+")
	if domain == "gmail.com" || domain == "googlemail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}
