package delivery

import (
	"context"
	"sync"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// Rate is a number of messages a second that all processes on a database keep
// together. It takes a tenth of a second's share from their common budget at a
// time, so that the budget is asked ten times a second at most, and a relay
// that counts by the second never sees more. A nil Rate allows everything.
type Rate struct {
	db    *store.DB
	name  string
	every time.Duration // a message
	block int           // messages taken at once

	mu   sync.Mutex
	left int       // of the last block
	from time.Time // when its messages may begin
}

// NewRate shares the budget of that name; nil where perSecond is 0: no limit.
func NewRate(db *store.DB, name string, perSecond float64) *Rate {
	if perSecond == 0 {
		return nil
	}
	return &Rate{db: db, name: name, every: time.Duration(float64(time.Second) / perSecond), block: max(1, int(perSecond/10))}
}

// room is how long it takes until one more message may begin.
func (r *Rate) room(now time.Time) time.Duration {
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left == 0 && !r.from.After(now) {
		r.ask(now)
	}
	return max(0, r.from.Sub(now))
}

// ask takes the next block. A budget that cannot be asked allows nothing: what
// is sent could not be noted either.
func (r *Rate) ask(now time.Time) {
	const patience = time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	wait, err := r.db.Deliveries().SpendBudget(ctx, r.name, r.block, r.every, 0)
	if err != nil {
		r.from = now.Add(patience)
		return
	}
	r.left, r.from = r.block, now.Add(wait)
}

// take uses what room allowed.
func (r *Rate) take() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = max(0, r.left-1)
}

// Wait takes one when it may begin.
func (r *Rate) Wait(ctx context.Context) error {
	for {
		wait := r.room(time.Now())
		if wait == 0 {
			r.take()
			return ctx.Err()
		}
		if err := schedule.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}
