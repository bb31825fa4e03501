package syndicate

import (
	"sync"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// pageCache keeps the archive pages that were asked for lately. The zero value is
// empty and ready.
type pageCache struct {
	mu      sync.Mutex
	byPath  lru[string, cachedPage]
	changes int // how often something was taken off

	making sync.Mutex // one page is made at a time: a reader who wants all gets them one by one
}

type cachedPage struct {
	document *feed.Document
	run      store.SeqRange // of a numbered page
	version  string         // of its archivePage
}

// Bounds of what is kept: pages, and bytes beyond the last page. A numbered
// page has a hundred bulletins at most, a month as many as there were.
const (
	maxCachedPages     = 64
	maxCachedPageBytes = 48 << 20
)

func (p *cachedPage) size() int { return len(p.document.Body) + len(p.document.Gzip) }

// get gives the page at path, and makes it where it is not there or has
// another version.
func (c *pageCache) get(path, version string, make func() (*feed.Document, store.SeqRange, error)) (*feed.Document, error) {
	if document, _ := c.look(path, version); document != nil {
		return document, nil
	}
	c.making.Lock()
	defer c.making.Unlock()
	document, changes := c.look(path, version) // another may have made it meanwhile
	if document != nil {
		return document, nil
	}
	document, run, err := make()
	if err != nil {
		return nil, err
	}
	c.put(path, cachedPage{document, run, version}, changes)
	return document, nil
}

func (c *pageCache) look(path, version string) (document *feed.Document, changes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if page, ok := c.byPath.get(path); ok && page.version == version {
		document = page.document
	}
	return document, c.changes
}

// put keeps a page, unless something changed since it was begun: it may be of
// before that.
func (c *pageCache) put(path string, page cachedPage, changes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if changes == c.changes {
		c.byPath.put(path, page, page.size(), maxCachedPages, maxCachedPageBytes)
	}
}

// drop takes off the pages that bulletins are in or were in.
func (c *pageCache) drop(changed []bantin.Bulletin) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.byPath.dropIf(func(page *cachedPage) bool { return holds(page.run, changed) })
}

// clear takes off all.
func (c *pageCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.byPath = lru[string, cachedPage]{}
}

func holds(run store.SeqRange, changed []bantin.Bulletin) bool {
	for i := range changed {
		if seq := changed[i].Seq; seq > run.After && seq <= run.UpTo {
			return true
		}
	}
	return false
}
