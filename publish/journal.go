package publish

import (
	"context"
	"time"

	"bantin/schedule"
)

// journalInterval is how soon the journal has what happened.
const journalInterval = time.Second

// writeJournal keeps the journal up with the database until ctx ends.
func (d *Daemon) writeJournal(ctx context.Context) {
	failing := false
	schedule.Repeat(ctx, journalInterval, nil, func(ctx context.Context) {
		for ctx.Err() == nil {
			more, err := d.Journal.Step(ctx)
			if err != nil && ctx.Err() == nil && !failing {
				d.Log.Error("journal cannot be written, retrying", "error", err)
			}
			failing = err != nil
			if err != nil || !more {
				return
			}
		}
	})
}
