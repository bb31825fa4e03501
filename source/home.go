package source

import (
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// IsSameSite reports whether two addresses are of one site: of one registrable domain,
// whatever their scheme and subdomain. Numbered hosts must be equal, with their ports.
func IsSameSite(a, b string) bool {
	site := siteOf(a)
	return site != "" && site == siteOf(b)
}

func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return strings.ToLower(u.Host)
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// formerKey is the key that earlier versions of the program made of an address: they
// dropped routes. It is "" where that is the same.
func formerKey(address string) string {
	page, _, route := strings.Cut(address, "#")
	if !route {
		return ""
	}
	return "url:" + page
}
