package collect

import (
	"context"
	"time"

	"bantin/schedule"
)

// ScheduledSource is a source and when it is read.
type ScheduledSource struct {
	*Reading
	Schedule *schedule.Schedule
}

// Run reads a source at start and then on its schedule, until ctx ends. It notifies
// changed when readers would see a difference.
func (c *Collector) Run(ctx context.Context, s *ScheduledSource, changed chan<- struct{}) {
	failures := c.failuresOf(ctx, s.Reading.Source.ID())
	for ctx.Err() == nil {
		next, failed := c.collectScheduled(ctx, s, failures, changed)
		if failures++; !failed {
			failures = 0
		}
		if !c.sleepUntilDue(ctx, s, next) {
			return
		}
	}
}

// sleepUntilDue waits for the time of the next read, and reports whether it came. A
// clock that was set back makes the schedule be asked again: what it was due by then
// may be years away.
func (c *Collector) sleepUntilDue(ctx context.Context, s *ScheduledSource, next time.Time) bool {
	for !next.IsZero() {
		reached, err := schedule.SleepUntil(ctx, c.Now, next)
		if err != nil {
			return false
		}
		if reached {
			return true
		}
		next = s.Schedule.Next(c.Now())
	}
	return false
}

// collectScheduled reads a source once, logs what it brought, and gives the time of the
// next try; failures is how often it failed in a row before.
func (c *Collector) collectScheduled(ctx context.Context, s *ScheduledSource, failures int, changed chan<- struct{}) (next time.Time, failed bool) {
	end, err := c.Reads.wait(ctx, s.Reading.Source.ID())
	if err != nil {
		return c.Now(), false
	}
	defer end()
	start := c.Now()
	done, err := c.Collect(ctx, s.Reading)
	if ctx.Err() != nil {
		return start, false
	}
	next = NextTry(s.Schedule, start, err, failures+1)
	if done.Changed() {
		schedule.Notify(changed)
	}
	noted := c.DB.Sources().RecordRead(ctx, done.Source, err, next) // first: a reader of the log may look at once
	done.Log(c.Log)
	if err != nil {
		c.Log.Error("source cannot be read; other sources continue", "source", done.Source, "error", err, "next_try", next)
	}
	if noted != nil {
		c.Log.Error("state of a source cannot be stored", "source", done.Source, "error", noted)
	}
	return next, err != nil
}

// failuresOf says how often a source has failed up to now, as far as is kept.
func (c *Collector) failuresOf(ctx context.Context, id string) int {
	states, err := c.DB.Sources().List(ctx)
	if err != nil {
		return 0 // what goes on here will say so
	}
	for _, state := range states {
		if state.ID == id {
			return PastFailures(state)
		}
	}
	return 0
}
