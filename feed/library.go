package feed

import (
	"net/http"
	"slices"
	"sync"
)

// Library holds documents by path and serves them. Its zero value is empty and
// ready; it may be used by any number of goroutines.
type Library struct {
	mu   sync.RWMutex
	docs map[string]*Document
}

// Put makes d the document at path. Requests under way finish with the old one.
func (l *Library) Put(path string, d *Document) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.docs == nil {
		l.docs = make(map[string]*Document)
	}
	l.docs[path] = d
}

// Get gives the document at path, or nil.
func (l *Library) Get(path string) *Document {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.docs[path]
}

// Paths lists all paths in order.
func (l *Library) Paths() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	paths := make([]string, 0, len(l.docs))
	for p := range l.docs {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// ServeHTTP answers for the document at the request's path.
func (l *Library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := l.Get(r.URL.Path)
	if d == nil {
		http.Error(w, "Không có nguồn tin nào ở địa chỉ này. Xem danh sách ở /feeds.\n"+
			"There is no feed at this address. See the list at /feeds.", http.StatusNotFound)
		return
	}
	d.ServeHTTP(w, r)
}
