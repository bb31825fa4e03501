package publish

import (
	"context"
	"log/slog"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// What one node does for all, such as reading a source or notifying hubs, is done
// under a lease. The node that has it renews it as long as it lives; the others stand
// by.
const (
	leaseDuration      = 30 * time.Second
	leaseSafeFor       = leaseDuration * 4 / 5 // so long after it was asked for by our own clock
	leaseRenewInterval = 5 * time.Second
	standbyInterval    = 2 * time.Second // how often a node that stands by asks for the lease
)

// runOnOneNode runs work while this node has the lease, until ctx ends. The context of
// work ends when the lease is lost, and work runs again when it comes back. Where the
// database is a file there is one daemon, which needs no leases.
func runOnOneNode(ctx context.Context, db *store.DB, log *slog.Logger, lease, node string, work func(context.Context)) {
	if !db.Shared() {
		work(ctx)
		return
	}
	for ctx.Err() == nil {
		asked := time.Now()
		ok, err := acquireLease(ctx, db, lease, node, asked.Add(leaseSafeFor))
		if err != nil && ctx.Err() == nil {
			log.Warn("lease lookup failed, retrying", "duty", lease, "error", err)
		}
		if ok {
			runWithLease(ctx, db, lease, node, asked, work)
			continue
		}
		if schedule.Sleep(ctx, standbyInterval) != nil {
			return
		}
	}
}

// runWithLease runs work and renews the lease meanwhile, which was asked for last at
// the time given. When work ends before ctx does, the lease is kept still.
func runWithLease(ctx context.Context, db *store.DB, lease, node string, asked time.Time, work func(context.Context)) {
	working, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(working)
	}()
	tick := time.NewTicker(leaseRenewInterval)
	defer tick.Stop()
	for held := true; held && ctx.Err() == nil; {
		select {
		case <-ctx.Done():
			continue
		case <-tick.C:
		}
		// Without an answer it is ours until then, and no longer.
		now, sure := time.Now(), asked.Add(leaseSafeFor)
		ok, err := acquireLease(ctx, db, lease, node, sure)
		if ok {
			asked = now
		}
		held = ok || err != nil && time.Now().Before(sure)
	}
	stop()
	<-done
	// A node that stops does not let the others wait. Where this fails the lease
	// runs out.
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := db.Nodes().ReleaseLease(leaving, lease, node); err != nil {
		return
	}
}

// acquireLease asks for a lease. A database that takes longer than until to answer may
// have given it to another node meanwhile.
func acquireLease(ctx context.Context, db *store.DB, lease, node string, until time.Time) (bool, error) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	return db.Nodes().AcquireLease(ctx, lease, node, leaseDuration)
}
