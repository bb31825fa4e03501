package doctor

import (
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"
)

// checkDMARC asks for the policy of the sender's domain, and whether a message passes it:
// by a signature or a return path whose domain is aligned with it (RFC 7489 3.1).
func checkDMARC(ctx context.Context, o *Options) Finding {
	if o.Mail == nil {
		return noMail()
	}
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	from := domain(o.Mail.From)
	policy, at, err := o.dmarcPolicy(ctx, from)
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return failed(words("%s không có bản ghi DMARC", "%s has no DMARC record", from), record("_dmarc."+from, "v=DMARC1; p=none"))
	case dmarc.IsTempFail(err):
		return silentDNS("_dmarc."+from, err)
	case err != nil:
		return failed(words("bản ghi DMARC của %s không hợp lệ: %v", "the DMARC record of %s is invalid: %v", at, err), record("_dmarc."+at, "v=DMARC1; p=none"))
	}
	by := o.alignedBy(policy, from)
	if by == "" {
		return failed(words("DMARC của %s không đạt: cả chữ ký DKIM lẫn địa chỉ trả lại đều không thuộc %s", "DMARC of %s does not pass: neither a DKIM signature nor the return path is of %s", at, from),
			words("đặt smtp.dkim với domain: %s, hoặc smtp.bounces ở %[1]s", "set smtp.dkim with domain: %s, or smtp.bounces at %[1]s", from))
	}
	return ok(words("DMARC của %s (p=%s), đạt nhờ %s", "DMARC of %s (p=%s), passed by %s", at, policy.Policy, by))
}

// dmarcPolicy looks up the policy of a domain, else that of its organizational domain. at
// is where it was found.
func (o *Options) dmarcPolicy(ctx context.Context, from string) (policy *dmarc.Record, at string, err error) {
	lookup := &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) {
		return o.resolver().LookupTXT(ctx, strings.TrimSuffix(name, ".")+".")
	}}
	policy, err = dmarc.LookupWithOptions(from, lookup)
	if parent := organization(from); errors.Is(err, dmarc.ErrNoPolicy) && parent != from {
		policy, err = dmarc.LookupWithOptions(parent, lookup)
		return policy, parent, err
	}
	return policy, from, err
}

// alignedBy says what makes a message pass; "" for nothing. A signature comes first, since
// it outlives forwarding.
func (o *Options) alignedBy(policy *dmarc.Record, from string) string {
	for _, key := range o.Mail.Keys {
		if isAligned(key.Domain, from, policy.DKIMAlignment) {
			return "DKIM"
		}
	}
	if isAligned(o.Mail.envelopeDomain(), from, policy.SPFAlignment) {
		return "SPF"
	}
	return ""
}

func isAligned(domain, from string, mode dmarc.AlignmentMode) bool {
	if strings.EqualFold(domain, from) {
		return true
	}
	return mode != dmarc.AlignmentStrict && organization(domain) == organization(from)
}

// organization is the organizational domain (RFC 7489 3.2).
func organization(domain string) string {
	top, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(domain))
	if err != nil {
		return strings.ToLower(domain)
	}
	return top
}
