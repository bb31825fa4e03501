package publish

import (
	"context"
	"log/slog"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// What one node does for all, such as reading a source or telling hubs, is a
// duty. Whoever has it keeps it as long as it lives; the others stand by.
const (
	leaseDuration      = 30 * time.Second
	leaseSafeFor       = leaseDuration * 4 / 5 // so long after it was asked for by our own clock
	leaseRenewInterval = 5 * time.Second
	standbyInterval    = 2 * time.Second // how often who stands by looks
)

// runOnOneNode runs work while this node has the duty, until ctx ends. Work is asked
// to end when the duty is lost, and runs again when it comes back. Where the
// database is a file there is one daemon, and all duties are its own.
func runOnOneNode(ctx context.Context, db *store.DB, log *slog.Logger, duty, node string, work func(context.Context)) {
	if !db.Shared() {
		work(ctx)
		return
	}
	for ctx.Err() == nil {
		asked := time.Now()
		ok, err := acquireLease(ctx, db, duty, node, asked.Add(leaseSafeFor))
		if err != nil && ctx.Err() == nil {
			log.Warn("who does what cannot be looked up; trying again", "duty", duty, "error", err)
		}
		if ok {
			runWithLease(ctx, db, duty, node, asked, work)
			continue
		}
		if schedule.Sleep(ctx, standbyInterval) != nil {
			return
		}
	}
}

// runWithLease runs work and keeps the duty meanwhile, which was last sure at the time
// asked. When work ends before ctx does, the duty is kept still.
func runWithLease(ctx context.Context, db *store.DB, duty, node string, asked time.Time, work func(context.Context)) {
	serving, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(serving)
	}()
	tick := time.NewTicker(leaseRenewInterval)
	defer tick.Stop()
	for held := true; held && ctx.Err() == nil; {
		select {
		case <-ctx.Done():
			continue
		case <-tick.C:
		}
		// Without an answer it is ours for a while yet, and no longer than that.
		now, sure := time.Now(), asked.Add(leaseSafeFor)
		ok, err := acquireLease(ctx, db, duty, node, sure)
		if ok {
			asked = now
		}
		held = ok || err != nil && time.Now().Before(sure)
	}
	stop()
	<-done
	// A node that leaves does not let the others wait. Where it fails the lease
	// runs out.
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := db.Nodes().ReleaseLease(leaving, duty, node); err != nil {
		return
	}
}

// acquireLease asks for a duty. A database that is slower than that to answer has
// given it to somebody else meanwhile, for all we know.
func acquireLease(ctx context.Context, db *store.DB, duty, node string, until time.Time) (bool, error) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	return db.Nodes().AcquireLease(ctx, duty, node, leaseDuration)
}
