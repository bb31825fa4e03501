package clock

import (
	"log/slog"
	"sync"
	"time"
)

const (
	// maxStep is how far the wall may be from what is expected: more is a clock that was
	// set. Corrections of a time server are smaller.
	maxStep = time.Minute
	// maxAbsence is how far a clock may be ahead of the last heartbeat, or behind it, after
	// a restart of the machine without a doubt.
	maxAbsence = time.Hour
	// silence is for how long nothing may contradict a clock in doubt.
	silence = 5 * time.Minute
	// maxAgreed is how far a source that agrees may be away.
	maxAgreed = 5 * time.Minute
	// steadyFor is how long a clock must have gone on without a doubt before what is old is
	// deleted.
	steadyFor = time.Hour
	// maxSilentJump is the longest jump that silence alone confirms well enough to delete
	// what is old.
	maxSilentJump = 31 * 24 * time.Hour
)

// earliest is older than this program: a clock before it is never believed unless a
// source agrees.
func earliest() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }

// Options tune a Clock; the zero value is right for a program.
type Options struct {
	Log   *slog.Logger
	Wall  func() time.Time     // default time.Now
	Ticks func() time.Duration // passes at the pace of the world, whatever the wall is set to; default the system's
	Boot  string               // names the run of the system that ticks count from; "" for none
}

// Clock is the clock on the wall and whether it may be believed. It is safe for use by
// several goroutines.
type Clock struct {
	opt Options

	mu          sync.Mutex
	begun       bool
	base        time.Time     // a moment that was believed
	at          time.Duration // the ticks at that moment
	doubt       *doubt        // nil: the wall is believed
	steadySince time.Duration // ticks
	unconfirmed bool          // a long jump was believed that no source has confirmed
	asked       map[string]time.Duration
}

// doubt is a wall that is not where it is expected.
type doubt struct {
	ahead  time.Duration // of what is expected; negative: behind
	since  time.Duration // ticks, since it is so or was contradicted last
	denied string        // the source that contradicted
}

// New makes the clock of a program. It is not believed before Begin.
func New(opt Options) *Clock {
	if opt.Wall == nil {
		opt.Wall = time.Now
	}
	if opt.Ticks == nil {
		opt.Ticks, opt.Boot = systemTicks(), systemBoot()
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Clock{opt: opt, asked: map[string]time.Duration{}}
}

// Heartbeat is a time that was believed, to be kept over a restart.
type Heartbeat struct {
	Time        time.Time     `json:"time"`
	Boot        string        `json:"boot,omitempty"`
	Ticks       time.Duration `json:"ticks,omitempty"`
	Unconfirmed bool          `json:"unconfirmed,omitempty"`
}

// Begin begins with the last heartbeat that was kept; the zero one where there is none.
// A second time changes nothing.
func (c *Clock) Begin(last Heartbeat) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun {
		return
	}
	wall, ticks := c.read()
	c.begun, c.base, c.at, c.steadySince, c.unconfirmed = true, wall, ticks, ticks, last.Unconfirmed
	switch ahead := wall.Sub(last.Time); {
	case last.Time.IsZero():
	case c.follows(last, ticks):
		c.base, c.at = last.Time, last.Ticks
	case ahead > maxAbsence, ahead < -maxAbsence:
		c.base = last.Time
	}
	c.look(wall, ticks)
}

// Follows reports whether a heartbeat is of this run of the system: what has passed since
// is known then, and a wall that shows anything else is wrong.
func (c *Clock) Follows(last Heartbeat) bool { return c.follows(last, c.opt.Ticks()) }

func (c *Clock) follows(last Heartbeat, ticks time.Duration) bool {
	return last.Boot != "" && last.Boot == c.opt.Boot && ticks >= last.Ticks
}

// Now is the time, as far as it is believed.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, ticks := c.read()
	if !c.begun {
		return wall
	}
	c.look(wall, ticks)
	if c.doubt != nil && c.doubt.ahead > 0 {
		return c.expected(ticks)
	}
	return wall
}

// Sure reports whether the wall is believed: Now shows it, and stored times may be
// measured by it.
func (c *Clock) Sure() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begun && c.sure()
}

func (c *Clock) sure() bool {
	c.look(c.read())
	return c.doubt == nil
}

// MayDelete reports whether what is old may be deleted: the clock has been steady for an
// hour, and no long jump is without a source that confirmed it.
func (c *Clock) MayDelete() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begun && c.sure() && !c.unconfirmed && c.opt.Ticks()-c.steadySince >= steadyFor
}

// Doubt says what a clock in doubt shows, what is expected, and which source contradicts
// it; "" where none does.
func (c *Clock) Doubt() (shows, expected time.Time, denied string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, ticks := c.read()
	c.look(wall, ticks)
	if c.doubt != nil {
		denied = c.doubt.denied
	}
	return wall, c.expected(ticks), denied
}

// Heartbeat gives the time to be kept; ok is false while the clock is in doubt.
func (c *Clock) Heartbeat() (h Heartbeat, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun || !c.sure() {
		return h, false
	}
	return Heartbeat{c.base, c.opt.Boot, c.at, c.unconfirmed}, true
}

// read gives the wall, without the monotonic reading that Go adds, and the ticks.
func (c *Clock) read() (wall time.Time, ticks time.Duration) {
	return c.opt.Wall().Round(0), c.opt.Ticks()
}

// Expected is the time that follows from the last believed one.
func (c *Clock) Expected() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.expected(c.opt.Ticks())
}

// expected is the time that follows from the last believed one.
func (c *Clock) expected(ticks time.Duration) time.Time { return c.base.Add(ticks - c.at) }

// look compares the wall with what is expected.
func (c *Clock) look(wall time.Time, ticks time.Duration) {
	ahead := wall.Sub(c.expected(ticks))
	right := ahead.Abs() <= maxStep && !wall.Before(earliest())
	switch {
	case right && c.doubt == nil:
		c.base, c.at = wall, ticks // so small corrections do not add up
	case right:
		c.opt.Log.Info("clock is as expected again", "time", wall)
		c.doubt, c.base, c.at, c.steadySince = nil, wall, ticks, ticks
	case c.doubt == nil:
		c.doubt = &doubt{ahead: ahead, since: ticks}
		c.warn(wall, ticks)
	case (ahead - c.doubt.ahead).Abs() > maxStep:
		c.doubt = &doubt{ahead: ahead, since: ticks} // it was set once more
		c.warn(wall, ticks)
	}
}

func (c *Clock) warn(wall time.Time, ticks time.Duration) {
	c.opt.Log.Warn("clock is not where it is expected; not believed until something confirms it",
		"shows", wall, "expected", c.expected(ticks), "ahead", c.doubt.ahead.Round(time.Second))
}
