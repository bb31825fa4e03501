package bounce

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// names are addresses and domains that stand for somebody, in lower case.
type names map[string]bool

// newNames takes addresses, with their domains, and domains.
func newNames(list []string) names {
	n := names{}
	for _, name := range list {
		name = strings.ToLower(name)
		n[name] = true
		if domain := domainOf(name); domain != "" {
			n[domain] = true
		}
	}
	return n
}

// namedIn returns the name of n that a text uses; "" where it names none, or names one
// of the recipient's addresses or domains too.
func (n names) namedIn(text string, recipients ...string) string {
	found := ""
	for _, address := range findAddresses(text) {
		switch {
		case containsAddress(recipients, address):
			return ""
		case n[strings.ToLower(address)] || n[domainOf(strings.ToLower(address))]:
			found = address
		}
	}
	for _, domain := range domainsIn(text) {
		switch {
		case isDomainOf(domain, recipients):
			return ""
		case n[domain] && found == "":
			found = domain
		}
	}
	if isDomainOf(domainOf(found), recipients) && !n[strings.ToLower(found)] {
		return "" // somebody else of an organization that has both
	}
	return found
}

// foreignDomain returns a domain that a text names where it names none of the
// recipient's; else "".
func foreignDomain(text string, recipients ...string) string {
	list := domainsIn(text)
	for _, address := range findAddresses(text) {
		if !containsAddress(recipients, address) {
			list = append(list, domainOf(strings.ToLower(address)))
		}
	}
	for _, domain := range list {
		if isDomainOf(domain, recipients) {
			return ""
		}
	}
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// isDomainOf reports whether a domain is that of one of the addresses, or lies above or
// below it.
func isDomainOf(domain string, addresses []string) bool {
	return slices.ContainsFunc(addresses, func(address string) bool {
		own := domainOf(strings.ToLower(address))
		return own != "" && domain != "" && (domain == own || strings.HasSuffix(domain, "."+own) || strings.HasSuffix(own, "."+domain))
	})
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// domainsIn returns the domains that a reply speaks of, in lower case: not those of
// links, and not hosts in brackets or with their IP address, which systems add to any
// reply.
func domainsIn(text string) []string {
	var list []string
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if len(list) == maxAddresses || strings.ContainsAny(word, "@[(/\\") {
			continue
		}
		if _, value, ok := strings.Cut(word, "="); ok {
			word = value
		}
		if word = strings.Trim(word, `.,;:'"<>!?`+"`"); isDomainName(word) {
			list = append(list, word)
		}
	}
	return list
}

// isDomainName tells names of domains from "denied.please" and "resolver.adr.notfound".
func isDomainName(word string) bool {
	if !strings.Contains(word, ".") || strings.ContainsFunc(word, func(r rune) bool {
		return r < 0x80 && !isDomainChar(byte(r))
	}) {
		return false
	}
	switch word[strings.LastIndexByte(word, '.')+1:] {
	case "example", "test", "invalid", "local", "internal", "lan":
		return true
	}
	_, known := publicsuffix.PublicSuffix(word)
	return known
}

// reply is the server's own words: from its reply code to the end of the paragraph.
func (e *evidence) reply() string {
	text, _, _ := strings.Cut(e.diagnostic, "\n\n")
	if _, said, ok := strings.Cut(text, " said: "); ok {
		text = said
	}
	return text[:min(len(text), 500)]
}
