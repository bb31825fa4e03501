package delivery

import (
	"context"
	"log/slog"
	"time"

	"bantin"
	"bantin/store"
)

// progressInterval is how often the log says how far an edition is.
const progressInterval = time.Minute

// logProgress says each minute how far an edition is, until stop is called.
func logProgress(ctx context.Context, db *store.DB, log *slog.Logger, edition string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(progressInterval)
		defer tick.Stop()
		last := int64(-1)
		for {
			if e, err := db.Editions().Get(ctx, edition); err == nil {
				c := e.Counts
				settled := c.Total() - c.Unsettled()
				if last >= 0 {
					log.Info("edition under way", "edition", edition, "sent", c.Sent, "waiting", c.Unsettled(), "failed", c.Failed,
						"per_second", float64(settled-last)/progressInterval.Seconds())
				}
				last = settled
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return func() { cancel(); <-done }
}

// logCounts says how an edition stands after a run that changed that.
func (d *Deliverer) logCounts(ctx context.Context, before *bantin.Edition) error {
	after, err := d.DB.Editions().Get(context.WithoutCancel(ctx), before.ID)
	if err == nil && after.Counts != before.Counts {
		n := after.Counts
		d.Log.Info("edition worked", "edition", after.ID, "status", after.Status, "sent", n.Sent, "waiting", n.Unsettled(), "failed", n.Failed, "skipped", n.Skipped)
	}
	return err
}
