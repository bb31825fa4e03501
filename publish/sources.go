package publish

import (
	"bantin/publish/collect"
	"bantin/schedule"
	"context"
	"time"
)

// ScheduledSource is a source and when it is read.
type ScheduledSource struct {
	*collect.Reading
	Schedule *schedule.Schedule
}

// sourceLoop reads a source at start and then on its schedule.
func (d *Daemon) sourceLoop(ctx context.Context, s *ScheduledSource) {
	failures := d.failuresOf(ctx, s.Reading.Source.ID())
	for ctx.Err() == nil {
		next, failed := d.collect(ctx, s, failures)
		if failures++; !failed {
			failures = 0
		}
		if next.IsZero() || schedule.SleepUntil(ctx, d.Now, next) != nil {
			return
		}
	}
}

// collect reads a source once, tells what it brought, and gives the time of the
// next try; failures is how often it failed in a row before.
func (d *Daemon) collect(ctx context.Context, s *ScheduledSource, failures int) (next time.Time, failed bool) {
	start := d.Now()
	done, err := d.Collector.Collect(ctx, s.Reading)
	if ctx.Err() != nil {
		return start, false
	}
	next = collect.NextTry(s.Schedule, start, err, failures+1)
	if done.Changed() {
		schedule.Notify(d.changed)
	}
	noted := d.DB.Sources().RecordRead(ctx, done.Source, err, next) // first: who reads the log may look at once
	done.Log(d.Log)
	if err != nil {
		d.Log.Error("a source cannot be read; the others go on", "source", done.Source, "error", err, "next_try", next)
	}
	if noted != nil {
		d.Log.Error("the state of a source cannot be kept", "source", done.Source, "error", noted)
	}
	return next, err != nil
}

// failuresOf says how often a source has failed up to now, as far as is kept.
func (d *Daemon) failuresOf(ctx context.Context, id string) int {
	states, err := d.DB.Sources().List(ctx)
	if err != nil {
		return 0 // what goes on here will say so
	}
	for _, state := range states {
		if state.ID == id {
			return collect.FailuresBefore(state)
		}
	}
	return 0
}
