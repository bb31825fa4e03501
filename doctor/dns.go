package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"bantin"
)

// dnsTimeout is how long the DNS is asked by one check.
const dnsTimeout = 9 * time.Second

// resolver asks the name server that was given, else those of the system.
func (o *Options) resolver() *net.Resolver {
	if o.Resolver == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, o.Resolver)
	}}
}

// isMissing reports whether the DNS answered that there is no such record.
func isMissing(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// noMail is the finding where no mail is sent.
func noMail() Finding {
	return skipped(words("không có smtp: không gửi thư", "there is no smtp: no mail is sent"))
}

// silentDNS is the finding where the DNS does not answer about a name.
func silentDNS(name string, err error) Finding {
	return Finding{Status: Skipped,
		What: words("không hỏi được DNS về %s (%v)", "the DNS does not answer about %s (%v)", name, err),
		Hint: words("xem mạng và /etc/resolv.conf của máy này, hoặc hỏi máy chủ khác với --resolver", "check the network and /etc/resolv.conf of this machine, or ask another server with --resolver")}
}

// relayAddresses resolves the mail server's name.
func (o *Options) relayAddresses(ctx context.Context) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(o.Mail.Host); err == nil {
		return []netip.Addr{ip.Unmap()}, nil
	}
	list, err := o.resolver().LookupNetIP(ctx, "ip", o.Mail.Host)
	for i := range list {
		list[i] = list[i].Unmap()
	}
	return list, err
}

// ownAddresses are the addresses of this machine.
func (o *Options) ownAddresses() []netip.Addr {
	if o.Addresses != nil {
		return o.Addresses()
	}
	var list []netip.Addr
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range all {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			list = append(list, prefix.Addr().Unmap())
		}
	}
	return list
}

// isPublic reports whether others can see mail come from an address.
func isPublic(ip netip.Addr) bool {
	shared := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598: behind a provider's NAT
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !shared.Contains(ip)
}

// sendsItself reports whether the mail server is this machine, so that mail comes from
// its public addresses.
func (o *Options) sendsItself(relay []netip.Addr) (itself bool, public []netip.Addr) {
	own := o.ownAddresses()
	for _, ip := range relay {
		itself = itself || ip.IsLoopback()
		for _, mine := range own {
			itself = itself || ip == mine
		}
	}
	for _, ip := range own {
		if isPublic(ip) {
			public = append(public, ip)
		}
	}
	return itself, public
}

// record says how a TXT record is to be published.
func record(name, text string) bantin.Words {
	return words("ghi vào DNS: %s. IN TXT \"%s\"", "publish in the DNS: %s. IN TXT \"%s\"", name, text)
}
