package collect

import (
	"slices"

	"bantin"
	"bantin/source"
	"bantin/source/extract"
)

// Home is a configured source, as far as it says whose a bulletin is.
type Home struct {
	ID       string
	Aliases  []string
	IsOffice bool   // a folder or mailbox of the office
	URL      string // of a site or feed
}

// Claims of sources on a bulletin, the best last.
const (
	noClaim     = iota // a source that is not configured any more
	claimOfAny         // whichever came first
	claimOffice        // the office's folder or mailbox
	claimOfHost        // the site on whose host its address lies
)

// claim says how good a source's claim is on the bulletin of an address.
func (c *Collector) claim(id, address string) int {
	h := c.home(id)
	switch {
	case h == nil:
		return noClaim
	case h.URL != "" && source.IsSameSite(h.URL, address):
		return claimOfHost
	case h.IsOffice:
		return claimOffice
	}
	return claimOfAny
}

func (c *Collector) home(id string) *Home {
	for i := range c.Homes {
		if h := &c.Homes[i]; h.ID == id || slices.Contains(h.Aliases, id) {
			return h
		}
	}
	return nil
}

// sameText says that two sources which name one address tell the same: three fifths of
// what either says is in the other. A feed has a summary of what its site says whole.
func sameText(before, after *bantin.Bulletin) bool {
	const enough = 0.6
	return max(extract.Similar(words(before), words(after)), extract.Similar(words(after), words(before))) >= enough
}
