package contact

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"bantin"
)

// AddressError says why an address cannot be mailed to.
type AddressError struct {
	Address string
	Words   bantin.Words
}

func (e *AddressError) Error() string { return fmt.Sprintf("address %q: %s", e.Address, e.Words.EN) }

// The limits of RFC 5321 4.5.3.1, in octets.
const (
	maxLocal   = 64
	maxDomain  = 255
	maxAddress = 254 // a path has 256 with its angle brackets
)

// AsStored is an address as imports and commands store it, with its domain in ASCII; one
// that is none stays as it is.
func AsStored(address string) string {
	if stored, err := ParseAddress(address); err == nil {
		return stored
	}
	return address
}

// ParseAddress checks an address that somebody wrote into a list: one address
// without a name, a plain local part, a domain with a dot. What mail programs and
// links put around an address is taken off. A domain in letters
// beyond ASCII is given in its ASCII form (RFC 5891); everything else stays as
// written. A local part beyond ASCII would need SMTPUTF8 (RFC 6531) on the whole
// way and is refused.
//
// The error is an *[AddressError].
func ParseAddress(raw string) (string, error) {
	refuse := func(vi, en string) (string, error) {
		return "", &AddressError{raw, words(vi, en)}
	}
	address := bare(raw)
	at := strings.LastIndexByte(address, '@')
	switch {
	case address == "":
		return refuse("thiếu địa chỉ", "there is no address")
	case strings.ContainsAny(address, "<>"):
		return refuse("chỉ ghi địa chỉ, không kèm tên", "write the address alone, without a name")
	case strings.ContainsAny(address, ",;"), strings.Count(address, "@") > 1:
		return refuse("nhiều địa chỉ trong một ô", "more than one address")
	case strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\u00a0' }):
		return refuse("có khoảng trắng trong địa chỉ", "there is a blank in the address")
	case at <= 0 || at == len(address)-1:
		return refuse("không phải địa chỉ thư điện tử", "not an e-mail address")
	}
	local, domain := address[:at], address[at+1:]
	if !ascii(local) {
		return refuse("phần trước @ có chữ ngoài ASCII (cần SMTPUTF8), chưa gửi được",
			"letters beyond ASCII before the @ need SMTPUTF8, which is not supported")
	}
	domain, ok := asciiDomain(domain)
	if !ok {
		return refuse("tên miền sau @ không hợp lệ", "the domain behind the @ is not valid")
	}
	if len(local) > maxLocal || len(domain) > maxDomain || len(local)+1+len(domain) > maxAddress {
		return refuse("địa chỉ quá dài", "the address is too long")
	}
	address = local + "@" + domain
	if dotAtom(local) {
		return address, nil
	}
	// What net/mail reads otherwise than it is written (quotes, comments) is refused.
	if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address || parsed.Name != "" {
		return refuse("không phải địa chỉ thư điện tử", "not an e-mail address")
	}
	return address, nil
}

// bare takes off what stands around one address where it was copied from a mail
// program, a text or a link: blanks, signs behind it, angle brackets, mailto:.
func bare(raw string) string {
	address := strings.TrimSpace(strings.TrimRight(strings.TrimSpace(raw), ",;. "))
	if inner, found := strings.CutPrefix(address, "<"); found && strings.HasSuffix(inner, ">") {
		address = strings.TrimSpace(strings.TrimSuffix(inner, ">"))
	}
	const link = "mailto:"
	if len(address) > len(link) && strings.EqualFold(address[:len(link)], link) {
		address = address[len(link):]
	}
	return address
}

// dotAtom tells the usual form of a local part (RFC 5322 3.2.3), which needs no
// closer look.
func dotAtom(local string) bool {
	before := byte('.')
	for i := range len(local) {
		c := local[i]
		if c == '.' && before == '.' || c != '.' && !letterDigitHyphen(rune(c)) && strings.IndexByte("_+!#$%&'*/=?^`{|}~", c) < 0 {
			return false
		}
		before = c
	}
	return before != '.'
}

// asciiDomain gives the domain in ASCII. It must have a dot, and no number for
// its last label, so that it is a name and not an IP address.
func asciiDomain(domain string) (string, bool) {
	if !utf8.ValidString(domain) {
		return "", false
	}
	if !ascii(domain) {
		converted, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", false
		}
		domain = converted
	}
	last, labels := "", 0
	for label := range strings.SplitSeq(domain, ".") {
		last, labels = label, labels+1
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(r rune) bool { return !letterDigitHyphen(r) }) {
			return "", false
		}
	}
	return domain, labels > 1 && strings.Trim(last, "0123456789") != ""
}

func letterDigitHyphen(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-'
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
