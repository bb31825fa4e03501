package schedule_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bantin/schedule"
)

// setClock is a clock on the wall that tests set while time passes.
type setClock struct{ ahead atomic.Int64 }

// now has a monotonic reading, as that of time.Now.
func (c *setClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// A clock that is set while a loop waits for a due time is noticed within 15 seconds,
// whichever way it was set.
func TestSleepUntilNoticesASetClock(t *testing.T) {
	for _, c := range []struct {
		name        string
		wait        time.Duration // until the due time, when the wait begins
		set         time.Duration // how the clock is set after a minute
		reached     bool
		atLeast, by time.Duration // when the wait ends
	}{
		{"left alone", time.Hour, 0, true, time.Hour, time.Hour},
		{"due at once", 0, 0, true, 0, 0},
		{"a weekend ahead", 48 * time.Hour, 72 * time.Hour, true, time.Minute, time.Minute + 15*time.Second},
		{"ten years back, computed when it was ten years ahead", 2 * time.Hour, -10 * 365 * 24 * time.Hour, false, time.Minute, time.Minute + 15*time.Second},
		{"an hour back", 90 * time.Minute, -time.Hour, false, time.Minute, time.Minute + 15*time.Second},
		{"half a second back", 90 * time.Minute, -time.Second / 2, true, 90 * time.Minute, 90*time.Minute + time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock, begin := &setClock{}, time.Now()
				due := clock.now().Add(c.wait)
				// Set at half a second, so that it never falls together with a look.
				set := time.AfterFunc(time.Minute+time.Second/2, func() { clock.ahead.Store(int64(c.set)) })
				defer set.Stop()
				reached, err := schedule.SleepUntil(t.Context(), clock.now, due)
				if err != nil || reached != c.reached {
					t.Errorf("reached %v, %v; want %v", reached, err, c.reached)
				}
				if took := time.Since(begin); took < c.atLeast || took > c.by+time.Second {
					t.Errorf("it took %v, want %v to %v", took, c.atLeast, c.by)
				}
			})
		})
	}
}

func TestSleepUntilEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if reached, err := schedule.SleepUntil(ctx, time.Now, time.Now().Add(time.Hour)); err == nil || reached {
			t.Errorf("%v %v", reached, err)
		}
	})
}
