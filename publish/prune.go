package publish

import (
	"context"
	"time"

	"bantin"
	"bantin/publish/returns"
	"bantin/store"
)

// Pruner removes what is older than it is to be kept.
type Pruner struct {
	Deliveries, Bounces time.Duration // how long they are kept

	// Addresses is how long those of contacts are kept who left everything; 0: for good.
	Addresses time.Duration
	Digests   func() []store.DigestAudience // of the configuration, now
	Today     func() bantin.Day
	Secret    []byte // that their hashes are keyed with

	last time.Time
}

const (
	pruneInterval = time.Hour
	// requestMemory is how long it is kept who asked about their data, after the answer: as
	// deliveries by default. Over a year, to show an inspection that questions are answered.
	requestMemory = 400 * 24 * time.Hour
	// pruneLookInterval is how often it is looked whether the clock allows to prune.
	pruneLookInterval = 5 * time.Minute
)

// mayDelete reports whether the clock is believed well enough to delete what is old.
func (d *Daemon) mayDelete() bool { return d.Clock == nil || d.Clock.Clock.MayDelete() }

// pruneDue prunes once an hour, while the clock allows it: what a wrong clock deletes is
// gone.
func (d *Daemon) pruneDue(ctx context.Context) {
	now := d.Now()
	if !d.mayDelete() || now.Sub(d.Pruner.last).Abs() < pruneInterval {
		return
	}
	d.Pruner.last = now
	d.prune(ctx)
}

// prune removes what is old, a batch at a time.
func (d *Daemon) prune(ctx context.Context) {
	deliveries, err := d.DB.Deliveries().Prune(ctx, d.Now().Add(-d.Pruner.Deliveries))
	var bounces int64
	if err == nil {
		bounces, err = d.DB.Returns().Prune(ctx, d.Now().Add(-d.Pruner.Bounces))
	}
	if err == nil {
		_, err = d.DB.ReturnEvents().Prune(ctx, d.Now().Add(-returns.EventMemory))
	}
	if err == nil {
		err = d.DB.LinkedFiles().Prune(ctx)
	}
	if err == nil {
		err = d.DB.DataRequests().Prune(ctx, d.Now().Add(-requestMemory))
	}
	if err == nil && d.Journal != nil {
		err = d.Journal.Prune(d.Now().Add(-d.Pruner.Deliveries))
	}
	var left int64
	if err == nil && d.Pruner.Addresses > 0 {
		left, err = d.DB.Contacts().ReduceLeft(ctx, d.Pruner.Digests(), d.Pruner.Today(), d.Now().Add(-d.Pruner.Addresses), d.Pruner.Secret)
	}
	d.noteTask(ctx, store.TaskKeep, "", err)
	if err != nil && ctx.Err() == nil {
		d.Log.Error("old deliveries and returned messages cannot be pruned, retrying", "error", err)
	}
	if left > 0 {
		d.Log.Info("contacts who left were reduced to a hash of their address", "contacts", left)
	}
	if deliveries+bounces > 0 {
		d.Log.Info("old deliveries and returned messages pruned", "deliveries", deliveries, "bounces", bounces)
	}
}

// deleteExpiredRequests removes sign-ups and links that were not used in time.
func (d *Daemon) deleteExpiredRequests(ctx context.Context) {
	if !d.mayDelete() {
		return
	}
	if err := d.DB.Contacts().DeleteExpiredRequests(ctx); err != nil && ctx.Err() == nil {
		d.Log.Error("expired sign-ups and links cannot be removed, retrying", "error", err)
	}
}
