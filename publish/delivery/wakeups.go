package delivery

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// Wakeups has a node deliver. It sends a wakeup for every edition that has work that
// nobody does, and delivers the editions that it is woken for. Each node sweeps, so
// that expired leases, deferred messages that are due again and a queue that lost
// its jobs are found within seconds, by any node that is idle.
type Wakeups struct {
	DB      *store.DB
	Log     *slog.Logger
	Deliver func(ctx context.Context, edition int64) error // delivers what is due now

	queue  queue
	sweep  chan struct{} // notified when this node became idle
	busy   atomic.Bool   // with an edition
	isHeld atomic.Bool   // mailing is held, and that was logged

	mu   sync.Mutex
	sent map[int64]time.Time // the last wakeup of each edition
}

const (
	sweepInterval = time.Second
	// wakeupTimeout is how long a wakeup may go unanswered: its node died, or the queue
	// lost it.
	wakeupTimeout = 3 * time.Second
)

// Run delivers until ctx ends, then finishes the messages in hand. sweep is notified
// when an edition was made. It ends with an error only where this program must not
// send any more.
func (w *Wakeups) Run(ctx context.Context, sweep chan struct{}) error {
	w.sent, w.sweep = map[int64]time.Time{}, sweep
	defer func() {
		if w.queue != nil {
			w.queue.stop()
		}
	}()
	sweeping, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	schedule.Repeat(sweeping, sweepInterval, sweep, func(ctx context.Context) {
		if err := w.sweepOnce(ctx); errors.Is(err, store.ErrNewer) {
			stop(err)
		}
	})
	if cause := context.Cause(sweeping); errors.Is(cause, store.ErrNewer) {
		return cause
	}
	return nil
}

// sweepOnce sends wakeups for what has work, unless this node is busy: then others
// do, or it does when it is idle.
func (w *Wakeups) sweepOnce(ctx context.Context) error {
	err := w.notifyDue(ctx)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	if held := (*HeldError)(nil); errors.As(err, &held) {
		if !w.isHeld.Swap(true) {
			w.Log.Warn("all mailing is held until `bantin deliveries resume`", "why", held.Why)
		}
		return nil
	}
	w.Log.Error("editions with work cannot be read, retrying", "error", err)
	return err
}

func (w *Wakeups) notifyDue(ctx context.Context) error {
	if err := MayMail(ctx, w.DB); err != nil {
		return err
	}
	if w.isHeld.Swap(false) {
		w.Log.Info("mailing resumed")
	}
	if w.queue == nil {
		queue, err := openQueue(ctx, w.DB, w.Log, w.deliver)
		if err != nil {
			return err
		}
		w.queue = queue
	}
	if w.busy.Load() {
		return nil
	}
	if err := w.DB.Nodes().ReclaimDead(ctx); err != nil {
		return err
	}
	editions, err := w.DB.Editions().WithWork(ctx)
	if err != nil {
		return err
	}
	for _, edition := range editions {
		if !w.shouldNotify(edition) {
			continue
		}
		if err := w.queue.notify(ctx, edition); err != nil {
			return err
		}
	}
	return nil
}

// shouldNotify reports whether a wakeup should be sent, and notes that it is.
func (w *Wakeups) shouldNotify(edition int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.sent[edition]) < wakeupTimeout {
		return false
	}
	w.sent[edition] = time.Now()
	return true
}
