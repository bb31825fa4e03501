package config

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"regexp"
	"strings"
)

// dnsName reports whether text is a name in the DNS: labels of RFC 1123 2.1.
func dnsName(text string) bool {
	const label = `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`
	return len(text) <= 253 && regexp.MustCompile(`(?i)^`+label+`(\.`+label+`)*$`).MatchString(text)
}

func (k *checker) domain(text *string, path string) {
	if !dnsName(*text) || !strings.Contains(*text, ".") {
		k.wrong(path, "%q không phải tên miền", "%q is not a domain", both("viết như example.org; chữ có dấu viết dạng xn--…", "write it as example.org; non-ASCII letters as xn--…"))
	}
}

func (k *checker) selector(text *string, path string) {
	if !dnsName(*text) {
		k.wrong(path, "%q không dùng được làm selector", "%q cannot be a selector", both("chữ a–z, số, dấu gạch ngang, như s1", "letters a–z, digits and hyphens, such as s1"))
	}
}

// MaxBounceLocalPart is the greatest length, in octets, of the local part of
// smtp.bounces: its suffix needs the other 47 of 64 (RFC 5321 4.5.3.1.1).
const MaxBounceLocalPart = 17

func (k *checker) bounces(text *string, path string) {
	k.address(text, path)
	local, domain, _ := strings.Cut(*text, "@")
	switch {
	case domain != "" && !dnsName(domain):
		k.wrong(path, "%q: tên miền chỉ được có ASCII", "%q: the domain must be ASCII", both("viết dạng xn--…", "write it as xn--…"))
	case len(local) > MaxBounceLocalPart:
		k.report.add(k.at(path), both("phần trước @ dài %d ký tự, nhiều nhất là %d", "the part before the @ has %d characters; the limit is %d", len(local), MaxBounceLocalPart),
			both("sau nó còn một dấu + và 46 ký tự cho mỗi thư", "a + and 46 more characters are added for each message"))
	}
}

// dkim checks the signing keys.
func (k *checker) dkim(s *SMTP) {
	for i := range s.DKIM {
		d, path := &s.DKIM[i], fmt.Sprintf("smtp.dkim[%d]", i)
		if _, err := os.Stat(d.KeyFile); d.KeyFile == "" || err != nil {
			continue // it was reported
		}
		k.dkimKey(d, under(path, "key_file"))
		if from, err := mail.ParseAddress(s.From); err == nil && !aligned(from.Address, d.Domain) {
			k.report.warn(k.at(under(path, "domain")), both("%q không phải tên miền của from (%s)", "%q is not the domain of from (%s)", k.at(under(path, "domain")).raw, k.at("smtp.from").raw),
				both("Gmail và các nơi khác chỉ tính chữ ký của chính tên miền người gửi (DMARC)", "Gmail and others count only a signature of the sender's own domain (DMARC)"))
		}
	}
}

func (k *checker) dkimKey(d *DKIM, path string) {
	key, err := d.Key()
	if wrong := (*keyError)(nil); errors.As(err, &wrong) {
		raw := k.at(path).raw
		k.report.add(k.at(path), joined(both("tệp khóa %q: ", "the key file %q: ", raw), wrong.message), wrong.hint)
		return
	}
	if rsaKey, ok := key.(*rsa.PrivateKey); ok && rsaKey.N.BitLen() < recommendedRSABits {
		k.report.warn(k.at(path), both("khóa RSA %d bit là yếu", "an RSA key of %d bits is weak", rsaKey.N.BitLen()), both("RFC 8301 muốn %d", "RFC 8301 recommends %d", recommendedRSABits))
	}
	if info, err := os.Stat(d.KeyFile); err == nil && info.Mode().Perm()&0o004 != 0 {
		k.report.warn(k.at(path), both("ai trên máy này cũng đọc được tệp khóa", "everyone on this machine can read the key"), both("chmod 600 %s", "chmod 600 %s", k.at(path).raw))
	}
}

// aligned reports whether the address is of the domain or one below it.
func aligned(address, domain string) bool {
	_, of, _ := strings.Cut(strings.ToLower(address), "@")
	domain = strings.ToLower(domain)
	return of == domain || strings.HasSuffix(of, "."+domain)
}
