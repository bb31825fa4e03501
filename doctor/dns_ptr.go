package doctor

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"bantin"
)

// checkPTR asks, where this machine sends itself, whether its addresses have a name that
// leads back to them: receivers refuse mail from others.
func checkPTR(ctx context.Context, o *Options) Finding {
	if o.Mail == nil {
		return noMail()
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	relay, err := o.relayAddresses(ctx)
	if err != nil && !isMissing(err) {
		return silentDNS(o.Mail.Host, err)
	}
	itself, public := o.sendsItself(relay)
	switch {
	case !itself:
		return skipped(words("%s gửi thư ra ngoài, không phải máy này", "%s mails the world, and not this machine", o.Mail.Host))
	case len(public) == 0:
		return skipped(words("máy này không có địa chỉ công khai của riêng nó: PTR của cổng ra mạng mới đáng kể", "this machine has no public address of its own: the PTR record of its gateway counts"))
	}
	var good []bantin.Words
	for _, ip := range public {
		f := o.ptrOf(ctx, ip)
		if f.Status != OK {
			return f
		}
		good = append(good, f.What)
	}
	return ok(join(good...))
}

// ptrOf looks whether an address has a name that has the address.
func (o *Options) ptrOf(ctx context.Context, ip netip.Addr) Finding {
	hint := words("nơi cấp địa chỉ %s (nhà mạng, nơi thuê máy) phải đặt PTR của nó; tên ấy phải trỏ lại về địa chỉ này", "the provider of the address %s must set its PTR record; the name must lead back to the address", ip)
	names, err := o.resolver().LookupAddr(ctx, ip.String())
	switch {
	case isMissing(err):
		return failed(words("địa chỉ %s không có PTR", "the address %s has no PTR record", ip), hint)
	case err != nil:
		return silentDNS(ip.String(), err)
	}
	for _, name := range names {
		back, err := o.resolver().LookupNetIP(ctx, "ip", name)
		if err == nil && slices.ContainsFunc(back, func(b netip.Addr) bool { return b.Unmap() == ip }) {
			return ok(words("%s có tên %s, và tên ấy trỏ lại về nó", "%s is %s, which leads back to it", ip, strings.TrimSuffix(name, ".")))
		}
	}
	return failed(words("PTR của %s là %s, một tên không trỏ lại về địa chỉ ấy", "the PTR record of %s is %s, which does not lead back to it", ip, strings.Join(names, ", ")), hint)
}
