package doctor

import (
	"context"
	"slices"

	"bantin"
)

// checkMX asks whether mail to the sender's domains can arrive: replies and what is
// returned (RFC 5321 5.1).
func checkMX(ctx context.Context, o *Options) Finding {
	if o.Mail == nil {
		return noMail()
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	domains := []string{domain(o.Mail.From)}
	if d := o.Mail.envelopeDomain(); !slices.Contains(domains, d) {
		domains = append(domains, d)
	}
	var good []bantin.Words
	for _, d := range domains {
		f := o.mxOf(ctx, d)
		if f.Status != OK {
			return f
		}
		good = append(good, f.What)
	}
	return ok(join(good...))
}

func (o *Options) mxOf(ctx context.Context, domain string) Finding {
	hint := words("thêm bản ghi MX của %s trỏ tới máy chủ nhận thư, để thư trả lời và thư trả lại tới nơi", "add an MX record for %s that names the server that receives its mail, so that replies and returned mail arrive", domain)
	hosts, err := o.resolver().LookupMX(ctx, domain+".")
	switch {
	case isMissing(err):
		return warning(words("%s không có bản ghi MX", "%s has no MX record", domain), hint)
	case err != nil:
		return silentDNS(domain, err)
	case len(hosts) == 1 && hosts[0].Host == ".": // RFC 7505
		return warning(words("%s cho biết không nhận thư nào (MX rỗng)", "%s says that it accepts no mail (null MX)", domain), hint)
	}
	first := slices.MinFunc(hosts, byPreference)
	if _, err := o.resolver().LookupNetIP(ctx, "ip", first.Host); isMissing(err) {
		return warning(words("MX của %s là %s, một tên không có trong DNS", "the MX of %s is %s, a name that the DNS does not know", domain, first.Host), hint)
	}
	return ok(words("thư tới %s được nhận ở %s", "mail to %s is received by %s", domain, first.Host))
}
