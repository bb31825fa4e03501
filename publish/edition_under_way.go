package publish

import (
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
