package collect

import (
	"context"
	"errors"
	"sync"
)

// Reads has each source read by one reader of this process at a time: its loop, or somebody
// who asked for it. Other processes (a command, another node) are not known to it. It
// outlives a reload. The zero value is ready, and a nil one holds nobody up.
type Reads struct {
	mu    sync.Mutex
	going map[string]chan struct{} // by source; closed when the read ends
	asked int                      // of them, those that somebody asked for
}

// maxAsked bounds the reads that people ask for, all together.
const maxAsked = 2

// Why a read that somebody asks for does not begin.
var (
	ErrBeingRead = errors.New("the source is being read")
	ErrManyReads = errors.New("other sources are being read")
)

// Ask begins a read that somebody asks for, or gives ErrBeingRead or ErrManyReads.
func (r *Reads) Ask(source string) (end func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.going[source] != nil:
		return nil, ErrBeingRead
	case r.asked >= maxAsked:
		return nil, ErrManyReads
	}
	r.asked++
	done := r.begin(source)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked--
		done()
	}, nil
}

// wait begins a read by schedule when no other one of the source is going on; an error is
// that of ctx.
func (r *Reads) wait(ctx context.Context, source string) (end func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	for {
		r.mu.Lock()
		going := r.going[source]
		if going == nil {
			done := r.begin(source)
			r.mu.Unlock()
			return func() {
				r.mu.Lock()
				defer r.mu.Unlock()
				done()
			}, nil
		}
		r.mu.Unlock()
		select {
		case <-going:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// begin notes a read, and gives what ends it; both with the lock held.
func (r *Reads) begin(source string) (done func()) {
	if r.going == nil {
		r.going = map[string]chan struct{}{}
	}
	ended := make(chan struct{})
	r.going[source] = ended
	return func() {
		delete(r.going, source)
		close(ended)
	}
}
