package delivery

import (
	"bantin"
	"context"
	"log/slog"
	"time"

	"bantin/store"
)

// underWay is how often the log says how far an edition is.
const underWay = time.Minute

// tellUnderWay says each minute how far an edition is, until stop is called.
func tellUnderWay(ctx context.Context, db *store.DB, log *slog.Logger, edition string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(underWay)
		defer tick.Stop()
		last := int64(-1)
		for {
			if e, err := db.Editions().Get(ctx, edition); err == nil {
				c := e.Counts
				settled := c.Total() - c.Unsettled()
				if last >= 0 {
					log.Info("edition under way", "edition", edition, "sent", c.Sent, "waiting", c.Unsettled(), "failed", c.Failed,
						"per_second", float64(settled-last)/underWay.Seconds())
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

// DeliverDue works what is due of an edition.
func (c *Deliverer) DeliverDue(ctx context.Context, edition int64) error {
	e, err := c.DB.Editions().ByRow(ctx, edition)
	if err != nil {
		return err
	}
	return c.deliverDue(ctx, &e)
}

func (c *Deliverer) deliverDue(ctx context.Context, e *bantin.Edition) error {
	due, ok, err := c.DB.Editions().NextDue(ctx, e.Row)
	if err == nil && (!e.Frozen || !ok) {
		if err := c.Freeze(ctx, e); err != nil {
			return err
		}
		due, ok, err = c.DB.Editions().NextDue(ctx, e.Row)
	}
	if err != nil || !ok || due.After(c.Now()) {
		return err
	}
	stop := tellUnderWay(ctx, c.DB, c.Log, e.ID)
	err = c.Run(ctx, e)
	stop()
	if err != nil {
		return err
	}
	after, err := c.DB.Editions().Get(context.WithoutCancel(ctx), e.ID)
	if err == nil && after.Counts != e.Counts {
		n := after.Counts
		c.Log.Info("edition worked", "edition", e.ID, "status", after.Status, "sent", n.Sent, "waiting", n.Unsettled(), "failed", n.Failed, "skipped", n.Skipped)
	}
	return err
}
