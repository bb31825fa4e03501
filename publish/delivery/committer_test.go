package delivery

import (
	"testing"
	"testing/synctest"
	"time"
)

// A flush waits for a quarter of the connections, and not long for it.
func TestFlushWaitsForABatch(t *testing.T) {
	for _, test := range []struct {
		name        string
		connections int
		since       time.Duration   // the last flush began
		come        []time.Duration // more results
		batch       int
		took        time.Duration
	}{
		{"others come", 16, 0, []time.Duration{100, 200, 300, 400}, 4, 300 * time.Microsecond},
		{"some come", 16, 0, []time.Duration{100, 200, 2000}, 3, flushInterval},
		{"a flush was long ago", 16, flushInterval, []time.Duration{100, 200, 300}, 1, 0},
		{"a while ago", 16, flushInterval - 150*time.Microsecond, []time.Duration{100, 200}, 2, 150 * time.Microsecond},
		{"few connections", 8, 0, []time.Duration{100, 200, 300}, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCommitter(nil, nil, nil, func() int { return test.connections }, func() bool { return false })
				c.lastFlush = time.Now().Add(-test.since)
				start := time.Now()
				for _, at := range test.come {
					go func() {
						time.Sleep(at * time.Microsecond)
						c.queue <- pendingResult{}
					}()
				}
				batch := c.waitForBatch(pendingResult{})
				if took := time.Since(start); len(batch) != test.batch || took != test.took {
					t.Errorf("%d results after %v, want %d after %v", len(batch), took, test.batch, test.took)
				}
				for range len(test.come) + 1 - len(batch) {
					<-c.queue
				}
			})
		})
	}
}
