package delivery

import (
	"context"
	"sync"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// Rate is a limit of messages a second that all processes on a database keep
// together. It takes a tenth of a second's share from their common budget at a
// time, so that the budget is asked ten times a second at most, and a relay that
// counts by the second never sees more. Notices, which Take, have the next message of
// this process, beside editions, and at most every second one. A nil Rate allows
// everything.
type Rate struct {
	db       *store.DB
	name     string
	interval time.Duration // a message
	block    int           // messages taken at once

	mu            sync.Mutex
	left          int       // of the last block
	begins        time.Time // when its messages may begin
	notices       int       // that wait
	lastWasNotice bool
}

// NewRate shares the budget of that name; nil where perSecond is 0: no limit.
func NewRate(db *store.DB, name string, perSecond float64) *Rate {
	if perSecond == 0 {
		return nil
	}
	return &Rate{db: db, name: name, interval: time.Duration(float64(time.Second) / perSecond), block: max(1, int(perSecond/10))}
}

// noticeTurn is how soon an edition looks again that leaves a message to a notice.
const noticeTurn = 5 * time.Millisecond

// wait is how long it takes until one more message of an edition may begin.
func (r *Rate) wait(now time.Time) time.Duration {
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	wait := r.next(now)
	if wait == 0 && r.notices > 0 && !r.lastWasNotice {
		return noticeTurn
	}
	return wait
}

// next is how long it takes until one more message may begin.
func (r *Rate) next(now time.Time) time.Duration {
	if r.left == 0 && !r.begins.After(now) {
		r.refill(now)
	}
	return max(0, r.begins.Sub(now))
}

// refill takes the next block. A budget that does not answer allows nothing: the
// result of what is sent could not be stored either.
func (r *Rate) refill(now time.Time) {
	const timeout = time.Second
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	wait, err := r.db.Deliveries().SpendBudget(ctx, r.name, r.block, r.interval, 0)
	if err != nil {
		r.begins = now.Add(timeout)
		return
	}
	r.left, r.begins = r.block, now.Add(wait)
}

// spend uses one message that wait allowed.
func (r *Rate) spend() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left, r.lastWasNotice = max(0, r.left-1), false
}

// Take waits until a notice may begin, and spends a message.
func (r *Rate) Take(ctx context.Context) error {
	if r == nil {
		return ctx.Err()
	}
	r.addNotices(1)
	defer r.addNotices(-1)
	for {
		wait := r.take(time.Now())
		if wait == 0 {
			return ctx.Err()
		}
		if err := schedule.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (r *Rate) addNotices(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notices += n
}

// take spends a message for a notice, or tells how long to wait for one. After a
// notice an edition has the next, where one is being sent.
func (r *Rate) take(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if wait := r.next(now); wait > 0 {
		return wait
	}
	if r.lastWasNotice && now.Sub(r.begins) < r.interval {
		return max(noticeTurn, r.interval/100)
	}
	r.left, r.lastWasNotice = max(0, r.left-1), true
	return 0
}
