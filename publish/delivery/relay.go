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
	told           func(error) // is told when the relay goes away; may be nil

	mu          sync.Mutex
	allowed     int       // connections that may work
	changed     time.Time // when that changed, or was found right, last
	last        error
	away        backoff
	awayTold    bool            // since the last success
	retries     backoff         // of second tries, by the clock: they come too soon
	retriesSaid string          // what was answered to the last of these
	lastSuccess time.Time       // when it took a message last
	secondTries uint32          // how the last ones went, the newest lowest; set: refused for now
	againstUs   int             // refusals of the sender in a row
	doubted     map[doubt]bool  // recipients who were refused in a way that may be about us, since the last success
	broke       map[string]bool // addresses at which it closed the connection, since the last success
	probing     bool            // one message at a time, to see whether it takes any
}

// doubt is a recipient of an edition who was refused in a way that may be about us.
type doubt struct {
	edition int64
	address string
}

// backoff is a pause that grows as long as nothing goes well.
type backoff struct {
	pauses int // in a row
	until  time.Time
}

func (b *backoff) pause(now time.Time, least, most time.Duration) (wait time.Duration) {
	wait = min(least<<min(b.pauses, 10), most)
	b.pauses++
	b.until = now.Add(wait)
	return wait
}

const (
	// The pauses while a relay is away: doubled from the first to the longest.
	minRelayPause = time.Second
	maxRelayPause = 2 * time.Minute

	// Those of second tries.
	minRetryPause = time.Minute
	maxRetryPause = 15 * time.Minute

	// successInterval is how recent a success must be for a failure of one
	// connection not to be one of all.
	successInterval = time.Second

	// growInterval is how long it goes well until one more connection is tried.
	growInterval = 5 * time.Second

	// retriesBad of retriesSeen second tries in a row refused for now: too fast.
	retriesSeen, retriesBad = 20, 10

	// alarmThreshold is how many refusals of the sender, or of so many recipients in
	// ways that may be about us, with no success between them, are an alarm: more would
	// say the same.
	alarmThreshold = 5

	// manyBroken is how many recipients in a row at whom the relay closes the
	// connection are no accident of some addresses.
	manyBroken = 3
)

func newRelayHealth(log *slog.Logger, name string, connections int) *relayHealth {
	n := max(connections, 1)
	return &relayHealth{log: log, name: name, maxConnections: n, allowed: n, doubted: map[doubt]bool{}, broke: map[string]bool{}}
}

// succeeded notes that the relay took a message; again tells that it had refused it
// for now. It reports whether the relay had been away.
func (r *relayHealth) succeeded(again bool) (back bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	back = r.away.pauses > 0
	r.lastSuccess, r.last, r.againstUs, r.away, r.awayTold, r.probing = now, nil, 0, backoff{}, false, false
	clear(r.broke)
	clear(r.doubted)
	if again {
		r.secondTries, r.retries = r.secondTries<<1, backoff{}
	}
	if r.allowed < r.maxConnections && now.Sub(r.changed) > growInterval {
		r.allowed++
		r.changed = now
	}
	return back
}

// failed notes that the relay could not be used, and tells until when nothing is
// tried: the zero time where only one connection was too many.
func (r *relayHealth) failed(refusal *mailer.SendError) (until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.last = refusal
	if now.Before(r.away.until) {
		return r.away.until // another connection has said so
	}
	if now.Sub(r.lastSuccess) < successInterval {
		r.reduce(now, r.allowed-1) // others go on: one connection too many
		return time.Time{}
	}
	if refusal.Code != 0 {
		r.reduce(now, r.allowed/2)
	}
	if r.told != nil && !r.awayTold {
		r.told(refusal)
	}
	r.awayTold = true
	wait := r.away.pause(now, minRelayPause, maxRelayPause)
	r.log.Warn("mail server unavailable, retrying; no recipient is skipped", "server", r.name, "error", r.last, "wait", wait)
	return r.away.until
}

// refusedAgain notes that the relay refused one recipient for now who had waited.
// Many of them in a row are not about the recipients: second tries come too soon.
// First tries say nothing: a relay that greylists refuses each of them once.
func (r *relayHealth) refusedAgain(refusal *mailer.SendError, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secondTries = r.secondTries<<1 | 1
	if bits.OnesCount32(r.secondTries<<(32-retriesSeen)) < retriesBad {
		return
	}
	r.secondTries, r.retriesSaid = 0, mailer.GeneralReply(refusal.Reply)
	r.reduce(time.Now(), r.allowed/2)
	wait := r.retries.pause(now, minRetryPause, maxRetryPause)
	r.log.Info("second tries are refused too: they wait, first tries go on", "server", r.name, "reply", refusal.Reply, "wait", wait)
}

// countAgainstUs counts refusals of the sender, and reports whether it is time for an
// alarm; the next one comes after as many again.
func (r *relayHealth) countAgainstUs(refusal *mailer.SendError) (alarm bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = refusal
	if r.againstUs++; r.againstUs < alarmThreshold {
		return false
	}
	r.againstUs = 0
	return true
}

// doubt notes that a recipient was refused in a way that may be about us, and reports
// whether so many of the edition were that it is time for an alarm.
func (r *relayHealth) doubt(d doubt) (alarm bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doubted[d] = true
	n := 0
	for other := range r.doubted {
		if other.edition == d.edition {
			n++
		}
	}
	if n < alarmThreshold {
		return false
	}
	clear(r.doubted)
	return true
}

// refusesUs notes that the relay takes nothing from us.
func (r *relayHealth) refusesUs(refusal *mailer.SendError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = refusal
}

// brokeOver notes that the relay closed a fresh connection over a recipient, and
// reports whether it does so over many.
func (r *relayHealth) brokeOver(address string) (many bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.broke) < manyBroken {
		r.broke[address] = true
	}
	return len(r.broke) >= manyBroken
}

func (r *relayHealth) reduce(now time.Time, to int) {
	if to = max(to, 1); to < r.allowed {
		r.log.Info("relay asks for less: reducing connections", "server", r.name, "connections", to)
		r.allowed = to
	}
	r.changed = now
}

// wasAway notes that the relay was away when a process ended: its next success is
// told to others.
func (r *relayHealth) wasAway() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away.pauses = max(r.away.pauses, 1)
}

// probe has one message at a time go out, until one is taken.
func (r *relayHealth) probe() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.probing = true
}

// endProbe ends that, and reports whether none was taken.
func (r *relayHealth) endProbe() (probing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	probing, r.probing = r.probing, false
	return probing
}

func (r *relayHealth) isProbing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.probing
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
	return worker >= r.allowed || r.probing && worker > 0
}

// wait is how long a worker must stand still, as far as is known now.
func (r *relayHealth) wait(worker int, now time.Time) time.Duration {
	const shortDelay = 100 * time.Millisecond
	r.mu.Lock()
	defer r.mu.Unlock()
	if worker >= r.allowed || r.probing && worker > 0 {
		return shortDelay
	}
	return r.away.until.Sub(now)
}

// retryWait is how long second tries must wait, and what was answered to the last ones.
func (r *relayHealth) retryWait(now time.Time) (wait time.Duration, said string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.retries.until.Sub(now), r.retriesSaid
}
