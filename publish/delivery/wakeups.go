package delivery

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bantin"
	"bantin/schedule"
	"bantin/store"
)

// bells rings for every edition that has work nobody does, and answers when it
// is rung for: together they are how a node delivers. Each node sweeps, so that
// expired leases, deferred messages that are due again and a queue that lost its
// jobs are found within seconds, by whoever is idle.
type Wakeups struct {
	DB      *store.DB
	Log     *slog.Logger
	Deliver func(ctx context.Context, edition int64) error // delivers what is due now
	idle    func()                                         // it has just ended: sweep
	queue   queue
	busy    atomic.Bool // with an edition
	warned  atomic.Bool // that mailing is held

	mu   sync.Mutex
	rung map[int64]time.Time // of each edition, and when
}

const (
	lookAtEditions = time.Second
	// ringAgain is how long a bell may go unheard: its node died, or the queue lost it.
	ringAgain = 3 * time.Second
)

// run delivers until ctx ends, then finishes the messages in hand. wake is rung
// when an edition was made. It ends with an error only where this program must
// not send any more.
func (b *Wakeups) Run(ctx context.Context, wake chan struct{}) error {
	b.rung, b.idle = map[int64]time.Time{}, func() { schedule.Notify(wake) }
	defer func() {
		if b.queue != nil {
			b.queue.stop()
		}
	}()
	sweeping, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	schedule.Repeat(sweeping, lookAtEditions, wake, func(ctx context.Context) {
		if err := b.sweep(ctx); errors.Is(err, store.ErrNewer) {
			stop(err)
		}
	})
	if cause := context.Cause(sweeping); errors.Is(cause, store.ErrNewer) {
		return cause
	}
	return nil
}

// sweep rings for what has work, unless this node is busy: then others do, or
// it does when it is idle.
func (b *Wakeups) sweep(ctx context.Context) error {
	err := b.lookAround(ctx)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	if held := (*HeldError)(nil); errors.As(err, &held) {
		if !b.warned.Swap(true) {
			b.Log.Warn("all mailing is held: nothing is sent until `bantin deliveries resume`", "why", held.Why)
		}
		return nil
	}
	b.Log.Error("deliveries cannot be looked after; trying again", "error", err)
	return err
}

func (b *Wakeups) lookAround(ctx context.Context) error {
	if err := MayMail(ctx, b.DB); err != nil {
		return err
	}
	if b.warned.Swap(false) {
		b.Log.Info("mailing goes on")
	}
	if b.queue == nil {
		queue, err := openQueue(ctx, b.DB, b.Log, b.answer)
		if err != nil {
			return err
		}
		b.queue = queue
	}
	if b.busy.Load() {
		return nil
	}
	if err := b.DB.Nodes().ReclaimDead(ctx); err != nil {
		return err
	}
	editions, err := b.DB.Editions().WithWork(ctx)
	if err != nil {
		return err
	}
	for _, edition := range editions {
		if !b.due(edition) {
			continue
		}
		if err := b.queue.ring(ctx, edition); err != nil {
			return err
		}
	}
	return nil
}

// due reports whether a bell should ring, and notes that it does.
func (b *Wakeups) due(edition int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.rung[edition]) < ringAgain {
		return false
	}
	b.rung[edition] = time.Now()
	return true
}

// answer works what a bell rang for.
func (b *Wakeups) answer(ctx context.Context, edition int64) {
	b.busy.Store(true)
	err := WhileMailing(ctx, b.DB, func(ctx context.Context) error { return b.Deliver(ctx, edition) })
	b.busy.Store(false)
	if err != nil && ctx.Err() == nil {
		if !errors.Is(err, bantin.ErrHeld) { // that is told already
			b.Log.Error("an edition cannot be delivered; trying again", "error", err)
		}
		return // the bell rings again in a while
	}
	b.mu.Lock()
	delete(b.rung, edition)
	b.mu.Unlock()
	b.idle()
}
