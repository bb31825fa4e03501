package schedule

import "time"

// Backoff gives growing waits after failures in a row: Min, then twice as long each
// time, up to Max.
type Backoff struct {
	Min, Max time.Duration

	next time.Duration
}

// Next is how long to wait after one more failure.
func (b *Backoff) Next() time.Duration {
	wait := max(b.next, b.Min)
	b.next = min(2*wait, b.Max)
	return wait
}

// Reset begins anew after a success.
func (b *Backoff) Reset() { b.next = 0 }
