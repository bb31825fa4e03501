package fetch

import (
	"net/netip"
	"slices"
)

// isInner reports whether an address is not of the public Internet but in the
// registries of special addresses (RFC 6890 and its updates). An address that cannot
// be parsed counts as inner.
func isInner(text string) bool {
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
	if addr.Is6() && !globalUnicast().Contains(addr) {
		return true
	}
	return slices.ContainsFunc(specialPrefixes(), func(p netip.Prefix) bool { return p.Contains(addr) })
}

// globalUnicast is the part of IPv6 that is assigned (RFC 4291 2.4). The rest is
// unassigned, or leads to IPv4 addresses of the network.
func globalUnicast() netip.Prefix { return netip.MustParsePrefix("2000::/3") }

// specialPrefixes are special addresses that net/netip takes for public.
func specialPrefixes() []netip.Prefix {
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
