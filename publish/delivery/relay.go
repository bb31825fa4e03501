package delivery

import (
	"log/slog"
	"math/bits"
	"sync"
	"time"

	"bantin/mailer"
)

// relay is what all connections share of the mail server's health. While it is
// away they wait together, longer each time, and no recipient pays for it.
// Where it complains of too much, fewer connections go on, one at least, and
// more again as long as it complains no more.
type relay struct {
	log  *slog.Logger
	name string
	most int // connections

	mu       sync.Mutex
	allowed  int       // connections that may work
	moved    time.Time // when that changed, or was found right, last
	last     error
	waits    int       // in a row
	until    time.Time // nobody begins before
	well     time.Time // when it took a message last
	outcomes uint32    // the last 20 answers, the newest lowest; set: refused for now
	against  int       // refusals in a row that are, or may be, about us
}

const (
	// The waits while a relay is away: doubled from first to most.
	firstRelayWait = time.Second
	mostRelayWait  = 2 * time.Minute

	// freshWell is how recent a taken message must be for a trouble of one
	// connection to be no trouble of all.
	freshWell = time.Second

	// growAfter is how long it goes well until one more connection is tried.
	growAfter = 5 * time.Second

	// Half of so many answers in a row refused for now: too fast.
	outcomesSeen, outcomesBad = 20, 10

	// mostBelieved is how many refusals by policy in a row are believed to be
	// about each recipient.
	mostBelieved = 2

	// handful is how many refusals that are about us, with nothing taken between
	// them, are an alarm: more would say the same.
	handful = 5
)

func newRelay(log *slog.Logger, name string, connections int) *relay {
	most := max(connections, 1)
	return &relay{log: log, name: name, most: most, allowed: most}
}

// failed notes that the relay could not be used. alarm tells that it refuses us
// again and again, and that waiting is of no use.
func (r *relay) failed(refusal *mailer.SendError) (alarm bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.last = refusal
	if now.Before(r.until) {
		return false // another connection has said so
	}
	if now.Sub(r.well) < freshWell {
		r.fall(now, r.allowed-1) // others go on: one connection too many
		return false
	}
	if refusal.Code != 0 {
		r.fall(now, r.allowed/2)
	}
	r.pause(now)
	return refusal.Scope == mailer.ScopeSender && r.againstUs()
}

// againstUs counts refusals that are, or may be, about us, and reports whether
// it is time for an alarm; the next one comes after as many again.
func (r *relay) againstUs() (alarm bool) {
	if r.against++; r.against < handful {
		return false
	}
	r.against = 0
	return true
}

func (r *relay) pause(now time.Time) {
	wait := min(firstRelayWait<<min(r.waits, 10), mostRelayWait)
	r.waits++
	r.until = now.Add(wait)
	r.log.Warn("the mail server cannot be used; nobody is skipped, trying again", "server", r.name, "error", r.last, "wait", wait)
}

func (r *relay) fall(now time.Time, to int) {
	if to = max(to, 1); to < r.allowed {
		r.log.Info("the mail server has enough to do: fewer connections", "server", r.name, "connections", to)
		r.allowed = to
	}
	r.moved = now
}

// took notes that the relay took a message.
func (r *relay) took() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.well, r.waits, r.until, r.last, r.against = now, 0, time.Time{}, nil, 0
	r.outcomes <<= 1
	switch {
	case r.allowed == r.most:
	case now.Sub(r.moved) > growAfter:
		r.allowed++
		r.moved = now
	}
}

// busy notes that the relay refused one recipient for now. Many of them in a
// row are no word about them: it wants less.
func (r *relay) busy(refusal *mailer.SendError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes = r.outcomes<<1 | 1
	if bits.OnesCount32(r.outcomes<<(32-outcomesSeen)) < outcomesBad {
		return
	}
	r.outcomes, r.last = 0, refusal
	now := time.Now()
	r.fall(now, r.allowed/2)
	r.pause(now)
}

// barred notes a permanent refusal of one recipient by policy. believed tells
// that it is about her, since the relay takes mail for others; alarm is as in
// failed.
func (r *relay) barred(refusal *mailer.SendError) (believed, alarm bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.well.IsZero() && r.against < mostBelieved {
		r.against++
		return true, false
	}
	r.last = refusal
	return false, r.againstUs()
}

// wellSince reports whether the relay took a message after t.
func (r *relay) wellSince(t time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.well.After(t)
}

// lastError is why the relay cannot be used; nil while it can.
func (r *relay) lastError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// lines is how many connections the relay wants now.
func (r *relay) lines() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.allowed
}

// surplus reports whether the relay wants fewer lines than this one's number.
func (r *relay) surplus(line int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return line >= r.allowed
}

// wait is how long a line must stand still, as far as can be said now.
func (r *relay) wait(line int, now time.Time) time.Duration {
	const soon = 100 * time.Millisecond
	r.mu.Lock()
	defer r.mu.Unlock()
	if line >= r.allowed {
		return soon
	}
	return r.until.Sub(now)
}
