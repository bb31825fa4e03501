package delivery

import (
	"log/slog"
	"math/bits"
	"sync"
	"time"

	"bantin/mailer"
)

// relayHealth is what all connections know of the mail server together. While it
// is away they pause together, longer each time, and no recipient's attempts are
// spent. Where it complains of too much, fewer connections go on, at least one, and
// more again as long as it complains no more.
type relayHealth struct {
	log            *slog.Logger
	name           string
	maxConnections int

	mu          sync.Mutex
	allowed     int       // connections that may work
	changed     time.Time // when that changed, or was found right, last
	last        error
	pauses      int       // in a row
	pausedUntil time.Time // no message begins before
	lastSuccess time.Time // when it took a message last
	outcomes    uint32    // the last answers, the newest lowest; set: refused for now
	againstUs   int       // refusals in a row that are, or may be, about us
}

const (
	// The pauses while a relay is away: doubled from the first to the longest.
	minRelayPause = time.Second
	maxRelayPause = 2 * time.Minute

	// successInterval is how recent a success must be for a failure of one
	// connection not to be one of all.
	successInterval = time.Second

	// growInterval is how long it goes well until one more connection is tried.
	growInterval = 5 * time.Second

	// outcomesBad of outcomesSeen answers in a row refused for now: too fast.
	outcomesSeen, outcomesBad = 20, 10

	// maxBelieved is how many refusals by policy in a row are believed to be about
	// each recipient.
	maxBelieved = 2

	// alarmThreshold is how many refusals that are about us, with no success between
	// them, are an alarm: more would say the same.
	alarmThreshold = 5
)

func newRelayHealth(log *slog.Logger, name string, connections int) *relayHealth {
	n := max(connections, 1)
	return &relayHealth{log: log, name: name, maxConnections: n, allowed: n}
}

// succeeded notes that the relay took a message.
func (r *relayHealth) succeeded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.lastSuccess, r.pauses, r.pausedUntil, r.last, r.againstUs = now, 0, time.Time{}, nil, 0
	r.outcomes <<= 1
	switch {
	case r.allowed == r.maxConnections:
	case now.Sub(r.changed) > growInterval:
		r.allowed++
		r.changed = now
	}
}

// failed notes that the relay could not be used. alarm tells that it refuses us
// again and again, and that waiting is of no use.
func (r *relayHealth) failed(refusal *mailer.SendError) (alarm bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.last = refusal
	if now.Before(r.pausedUntil) {
		return false // another connection has said so
	}
	if now.Sub(r.lastSuccess) < successInterval {
		r.reduce(now, r.allowed-1) // others go on: one connection too many
		return false
	}
	if refusal.Code != 0 {
		r.reduce(now, r.allowed/2)
	}
	r.pause(now)
	return refusal.Scope == mailer.ScopeSender && r.countAgainstUs()
}

// deferred notes that the relay refused one recipient for now. Many of them in a
// row say nothing about the recipients: the relay wants less.
func (r *relayHealth) deferred(refusal *mailer.SendError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes = r.outcomes<<1 | 1
	if bits.OnesCount32(r.outcomes<<(32-outcomesSeen)) < outcomesBad {
		return
	}
	r.outcomes, r.last = 0, refusal
	now := time.Now()
	r.reduce(now, r.allowed/2)
	r.pause(now)
}

// refusedByPolicy notes a permanent refusal of one recipient by policy. believed
// tells that it is about the recipient, since the relay takes mail for others;
// alarm is as in failed.
func (r *relayHealth) refusedByPolicy(refusal *mailer.SendError) (believed, alarm bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.lastSuccess.IsZero() && r.againstUs < maxBelieved {
		r.againstUs++
		return true, false
	}
	r.last = refusal
	return false, r.countAgainstUs()
}

// countAgainstUs counts refusals that are, or may be, about us, and reports whether
// it is time for an alarm; the next one comes after as many again.
func (r *relayHealth) countAgainstUs() (alarm bool) {
	if r.againstUs++; r.againstUs < alarmThreshold {
		return false
	}
	r.againstUs = 0
	return true
}

func (r *relayHealth) pause(now time.Time) {
	wait := min(minRelayPause<<min(r.pauses, 10), maxRelayPause)
	r.pauses++
	r.pausedUntil = now.Add(wait)
	r.log.Warn("mail server unavailable, retrying; no recipient is skipped", "server", r.name, "error", r.last, "wait", wait)
}

func (r *relayHealth) reduce(now time.Time, to int) {
	if to = max(to, 1); to < r.allowed {
		r.log.Info("relay asks for less: reducing connections", "server", r.name, "connections", to)
		r.allowed = to
	}
	r.changed = now
}

// succeededSince reports whether the relay took a message after t.
func (r *relayHealth) succeededSince(t time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lastSuccess.After(t)
}

// lastError is why the relay cannot be used; nil while it can.
func (r *relayHealth) lastError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// connections is how many connections the relay wants now.
func (r *relayHealth) connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.allowed
}

// isSurplus reports whether the relay wants fewer workers than the one of this
// number.
func (r *relayHealth) isSurplus(worker int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return worker >= r.allowed
}

// wait is how long a worker must stand still, as far as is known now.
func (r *relayHealth) wait(worker int, now time.Time) time.Duration {
	const shortDelay = 100 * time.Millisecond
	r.mu.Lock()
	defer r.mu.Unlock()
	if worker >= r.allowed {
		return shortDelay
	}
	return r.pausedUntil.Sub(now)
}
