package feed

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Library holds documents by path and serves them. Its zero value is empty and
// ready; it may be used by any number of goroutines.
type Library struct {
	mu        sync.RWMutex
	docs      map[string]*Document
	otherwise http.Handler

	unpacked []string      // paths whose documents have no Brotli and zstd copies yet
	others   []*Document   // that stand elsewhere and have none
	bell     chan struct{} // rings when there are some; made when first needed
}

// Put makes d the document at path. Requests under way finish with the old one.
func (l *Library) Put(path string, d *Document) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.docs == nil {
		l.docs = make(map[string]*Document)
	}
	l.docs[path] = d
	if !slices.Contains(l.unpacked, path) {
		l.unpacked = append(l.unpacked, path)
	}
	l.wake()
}

// maxQueuedPages bounds the queue of documents that are not the library's own.
const maxQueuedPages = 32

// QueueCompression has a document packed that is not in the library, once all that are in
// it are. Where too many wait, the oldest stays as it is.
func (l *Library) QueueCompression(d *Document) {
	if d.isCompressed() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.Contains(l.others, d) {
		return
	}
	l.others = append(l.others[max(0, len(l.others)+1-maxQueuedPages):], d)
	l.wake()
}

// wake wakes the compressor; the caller holds the lock.
func (l *Library) wake() {
	select {
	case l.wakeup() <- struct{}{}:
	default: // it rings already
	}
}

// wakeup gives the channel that wakes the compressor; the caller holds the lock.
func (l *Library) wakeup() chan struct{} {
	if l.bell == nil {
		l.bell = make(chan struct{}, 1)
	}
	return l.bell
}

// CompressQueued makes the Brotli and zstd copies of what is put, one document after the
// other, until ctx ends. A daemon runs it; without it documents are served
// plain and in gzip. When all is coded the memory that it took is given back.
func (l *Library) CompressQueued(ctx context.Context) {
	l.mu.Lock()
	bell := l.wakeup()
	l.mu.Unlock()
	var idle <-chan time.Time
	for ctx.Err() == nil {
		if d := l.nextUncompressed(); d != nil {
			d.Compress()
			idle = time.After(compressorIdle)
			continue
		}
		select {
		case <-ctx.Done():
		case <-bell:
		case <-idle:
			runtime.GC() // what a sync.Pool keeps goes at the second collection
			debug.FreeOSMemory()
			idle = nil
		}
	}
}

// compressorIdle is how long after the last document no more is waited for. The tables
// of encoders are ten times what a daemon needs that has nothing to do.
const compressorIdle = 5 * time.Second

func (l *Library) nextUncompressed() *Document {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.unpacked) == 0 {
		return l.nextQueued()
	}
	path := l.unpacked[0]
	l.unpacked = l.unpacked[1:]
	return l.docs[path]
}

func (l *Library) nextQueued() *Document {
	if len(l.others) == 0 {
		return nil
	}
	d := l.others[0]
	l.others = l.others[1:]
	return d
}

// SetFallback has h answer for paths that hold no document.
func (l *Library) SetFallback(h http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.otherwise = h
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
	l.mu.RLock()
	d, otherwise := l.docs[r.URL.Path], l.otherwise
	l.mu.RUnlock()
	switch {
	case d != nil:
		d.ServeHTTP(w, r)
	case otherwise != nil:
		otherwise.ServeHTTP(w, r)
	default:
		ServeNotFound(w)
	}
}

// ServeNotFound says where the feeds are.
func ServeNotFound(w http.ResponseWriter) {
	http.Error(w, "Không có nguồn tin nào ở địa chỉ này. Xem danh sách ở /feeds.\n"+
		"There is no feed at this address. See the list at /feeds.", http.StatusNotFound)
}

// ServeGone says that a feed has ended for good. Readers stop asking on this, and
// most never ask again: it must not be said by mistake.
func ServeGone(w http.ResponseWriter) {
	http.Error(w, "Nguồn tin này đã ngừng hẳn, xin bỏ theo dõi. Các nguồn tin hiện có ở /feeds.\n"+
		"This feed has ended for good; please unsubscribe. The feeds there are now are listed at /feeds.", http.StatusGone)
}
