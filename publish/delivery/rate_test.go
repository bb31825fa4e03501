package delivery

import (
	"sync"
	"testing"
	"time"
)

// However many nodes send, together they keep the rate.
func TestRateIsShared(t *testing.T) {
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
