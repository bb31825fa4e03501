package clock_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bantin/clock"
)

// world is a machine: what its clock shows, and what really passes.
type world struct {
	t     *testing.T
	wall  time.Time
	ticks time.Duration
	clock *clock.Clock
	log   bytes.Buffer
	told  func() (time.Time, error) // what another source says; nil: nothing
}

const day = 24 * time.Hour

// monday is when the tests begin.
func monday() time.Time { return time.Date(2026, time.November, 30, 7, 0, 0, 0, time.UTC) }

func newWorld(t *testing.T) *world {
	w := &world{t: t, wall: monday()}
	w.start("boot-1", clock.Heartbeat{})
	return w
}

// start starts the program with the heartbeat that it kept.
func (w *world) start(boot string, last clock.Heartbeat) {
	w.clock = clock.New(clock.Options{
		Log: slog.New(slog.NewTextHandler(&w.log, nil)), Boot: boot,
		Wall: func() time.Time { return w.wall }, Ticks: func() time.Duration { return w.ticks },
	})
	w.clock.Begin(last)
}

// pass lets time pass, in which the program looks every few seconds.
func (w *world) pass(long time.Duration) {
	for ; long > 0; long -= 5 * time.Second {
		step := min(long, 5*time.Second)
		w.wall, w.ticks = w.wall.Add(step), w.ticks+step
		w.check()
	}
}

// check is one look, with the other source.
func (w *world) check() {
	w.clock.Check(context.Background(), []clock.Source{{Name: "máy khác", Ask: func(context.Context) (time.Time, error) {
		if w.told == nil {
			return time.Time{}, clock.ErrUnknown
		}
		return w.told()
	}}})
}

func (w *world) now(want time.Time) {
	w.t.Helper()
	if got := w.clock.Now(); !got.Equal(want) {
		w.t.Errorf("it is %v, want %v", got, want)
	}
}

func (w *world) sure(want bool) {
	w.t.Helper()
	if got := w.clock.Sure(); got != want {
		w.t.Errorf("sure: %v at %v", got, w.wall)
	}
}

func (w *world) beat() clock.Heartbeat {
	w.t.Helper()
	beat, ok := w.clock.Heartbeat()
	if !ok {
		w.t.Fatal("the clock is in doubt")
	}
	return beat
}

// A clock that is years ahead for ten seconds is never believed, and all goes on by what
// has passed meanwhile.
func TestAheadForTenSeconds(t *testing.T) {
	w := newWorld(t)
	w.pass(time.Hour)
	w.wall = w.wall.AddDate(9, 0, 0)
	w.sure(false)
	w.pass(10 * time.Second)
	w.now(monday().Add(time.Hour + 10*time.Second))
	if _, ok := w.clock.Heartbeat(); ok {
		t.Error("a time in 2035 is kept")
	}
	w.wall = w.wall.AddDate(-9, 0, 0)
	w.sure(true)
	w.now(w.wall)
	if n := strings.Count(w.log.String(), "clock is not where it is expected"); n != 1 || !strings.Contains(w.log.String(), "clock is as expected again") {
		t.Error(w.log.String())
	}
}

// A jump is believed after five minutes in which nothing contradicted it.
func TestBelievedAfterSilence(t *testing.T) {
	w := newWorld(t)
	w.wall = w.wall.Add(3 * day)
	w.pass(4*time.Minute + 50*time.Second)
	w.sure(false)
	w.now(monday().Add(4*time.Minute + 50*time.Second))
	w.pass(15 * time.Second)
	w.sure(true)
	w.now(w.wall)
}

// Another source that agrees is enough, one that is a few minutes off too.
func TestConfirmed(t *testing.T) {
	for _, off := range []time.Duration{0, 3 * time.Minute, -time.Hour} {
		w := newWorld(t)
		w.told = func() (time.Time, error) { return w.wall.Add(off), nil }
		w.wall = w.wall.Add(3 * day)
		w.sure(false)
		w.check()
		w.sure(true)
	}
}

