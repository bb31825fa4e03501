package fetch

import (
	"net/netip"
	"slices"
)

// inner reports whether an address is not one of the public Internet: those of
// the registries of special addresses (RFC 6890 and its updates). What cannot
// be read counts as inner.
func inner(text string) bool {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return true
	}
	addr = addr.Unmap().WithZone("")
	if v4, ok := embedded(addr); ok {
		addr = v4
	}
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return true // unspecified, loopback, link-local, multicast, RFC 1918, ULA
	}
	if addr.Is6() && !given().Contains(addr) {
		return true
	}
	return slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(addr) })
}

// given is what of IPv6 has been given out (RFC 4291 2.4): all the rest is nobody's,
// or leads to IPv4 addresses of the network by ways of its own.
func given() netip.Prefix { return netip.MustParsePrefix("2000::/3") }

// special lists what net/netip takes for public.
func special() []netip.Prefix {
	var list []netip.Prefix
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "3fff::/20",
	} {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}

// embedded gives the IPv4 address that an IPv6 address leads to: by NAT64
// (RFC 6052) or 6to4 (RFC 3056).
func embedded(addr netip.Addr) (netip.Addr, bool) {
	if !addr.Is6() {
		return addr, false
	}
	b := addr.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case netip.MustParsePrefix("2002::/16").Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return addr, false
}
