package schedule

import (
	"context"
	"time"
)

// maxSleep bounds each wait for a due time, so that a clock that was set is
// noticed.
const maxSleep = 10 * time.Second

// maxSetBack is how far a clock may go back without being set: corrections of a time
// server are smaller.
const maxSetBack = time.Second

// Sleep waits for d or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// SleepUntil waits for a time of the clock that now reads, and reports whether the
// clock has reached it. It reads the clock every few seconds, since the clock may be
// set: where it went back, SleepUntil returns early, and the caller asks its schedule
// again. A time that was computed from a clock that was years ahead is not waited for.
// Only the clock's own time counts, never the monotonic one that Go adds to it.
func SleepUntil(ctx context.Context, now func() time.Time, t time.Time) (reached bool, err error) {
	t = t.Round(0)
	for last := now().Round(0); ; {
		wait := t.Sub(last)
		if wait <= 0 {
			return true, ctx.Err()
		}
		if err := Sleep(ctx, min(wait, maxSleep)); err != nil {
			return false, err
		}
		read := now().Round(0)
		if read.Before(last.Add(-maxSetBack)) {
			return false, nil
		}
		last = read
	}
}

// Repeat runs step at once, then after each wakeup and each interval, until ctx
// ends.
func Repeat(ctx context.Context, interval time.Duration, wakeup <-chan struct{}, step func(context.Context)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for ctx.Err() == nil {
		step(ctx)
		select {
		case <-ctx.Done():
		case <-wakeup:
		case <-tick.C:
		}
	}
}

// Notify wakes the loop that reads wakeup, a channel with room for one, without
// waiting for it.
func Notify(wakeup chan<- struct{}) {
	select {
	case wakeup <- struct{}{}:
	default: // a wakeup is pending
	}
}
