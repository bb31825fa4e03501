package delivery

import (
	"strings"
	"sync"
	"time"

	"bantin/mailer"
	"bantin/schedule"
	"bantin/store"
)

// job is one delivery of a claimed chunk.
type job struct {
	store.Recipient
	claim   *claim
	mail    mailer.RecipientMessage // once it was prepared
	version int                     // of the bulletins that its letter was made of, see letters
	breaks  int                     // connections that broke over it
	since   time.Time               // of the first of them
}

// domain is where the recipient's mailbox is, in lower case.
func (j *job) domain() string {
	return strings.ToLower(j.Address[strings.LastIndexByte(j.Address, '@')+1:])
}

// desk stands between the claimed chunks of a run and its lines. It hands out
// deliveries in the order of the ledger, each when it may begin: by the rate,
// by its domain's rate and by the health of the relay.
type desk struct {
	limit   *Rate // nil: none
	domains map[string]*Rate
	relay   *relay

	mu      sync.Mutex
	ready   []*job
	parked  map[string][]*job // by domain: those that wait for its rate
	held    int               // both together
	shut    bool
	changed chan struct{} // closed when there may be something new to take
	hungry  chan struct{} // rings when little is left
}

// How much a desk holds: a chunk is fetched while there is still work for some
// hundredths of a second, and no more than bounds memory, however slow a domain.
const (
	desiredJobs = 256
	mostJobs    = 5000
)

func newDesk(c *Deliverer) *desk {
	return &desk{limit: c.Limit, domains: c.Domains, relay: c.health(), parked: map[string][]*job{},
		changed: make(chan struct{}), hungry: make(chan struct{}, 1)}
}

// add puts the deliveries of a chunk at the end. A desk that is shut drops them.
func (d *desk) add(jobs []*job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready = append(d.ready, jobs...)
	d.arrived(len(jobs))
}

// back puts a delivery that was not begun in front again.
func (d *desk) back(j *job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready = append([]*job{j}, d.ready...)
	d.arrived(1)
}

func (d *desk) arrived(n int) {
	d.held += n
	if d.shut {
		d.drop()
		return
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// close hands out nothing more and drops what is left.
func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.shut {
		d.shut = true
		close(d.changed)
	}
	d.drop()
}

func (d *desk) drop() {
	for _, j := range d.ready {
		j.claim.open.Done()
	}
	for _, list := range d.parked {
		for _, j := range list {
			j.claim.open.Done()
		}
	}
	d.ready, d.held = nil, 0
	clear(d.parked)
}

// wants reports whether another chunk should be fetched.
func (d *desk) wants() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.shut && len(d.ready) < desiredJobs && d.held < mostJobs
}

// take waits for a delivery that the line of that number may begin; ok is false
// when the desk was closed. rest is called where there are more lines than the
// relay wants: this one must not keep a connection that others could use.
func (d *desk) take(line int, rest func()) (j *job, ok bool) {
	for {
		j, wait, changed := d.look(line)
		if j != nil || changed == nil {
			return j, j != nil
		}
		if d.relay.surplus(line) {
			rest()
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// try gives a delivery that may begin at once, or nil.
func (d *desk) try(line int) *job {
	j, _, _ := d.look(line)
	return j
}

// look gives a delivery, or how long to wait for one and what may end the wait
// before; changed is nil where the desk is closed.
func (d *desk) look(line int) (j *job, wait time.Duration, changed <-chan struct{}) {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return nil, 0, nil
	}
	if wait := d.relay.wait(line, now); wait > 0 {
		return nil, wait, d.changed
	}
	if wait := d.limit.room(now); wait > 0 {
		return nil, wait, d.changed
	}
	j, wait = d.pick(now)
	if j != nil {
		d.limit.take()
	}
	if len(d.ready) < desiredJobs {
		schedule.Notify(d.hungry)
	}
	return j, wait, d.changed
}

// pick takes a delivery whose domain has room, parking those it passes over.
func (d *desk) pick(now time.Time) (j *job, wait time.Duration) {
	wait = time.Minute
	for domain, list := range d.parked {
		if room := d.domains[domain].room(now); room > 0 {
			wait = min(wait, room)
			continue
		}
		if d.parked[domain] = list[1:]; len(list) == 1 {
			delete(d.parked, domain)
		}
		return d.given(list[0]), 0
	}
	for len(d.ready) > 0 {
		j := d.ready[0]
		d.ready = d.ready[1:]
		if len(d.domains) == 0 {
			return d.given(j), 0
		}
		domain := j.domain()
		room := d.domains[domain].room(now)
		if room == 0 && len(d.parked[domain]) == 0 {
			return d.given(j), 0
		}
		d.parked[domain] = append(d.parked[domain], j)
		wait = min(wait, room)
	}
	return nil, wait
}

func (d *desk) given(j *job) *job {
	d.held--
	if len(d.domains) > 0 {
		d.domains[j.domain()].take()
	}
	return j
}
