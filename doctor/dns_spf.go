package doctor

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"blitiri.com.ar/go/spf"
)

// checkSPF asks whether the domain of the return paths names the mail server (RFC 7208).
// A relay may send from other addresses than it takes mail at, so that one which is not
// named is a fault only where this machine sends itself.
func checkSPF(ctx context.Context, o *Options) Finding {
	if o.Mail == nil {
		return noMail()
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	domain := o.Mail.envelopeDomain()
	texts, err := o.resolver().LookupTXT(ctx, domain+".")
	if err != nil && !isMissing(err) {
		return silentDNS(domain, err)
	}
	var records []string
	for _, text := range texts {
		if version, _, _ := strings.Cut(text, " "); strings.EqualFold(version, "v=spf1") {
			records = append(records, text)
		}
	}
	switch {
	case len(records) == 0:
		return failed(words("%s không có bản ghi SPF", "%s has no SPF record", domain), record(domain, "v=spf1 mx a:"+o.Mail.Host+" ~all"))
	case len(records) > 1:
		return failed(words("%s có %d bản ghi SPF: bên nhận coi như không có bản ghi nào", "%s has %d SPF records: receivers use none of them", domain, len(records)),
			words("gộp chúng thành một bản ghi v=spf1", "merge them into one record v=spf1"))
	}
	return o.spfNamesRelay(ctx, domain, records[0])
}

func (o *Options) spfNamesRelay(ctx context.Context, domain, text string) Finding {
	relay, err := o.relayAddresses(ctx)
	if err != nil && !isMissing(err) {
		return silentDNS(o.Mail.Host, err)
	}
	itself, public := o.sendsItself(relay)
	known := itself && len(public) > 0
	if known {
		relay = public
	}
	worst := spf.Pass
	for _, ip := range relay {
		result, err := o.spfResult(ctx, ip, domain)
		switch result {
		case spf.PermError:
			return failed(words("bản ghi SPF của %s không hợp lệ: %v", "the SPF record of %s is invalid: %v", domain, err),
				words("sửa bản ghi: %s", "correct the record: %s", text))
		case spf.TempError:
			return silentDNS(domain, err)
		case spf.Pass:
			if !known {
				return ok(words("SPF của %s cho phép %s (%s)", "the SPF record of %s names %s (%s)", domain, o.Mail.Host, ip))
			}
		default:
			worst = result
		}
	}
	if worst == spf.Pass && len(relay) > 0 {
		return ok(words("SPF của %s cho phép máy này", "the SPF record of %s names this machine", domain))
	}
	return spfLeavesOut(o.Mail.Host, domain, text, relay, known)
}

func (o *Options) spfResult(ctx context.Context, ip netip.Addr, domain string) (spf.Result, error) {
	return spf.CheckHostWithSender(net.IP(ip.AsSlice()), domain, "bantin@"+domain, spf.WithContext(ctx), spf.WithResolver(o.resolver()))
}

// spfLeavesOut is the finding where the record names none of the addresses. known says
// that the mail comes from them.
func spfLeavesOut(host, domain, text string, from []netip.Addr, known bool) Finding {
	what := words("SPF của %s (%s) không nêu %s", "the SPF record of %s (%s) does not name %s", domain, text, addressList(host, from))
	if known || strings.EqualFold(strings.Join(strings.Fields(text), " "), "v=spf1 -all") {
		return failed(what, words("thêm các địa chỉ ấy vào bản ghi, như ip4:… hoặc a:%s", "add them to the record, as ip4:… or a:%s", host))
	}
	return warning(what, words("nếu nơi chuyển thư gửi từ địa chỉ khác, hãy xem hướng dẫn của họ; nếu không, thêm a:%s vào bản ghi", "if the relay sends from other addresses, see its instructions; if not, add a:%s to the record", host))
}

func addressList(host string, list []netip.Addr) string {
	var texts []string
	for _, ip := range list {
		texts = append(texts, ip.String())
	}
	if len(texts) == 0 {
		return host
	}
	return host + " (" + strings.Join(texts, ", ") + ")"
}

// byPreference orders MX records.
func byPreference(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) }

var _ spf.DNSResolver = (*net.Resolver)(nil)
