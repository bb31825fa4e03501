package clock

import (
	"context"
	"errors"
	"time"
)

// Source is a second opinion about the time.
type Source struct {
	Name string
	// Ask gives the time as the source has it; an error, such as ErrUnknown, where it
	// does not know.
	Ask func(ctx context.Context) (time.Time, error)
	// Every is how long to leave it alone between two questions.
	Every time.Duration
}

// ErrUnknown says that a source does not know the time now.
var ErrUnknown = errors.New("the source does not know the time")

// askTimeout is how long a source may take.
const askTimeout = 20 * time.Second

// Check asks the sources about a clock that is in doubt, and ends the doubt where one
// agrees or where nothing has contradicted it for five minutes. It reports whether the
// doubt ended by that. It is to be called every few seconds.
func (c *Clock) Check(ctx context.Context, sources []Source) (settled bool) {
	ahead, open := c.openQuestion()
	if !open {
		return false
	}
	for _, s := range sources {
		if !c.mayAsk(&s) {
			continue
		}
		asked, cancel := context.WithTimeout(ctx, askTimeout)
		told, err := s.Ask(asked)
		cancel()
		if err != nil {
			continue
		}
		if c.hear(s.Name, told, ahead) {
			return true
		}
	}
	return c.waitedLongEnough(ahead)
}

// openQuestion gives how far ahead a wall in doubt is; open is false where there is
// nothing to ask.
func (c *Clock) openQuestion() (ahead time.Duration, open bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		return 0, false
	}
	if c.sure() {
		return 0, c.unconfirmed
	}
	return c.doubt.ahead, true
}

// mayAsk reports whether a source may be asked again, and notes that it is.
func (c *Clock) mayAsk(s *Source) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	ticks := c.opt.Ticks()
	if last, asked := c.asked[s.Name]; asked && ticks-last < s.Every {
		return false
	}
	c.asked[s.Name] = ticks
	return true
}

// agrees reports whether what a source told is where the wall is: a server may be some
// minutes off, and of a jump of days an hour is nothing.
func agrees(told, wall time.Time, ahead time.Duration) bool {
	off := told.Sub(wall).Abs()
	return off <= maxAgreed || off <= ahead.Abs()/10
}

// hear takes what a source told, and reports whether that ends the doubt that was asked
// about. A jump that was believed since nothing contradicted it is in doubt again when
// something does.
func (c *Clock) hear(name string, told time.Time, ahead time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, ticks := c.read()
	c.look(wall, ticks)
	agreed := agrees(told, wall, ahead)
	switch {
	case c.doubt == nil && agreed:
		c.unconfirmed = false
		return false
	case c.doubt == nil && c.unconfirmed:
		c.unconfirmed, c.base, c.at = false, told, ticks
		c.look(wall, ticks)
		return false
	case c.doubt == nil, c.doubt.ahead != ahead: // it was set meanwhile
		return false
	case agreed:
		c.believe(wall, ticks, true, name)
		return true
	}
	c.doubt.since = ticks
	if c.doubt.denied != name {
		c.doubt.denied = name
		c.opt.Log.Warn("clock contradicts another source; not believed", "shows", wall, "source", name, "source_shows", told)
	}
	return false
}

// waitedLongEnough ends a doubt that nothing contradicted.
func (c *Clock) waitedLongEnough(ahead time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, ticks := c.read()
	c.look(wall, ticks)
	if c.doubt == nil || c.doubt.ahead != ahead || ticks-c.doubt.since < silence || wall.Before(earliest()) {
		return false
	}
	c.believe(wall, ticks, ahead.Abs() <= maxSilentJump, "nothing contradicted it")
	return true
}

// believe takes the wall as it is.
func (c *Clock) believe(wall time.Time, ticks time.Duration, confirmed bool, by string) {
	c.opt.Log.Info("clock is believed", "time", wall, "by", by)
	c.doubt, c.base, c.at, c.steadySince, c.unconfirmed = nil, wall, ticks, ticks, !confirmed
}
