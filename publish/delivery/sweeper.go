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

// Sweeper has a node deliver whatever editions have work. It looks for them each
// second and delivers them side by side; so does every other node, and the ledger
// decides who sends what. Expired leases, deferred messages that are due again and
// what another node made are found in the same way.
type Sweeper struct {
	DB      *store.DB
	Log     *slog.Logger
	Deliver func(ctx context.Context, edition int64) error // delivers what is due now

	isHeld atomic.Bool // mailing is held, and that was logged

	mu       sync.Mutex
	running  map[int64]bool // editions that this node delivers
	delivery sync.WaitGroup
}

// sweepInterval is how often a node looks for work; maxEditions is how many editions
// it delivers at a time.
const (
	sweepInterval = time.Second
	maxEditions   = 32
)

// Run delivers until ctx ends, then finishes the messages in hand. sweep is notified
// when an edition was made. It ends with an error only where this program must not
// send any more.
func (s *Sweeper) Run(ctx context.Context, sweep chan struct{}) error {
	s.running = map[int64]bool{}
	defer s.delivery.Wait()
	sweeping, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	schedule.Repeat(sweeping, sweepInterval, sweep, func(ctx context.Context) {
		if err := s.sweepOnce(ctx); errors.Is(err, store.ErrNewer) {
			stop(err)
		}
	})
	if cause := context.Cause(sweeping); errors.Is(cause, store.ErrNewer) {
		return cause
	}
	return nil
}

// sweepOnce starts to deliver what has work.
func (s *Sweeper) sweepOnce(ctx context.Context) error {
	err := s.deliverDue(ctx)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	if held := (*HeldError)(nil); errors.As(err, &held) {
		if !s.isHeld.Swap(true) {
			s.Log.Warn("all mailing is held until `bantin deliveries resume`", "why", held.Why)
		}
		return nil
	}
	s.Log.Error("editions with work cannot be read, retrying", "error", err)
	return err
}

func (s *Sweeper) deliverDue(ctx context.Context) error {
	if err := MayMail(ctx, s.DB); err != nil {
		return err
	}
	if s.isHeld.Swap(false) {
		s.Log.Info("mailing resumed")
	}
	if err := s.DB.Nodes().ReclaimDead(ctx); err != nil {
		return err
	}
	editions, err := s.DB.Editions().WithWork(ctx)
	if err != nil {
		return err
	}
	for _, edition := range editions {
		if s.begin(edition) {
			s.delivery.Go(func() { s.deliver(ctx, edition) })
		}
	}
	return nil
}

// begin reports whether an edition is to be delivered by this node from now on.
func (s *Sweeper) begin(edition int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[edition] || len(s.running) >= maxEditions {
		return false
	}
	s.running[edition] = true
	return true
}

// deliver delivers what is due of an edition. What becomes due meanwhile is found by
// the next sweep.
func (s *Sweeper) deliver(ctx context.Context, edition int64) {
	err := WhileMailing(ctx, s.DB, func(ctx context.Context) error { return s.Deliver(ctx, edition) })
	s.mu.Lock()
	delete(s.running, edition)
	s.mu.Unlock()
	if err != nil && ctx.Err() == nil && !errors.Is(err, bantin.ErrHeld) { // that was logged
		s.Log.Error("edition cannot be delivered, retrying", "error", err)
	}
}
