package delivery

import "sync"

// domainSet is a set of receiving domains.
type domainSet struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (s *domainSet) add(domain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	s.seen[domain] = true
}

// hasManyDomains reports whether the edition goes to more than one receiving domain,
// as far as its recipients were read.
func (r *deliveryRun) hasManyDomains() bool {
	r.domains.mu.Lock()
	defer r.domains.mu.Unlock()
	return len(r.domains.seen) > 1
}
