package publish

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// Whoever sends, and however many they are: together they keep the rate.
func TestRateIsShared(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const perSecond, nodes, each = 100, 3, 20
	var mu sync.Mutex
	var sent []time.Time
	var working sync.WaitGroup
	for range nodes {
		working.Go(func() {
			r := NewRate(o.db, "smtp", perSecond)
			for range each {
				if err := r.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				sent = append(sent, time.Now())
				mu.Unlock()
			}
		})
	}
	working.Wait()
	slices.SortFunc(sent, time.Time.Compare)
	// What a node has taken and not used, a tenth of a second's share, may come on top.
	const most = perSecond/2 + nodes*perSecond/10
	for i, at := range sent {
		n := 0
		for _, later := range sent[i:] {
			if later.Sub(at) < time.Second/2 {
				n++
			}
		}
		if n > most {
			t.Fatalf("%d messages in half a second from the one at %d", n, i)
		}
	}
	if took := sent[len(sent)-1].Sub(sent[0]); took < nodes*each*time.Second/perSecond*7/10 {
		t.Errorf("%d messages took %s", nodes*each, took)
	}
	if r := NewRate(o.db, "smtp", 0); r.room(time.Now()) != 0 {
		t.Error("no rate is no limit")
	}
}
