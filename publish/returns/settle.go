package returns

import (
	"context"
	"time"

	"bantin/schedule"
)

// settleInterval is how often pending returns are looked at: two small queries where
// there are none.
const settleInterval = 15 * time.Second

// Run decides pending returns until ctx ends.
func (r *Returns) Run(ctx context.Context) {
	schedule.Repeat(ctx, settleInterval, nil, func(ctx context.Context) {
		if err := r.Settle(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("returned messages cannot be decided, retrying", "error", err)
		}
	})
}

// Settle decides what follows from the returns whose edition has settled. Commands that
// send call it too: without a daemon nobody else does.
func (r *Returns) Settle(ctx context.Context) error {
	done, err := r.DB.Returns().Settle(ctx, r.Hold)
	if done.Restored > 0 {
		r.Log.Warn("suppressions removed: their edition was held after it had settled", "addresses", done.Restored)
	}
	if done.Suppressed+done.First+done.Dropped > 0 {
		r.Log.Info("refusals decided", "suppressed", done.Suppressed, "wait_for_a_second", done.First, "dropped", done.Dropped)
	}
	return err
}
