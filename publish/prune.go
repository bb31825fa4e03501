package publish

import (
	"context"
	"time"
)

// Pruner removes what is older than it is to be kept.
type Pruner struct {
	Deliveries, Bounces time.Duration // how long they are kept
}

// pruneInterval is how often the daemon looks for what is old.
const pruneInterval = time.Hour

// prune removes what is old, a batch at a time.
func (d *Daemon) prune(ctx context.Context) {
	deliveries, err := d.DB.Deliveries().Prune(ctx, d.Now().Add(-d.Pruner.Deliveries))
	var bounces int64
	if err == nil {
		bounces, err = d.DB.Returns().Prune(ctx, d.Now().Add(-d.Pruner.Bounces))
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Error("old deliveries and returned messages cannot be pruned, retrying", "error", err)
	}
	if deliveries+bounces > 0 {
		d.Log.Info("old deliveries and returned messages pruned", "deliveries", deliveries, "bounces", bounces)
	}
}

// deleteExpiredRequests removes sign-ups and links that were not used in time.
func (d *Daemon) deleteExpiredRequests(ctx context.Context) {
	if err := d.DB.Contacts().DeleteExpiredRequests(ctx); err != nil && ctx.Err() == nil {
		d.Log.Error("expired sign-ups and links cannot be removed, retrying", "error", err)
	}
}
