package schedule

import (
	"context"
	"time"
)

// maxSleep bounds each wait for a due time, so that a clock that was set is
// noticed.
const maxSleep = 15 * time.Second

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

// SleepUntil waits for a time of the clock that now reads. It reads the clock
// every few seconds, since the clock may be set.
func SleepUntil(ctx context.Context, now func() time.Time, t time.Time) error {
	for {
		wait := t.Sub(now())
		if wait <= 0 {
			return ctx.Err()
		}
		if err := Sleep(ctx, min(wait, maxSleep)); err != nil {
			return err
		}
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
