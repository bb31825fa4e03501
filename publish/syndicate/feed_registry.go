package syndicate

import (
	"slices"
	"sync"

	"bantin"
)

// feedRegistry is what is known of the feeds that are published. The one goroutine
// that builds feeds writes it, any may read it. The zero value is empty and ready.
type feedRegistry struct {
	mu    sync.Mutex
	list  []bantin.Feed           // in the order of the configuration
	feeds map[string]archivedFeed // by id
}

// archivedFeed is what must be known of a feed to serve its archives.
type archivedFeed struct {
	feed    bantin.Feed
	tags    [][]string
	born    string
	pages   int          // how many are numbered
	history bantin.Month // the latest that has history, which is the newest page behind the numbered ones
}

func (p *feedRegistry) all() []bantin.Feed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.list)
}

func (p *feedRegistry) setAll(list []bantin.Feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = list
}

func (p *feedRegistry) feed(id string) (archivedFeed, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, ok := p.feeds[id]
	return d, ok
}

func (p *feedRegistry) setFeed(d archivedFeed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.feeds == nil {
		p.feeds = map[string]archivedFeed{}
	}
	p.feeds[d.feed.ID] = d
}
