package bounce

import (
	"regexp"
	"strings"
)

// Gateways write an Internet address inside one of their own kind:
//
//	X.400     /DDA:RFC-822=lan(a)example.org/C=VN/…   RFC 2156 4.3
//	          c=VN;a= ;p=HOI;dda:SMTP=lan@example.org;
//	Exchange  IMCEASMTP-lan+40example+2Eorg@relay.example.net
var (
	domainDefined = regexp.MustCompile(`(?i)dda[:.](?:rfc-?822|smtp)=([^;/]+)`)
	encapsulated  = regexp.MustCompile(`(?i)^<?imceasmtp-([^@]+)@`)
	hexPair       = regexp.MustCompile(`\+[0-9A-Fa-f]{2}`)
)

// unwrapped returns the Internet address inside an address of another kind, else the
// value as it is.
func unwrapped(value string) string {
	if m := domainDefined.FindStringSubmatch(value); m != nil {
		return strings.NewReplacer("(a)", "@", "(A)", "@", "(p)", "%", "(u)", "_", "(q)", `"`).Replace(strings.TrimSpace(m[1]))
	}
	if m := encapsulated.FindStringSubmatch(value); m != nil {
		return hexPair.ReplaceAllStringFunc(m[1], func(pair string) string {
			return string([]byte{byte(unhex(pair[1])<<4 | unhex(pair[2]))})
		})
	}
	return value
}
