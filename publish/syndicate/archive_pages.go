package syndicate

import (
	"slices"
	"sync"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// shelf keeps the archive pages that were asked for lately. The zero shelf is
// empty and ready.
type shelf struct {
	mu      sync.Mutex
	pages   map[string]shelved // by path
	order   []string           // of their arrival
	bytes   int
	changes int // how often something was taken off

	making sync.Mutex // one page is made at a time: whoever wants all gets them one by one
}

type shelved struct {
	document *feed.Document
	run      store.SeqRange // of a numbered page
	version  string         // of its leaf
}

// Bounds of what is kept: pages, and bytes beyond the last page. A numbered
// page has a hundred bulletins at most, a month as many as there were.
const (
	shelfSize  = 64
	shelfBytes = 48 << 20
)

func (s *shelved) size() int { return len(s.document.Body) + len(s.document.Gzip) }

// get gives the page at path, and makes it where it is not there or has
// another version.
func (s *shelf) get(path, version string, make func() (*feed.Document, store.SeqRange, error)) (*feed.Document, error) {
	if document, _ := s.look(path, version); document != nil {
		return document, nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	document, changes := s.look(path, version) // another may have made it meanwhile
	if document != nil {
		return document, nil
	}
	document, run, err := make()
	if err != nil {
		return nil, err
	}
	s.put(path, shelved{document, run, version}, changes)
	return document, nil
}

func (s *shelf) look(path, version string) (document *feed.Document, changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if page := s.pages[path]; page.version == version {
		document = page.document
	}
	return document, s.changes
}

// put keeps a page, unless something changed since it was begun: it may be of
// before that.
func (s *shelf) put(path string, page shelved, changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if changes != s.changes {
		return
	}
	if s.pages == nil {
		s.pages = map[string]shelved{}
	}
	s.take(path)
	s.pages[path], s.order, s.bytes = page, append(s.order, path), s.bytes+page.size()
	for len(s.order) > shelfSize || s.bytes > shelfBytes && len(s.order) > 1 {
		s.take(s.order[0])
	}
}

// take takes a page off; the caller holds the lock.
func (s *shelf) take(path string) {
	if page, ok := s.pages[path]; ok {
		delete(s.pages, path)
		s.bytes -= page.size()
		s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == path })
	}
}

// drop takes off the pages that bulletins are in or were in.
func (s *shelf) drop(changed []bantin.Bulletin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	for _, path := range slices.Clone(s.order) {
		if holds(s.pages[path].run, changed) {
			s.take(path)
		}
	}
}

// clear takes off all.
func (s *shelf) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	s.pages, s.order, s.bytes = nil, nil, 0
}

func holds(run store.SeqRange, changed []bantin.Bulletin) bool {
	for i := range changed {
		if seq := changed[i].Seq; seq > run.After && seq <= run.UpTo {
			return true
		}
	}
	return false
}
