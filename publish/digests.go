package publish

import (
	"bantin/publish/edition"
	"bantin/schedule"
	"context"
	"time"
)

// digestLoop makes the editions of a digest when they are due.
func (d *Daemon) digestLoop(ctx context.Context, plan *edition.DigestPlan) {
	const retry = 10 * time.Second
	for ctx.Err() == nil {
		next, err := d.Planner.Look(ctx, plan)
		switch {
		case err != nil && ctx.Err() == nil:
			d.Log.Error("an edition cannot be made; trying again", "digest", plan.ID, "error", err)
			next = d.Now().Add(retry)
		case next.IsZero():
			return
		}
		schedule.Notify(d.made)
		if schedule.SleepUntil(ctx, d.Now, next) != nil {
			return
		}
	}
}

// editionsInterval is how often editions are moved on by the clock.
const editionsInterval = time.Second

// tend moves editions on by the clock, also while one is being sent.
func (d *Daemon) tend(ctx context.Context) {
	if err := d.Planner.Editor.Tend(ctx); err != nil && ctx.Err() == nil {
		d.Log.Error("editions cannot be moved on; trying again", "error", err)
	}
}
