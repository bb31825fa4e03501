package web

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"bantin"
	"bantin/store"
)

// Limits of what a form may mail. They allow an office behind one address to sign up,
// and keep anyone from being flooded with mail, from however many networks.
const (
	maxPerNetwork      = 20  // an hour, from the network of one customer
	maxPerWiderNetwork = 100 // an hour, from the networks around it
	maxPerMailbox      = 3   // a day, to one mailbox
	maxMoves           = 3   // a day, of one contact's address

	// Beyond these, which are more than a busy day brings, mail waits.
	maxPerDomain = 50  // to one receiving domain, in a window
	maxInAll     = 100 // in a window
	delayWindow  = 10 * time.Minute
)

// strangerLimits are the limits of a mail to an address that a visitor entered.
func (s *site) strangerLimits(r *http.Request, address string) store.RequestLimits {
	return store.RequestLimits{
		Refuse: []store.RequestLimit{
			s.limit("network", ClientNetwork(r, s.TrustedProxies), maxPerNetwork, time.Hour),
			s.limit("wider network", WiderNetwork(r, s.TrustedProxies), maxPerWiderNetwork, time.Hour),
		},
		Ignore: []store.RequestLimit{s.limit("mailbox", CanonicalMailbox(address), maxPerMailbox, 24*time.Hour)},
		Delay: []store.RequestLimit{
			s.limit("domain", receivingDomain(address), maxPerDomain, delayWindow),
			s.limit("all", "", maxInAll, delayWindow),
		},
	}
}

// moveLimits are those of a contact who wants mail at another address.
func (s *site) moveLimits(r *http.Request, contactKey, address string) store.RequestLimits {
	limits := s.strangerLimits(r, address)
	limits.Refuse = append(limits.Refuse, s.limit("move", contactKey, maxMoves, 24*time.Hour))
	return limits
}

// receivingDomain is the registrable domain of an address: its owner has any name
// under it.
func receivingDomain(address string) string {
	_, domain, _ := strings.Cut(bantin.AddressKey(address), "@")
	registered, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return registered
}

func (s *site) limit(kind, value string, most int, window time.Duration) store.RequestLimit {
	return store.RequestLimit{Key: s.Tokens.RateLimitKey(kind, value), Max: most, Window: window}
}
