package delivery

import (
	"bantin/internal/testneed"
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bantin/schedule"
)

// However many nodes send, together they keep the rate.
func TestRateIsShared(t *testing.T) {
	testneed.Long(t, "takes seconds")
	t.Parallel()
	o := newOffice(t)
	const perSecond, nodes, each = 100, 3, 40
	start := time.Now()
	var working sync.WaitGroup
	for range nodes {
		working.Go(func() {
			r := NewRate(o.DB, "smtp", perSecond)
			for range each {
				if err := r.Take(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	working.Wait()
	// What a node takes at once, a tenth of a second's share, may come on top.
	const least = (nodes*each - nodes*perSecond/10) * time.Second / perSecond
	if took := time.Since(start); took < least {
		t.Errorf("%d messages took %s, at least %s", nodes*each, took, least)
	}
	if r := NewRate(o.DB, "smtp", 0); r.wait(time.Now()) != 0 {
		t.Error("no rate is no limit")
	}
}

// Beside an edition that uses the whole rate a notice has the next message, and
// notices have every second one at most.
func TestNoticesComeNext(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const perSecond, notices = 8, 8 // slow enough for a machine that is busy
	r := NewRate(o.DB, "smtp", perSecond)
	ctx, stop := context.WithCancel(t.Context())
	var edition, between atomic.Int64
	var mu sync.Mutex
	var working sync.WaitGroup
	for range 8 { // as workers do
		working.Go(func() {
			for ctx.Err() == nil {
				mu.Lock() // as the dispatcher does
				wait := r.wait(time.Now())
				if wait == 0 {
					r.spend()
					edition.Add(1)
				}
				mu.Unlock()
				_ = schedule.Sleep(ctx, wait)
			}
		})
	}
	for range notices {
		before := edition.Load()
		if err := r.Take(t.Context()); err != nil {
			t.Error(err)
		}
		between.Add(edition.Load() - before)
	}
	stop()
	working.Wait()
	// One of the edition between two notices, and what other workers had begun.
	if n := between.Load(); n < notices-1 || n > notices*8 {
		t.Errorf("%d messages of the edition went between %d notices", n, notices)
	}
}