// While a source shows another time the clock is not believed, for as long as it takes.
func TestContradicted(t *testing.T) {
	w := newWorld(t)
	w.pass(2 * time.Hour)
	w.wall = w.wall.AddDate(9, 0, 0)
	w.told = func() (time.Time, error) { return w.wall.AddDate(-9, 0, 0), nil }
	w.pass(day)
	w.sure(false)
	w.now(monday().Add(2*time.Hour + day))
	if n := strings.Count(w.log.String(), "clock contradicts another source"); n != 1 {
		t.Errorf("said %d times", n)
	}
	w.wall = w.wall.AddDate(-9, 0, 0)
	w.sure(true)
}

// Set on and on, a clock is in doubt from the last time it was set.
func TestSetAgain(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.wall = w.wall.Add(2 * day)
		w.pass(4 * time.Minute)
		w.sure(false)
	}
	w.now(monday().Add(12 * time.Minute))
}

// Set back, the clock shows what it shows: nothing comes too early by that. Stored times
// are measured by it later.
func TestSetBack(t *testing.T) {
	w := newWorld(t)
	w.pass(time.Hour)
	w.wall = w.wall.Add(-time.Hour)
	w.now(w.wall)
	w.sure(false)
	w.pass(6 * time.Minute)
	w.sure(true)
	w.now(w.wall)
	// Back for ten seconds: as before.
	before := w.wall
	w.wall = w.wall.Add(-2 * time.Hour)
	w.pass(10 * time.Second)
	w.sure(false)
	w.wall = before.Add(10 * time.Second)
	w.sure(true)
}

// The small corrections of a time server never add up to a doubt.
func TestSlewed(t *testing.T) {
	w := newWorld(t)
	for range 1000 {
		w.wall = w.wall.Add(20 * time.Second)
		w.pass(time.Minute)
		w.sure(true)
		w.now(w.wall)
	}
}

// A machine that slept over a weekend: where the system knows for how long, its clock is
// believed at once, and where it does not, within a minute of a source that agrees.
func TestSleptOverAWeekend(t *testing.T) {
	w := newWorld(t)
	w.pass(time.Hour)
	w.wall, w.ticks = w.wall.Add(60*time.Hour), w.ticks+60*time.Hour
	w.sure(true)
	w.now(w.wall)

	w = newWorld(t)
	w.pass(time.Hour)
	w.wall = w.wall.Add(60 * time.Hour) // ticks stood still
	w.sure(false)
	w.told = func() (time.Time, error) { return w.wall, nil }
	w.pass(time.Minute)
	w.sure(true)
	w.now(w.wall)
}

// What a restart makes of the time since the last heartbeat.
func TestRestart(t *testing.T) {
	for _, c := range []struct {
		name           string
		boot           string
		passed, showed time.Duration // since the heartbeat: really, and on the wall
		sure           bool
	}{
		{"at once", "boot-1", time.Second, time.Second, true},
		{"the program stood still for a week", "boot-1", 7 * day, 7 * day, true},
		{"the clock was set meanwhile", "boot-1", time.Hour, 30 * day, false},
		{"a new start of the machine", "boot-2", 50 * time.Minute, 50 * time.Minute, true},
		{"after a weekend", "boot-2", 2 * day, 2 * day, false},
		{"with a clock of 2035", "boot-2", time.Minute, 9 * 365 * day, false},
		{"with a clock of 1970", "boot-2", time.Minute, -56 * 365 * day, false},
		{"a system that tells nothing", "", time.Minute, time.Minute, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.pass(time.Hour)
			beat := w.beat()
			was := w.wall
			w.wall, w.ticks = w.wall.Add(c.showed), w.ticks+c.passed
			if c.boot == "boot-2" {
				w.ticks = 0
			}
			w.start(c.boot, beat)
			w.sure(c.sure)
			switch {
			case c.sure:
				w.now(w.wall)
			case c.showed < 0:
				w.now(w.wall)
				w.pass(time.Hour)
				w.sure(false) // a clock from before this program is never believed
			case c.boot == "boot-2":
				w.now(was) // what has passed since is not known
			default:
				w.now(was.Add(c.passed))
			}
		})
	}
}

