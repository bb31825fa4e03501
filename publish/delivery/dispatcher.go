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
	version int                     // of the bulletins that its message was made of, see messageCache
	breaks  int                     // connections that broke over it
	since   time.Time               // of the first of them
}

// domain is where the recipient's mailbox is, in lower case.
func (j *job) domain() string {
	return strings.ToLower(j.Address[strings.LastIndexByte(j.Address, '@')+1:])
}

// dispatcher hands the deliveries of the claimed chunks of a run to its workers. It
// does so in the order of the ledger, each delivery when it may begin: by the rate,
// by the rate of its domain and by the health of the relay.
type dispatcher struct {
	limit   *Rate // nil: none
	domains map[string]*Rate
	relay   *relayHealth

	mu         sync.Mutex
	ready      []*job
	parked     map[string][]*job // by domain: those that wait for its rate
	size       int               // both together
	closed     bool
	changed    chan struct{} // closed when there may be something new to take
	runningLow chan struct{} // notified when few jobs are ready
}

// How many jobs a dispatcher holds. The next chunk is fetched while there is work
// for some hundredths of a second, and no more than bounds memory, however slow a
// domain.
const (
	minReadyJobs = 256
	maxJobs      = 5000
)

func newDispatcher(c *Deliverer) *dispatcher {
	return &dispatcher{limit: c.Limit, domains: c.Domains, relay: c.relayHealth(), parked: map[string][]*job{},
		changed: make(chan struct{}), runningLow: make(chan struct{}, 1)}
}

// add puts the deliveries of a chunk at the end. A closed dispatcher drops them.
func (d *dispatcher) add(jobs []*job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready = append(d.ready, jobs...)
	d.added(len(jobs))
}

// requeue puts a delivery that was not begun in front again.
func (d *dispatcher) requeue(j *job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready = append([]*job{j}, d.ready...)
	d.added(1)
}

func (d *dispatcher) added(n int) {
	d.size += n
	if d.closed {
		d.drop()
		return
	}
	close(d.changed)
	d.changed = make(chan struct{})
}

// close hands out nothing more and drops what is left.
func (d *dispatcher) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.closed = true
		close(d.changed)
	}
	d.drop()
}

func (d *dispatcher) drop() {
	for _, j := range d.ready {
		j.claim.unfinished.Done()
	}
	for _, list := range d.parked {
		for _, j := range list {
			j.claim.unfinished.Done()
		}
	}
	d.ready, d.size = nil, 0
	clear(d.parked)
}

// wantsMore reports whether another chunk should be fetched.
func (d *dispatcher) wantsMore() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.closed && len(d.ready) < minReadyJobs && d.size < maxJobs
}

// take waits for a delivery that the worker of that number may begin; ok is false
// when the dispatcher was closed. disconnect is called where there are more workers
// than the relay wants: the worker must not keep a connection that others could use.
func (d *dispatcher) take(worker int, disconnect func()) (j *job, ok bool) {
	for {
		j, wait, changed := d.next(worker)
		if j != nil || changed == nil {
			return j, j != nil
		}
		if d.relay.isSurplus(worker) {
			disconnect()
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
func (d *dispatcher) try(worker int) *job {
	j, _, _ := d.next(worker)
	return j
}

// next gives a delivery, or how long to wait for one and what may end the wait
// before; changed is nil where the dispatcher is closed.
func (d *dispatcher) next(worker int) (j *job, wait time.Duration, changed <-chan struct{}) {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, 0, nil
	}
	if wait := d.relay.wait(worker, now); wait > 0 {
		return nil, wait, d.changed
	}
	if wait := d.limit.wait(now); wait > 0 {
		return nil, wait, d.changed
	}
	j, wait = d.pick(now)
	if j != nil {
		d.limit.spend()
	}
	if len(d.ready) < minReadyJobs {
		schedule.Notify(d.runningLow)
	}
	return j, wait, d.changed
}

// pick takes a delivery whose domain's rate allows it, and parks those it passes
// over.
func (d *dispatcher) pick(now time.Time) (j *job, wait time.Duration) {
	wait = time.Minute
	for domain, list := range d.parked {
		if w := d.domains[domain].wait(now); w > 0 {
			wait = min(wait, w)
			continue
		}
		if d.parked[domain] = list[1:]; len(list) == 1 {
			delete(d.parked, domain)
		}
		return d.handOut(list[0]), 0
	}
	for len(d.ready) > 0 {
		j := d.ready[0]
		d.ready = d.ready[1:]
		if len(d.domains) == 0 {
			return d.handOut(j), 0
		}
		domain := j.domain()
		w := d.domains[domain].wait(now)
		if w == 0 && len(d.parked[domain]) == 0 {
			return d.handOut(j), 0
		}
		d.parked[domain] = append(d.parked[domain], j)
		wait = min(wait, w)
	}
	return nil, wait
}

func (d *dispatcher) handOut(j *job) *job {
	d.size--
	if len(d.domains) > 0 {
		d.domains[j.domain()].spend()
	}
	return j
}