// The first start ever has nothing to compare with.
func TestFirstStart(t *testing.T) {
	w := &world{t: t, wall: time.Date(2035, time.March, 1, 6, 0, 0, 0, time.UTC)}
	w.start("", clock.Heartbeat{})
	w.sure(true)
	w.pass(10 * time.Second)
	w.wall = monday()
	w.now(monday())
	w.pass(6 * time.Minute)
	w.sure(true)
	w.now(w.wall)

	w = &world{t: t, wall: time.Unix(0, 0)}
	w.start("", clock.Heartbeat{})
	w.sure(false)
	w.wall = monday()
	w.told = func() (time.Time, error) { return w.wall, nil }
	w.check()
	w.sure(true)
}

// What is old is deleted only after an hour of a steady clock.
func TestMayDelete(t *testing.T) {
	w := newWorld(t)
	may := func(want bool) {
		t.Helper()
		if got := w.clock.MayDelete(); got != want {
			t.Errorf("may delete: %v", got)
		}
	}
	w.pass(59 * time.Minute)
	may(false)
	w.pass(time.Minute)
	may(true)
	w.wall = w.wall.Add(2 * day)
	w.pass(time.Minute)
	may(false)
	w.pass(10 * time.Minute) // believed since nothing contradicts it
	w.sure(true)
	may(false)
	w.pass(time.Hour)
	may(true)
}

// A jump of years that nothing but silence confirmed deletes nothing, whatever starts
// meanwhile; a source that contradicts it later puts it in doubt again.
func TestYearsAreNotConfirmedBySilence(t *testing.T) {
	w := newWorld(t)
	w.wall = w.wall.AddDate(9, 0, 0)
	w.pass(6 * time.Minute)
	w.sure(true)
	w.pass(3 * time.Hour)
	if w.clock.MayDelete() {
		t.Error("silence is enough to delete")
	}
	w.start("boot-1", w.beat())
	w.pass(3 * time.Hour)
	if w.clock.MayDelete() {
		t.Error("a restart is enough to delete")
	}
	w.told = func() (time.Time, error) { return w.wall.AddDate(-9, 0, 0), nil }
	w.check()
	w.sure(false)
	w.now(w.wall.AddDate(-9, 0, 0))

	w = newWorld(t)
	w.wall = w.wall.AddDate(0, 3, 0) // it was off for a quarter
	w.pass(6 * time.Minute)
	w.told = func() (time.Time, error) { return w.wall, nil }
	w.pass(2 * time.Hour)
	if !w.clock.MayDelete() {
		t.Error("a source agrees, and nothing is deleted")
	}
}

// Sources that ask others are left alone for a while.
func TestSourcesAreAskedSeldom(t *testing.T) {
	w := newWorld(t)
	w.wall = w.wall.AddDate(9, 0, 0)
	asked := 0
	source := clock.Source{Name: "website", Every: time.Minute, Ask: func(context.Context) (time.Time, error) {
		asked++
		return time.Time{}, clock.ErrUnknown
	}}
	for range 48 { // four minutes
		w.wall, w.ticks = w.wall.Add(5*time.Second), w.ticks+5*time.Second
		w.clock.Check(t.Context(), []clock.Source{source})
	}
	if asked != 4 {
		t.Errorf("asked %d times", asked)
	}
}

// Before it begins nothing is believed.
func TestNotBegun(t *testing.T) {
	c := clock.New(clock.Options{})
	if c.Sure() || c.MayDelete() || c.Check(t.Context(), nil) {
		t.Error("believed before it began")
	}
	if off := time.Since(c.Now()).Abs(); off > time.Minute {
		t.Errorf("%v off", off)
	}
	c.Begin(clock.Heartbeat{})
	if !c.Sure() {
		t.Error("the clock of this machine is not believed")
	}
	if told, err := clock.Synchronized().Ask(t.Context()); err == nil && time.Since(told).Abs() > time.Minute {
		t.Error(told)
	}
}
