package delivery

import (
	"slices"
	"sync"
	"time"

	"bantin/schedule"
)

// dispatcher hands the deliveries of all editions that are being delivered to the
// workers, each delivery when it may begin: by the rate, by the rate of its domain
// and by the health of the relay. Editions take turns, a message each.
type dispatcher struct {
	limit   *Rate // nil: none
	domains map[string]*Rate
	relay   *relayHealth

	mu      sync.Mutex
	queues  []*editionQueue
	turn    int // whose turn is next
	closed  bool
	changed chan struct{} // closed when there may be something new to take
}

func newDispatcher(c *Deliverer) *dispatcher {
	return &dispatcher{limit: c.Limit, domains: c.Domains, relay: c.health, closed: true, changed: make(chan struct{})}
}

// open hands out again after close.
func (d *dispatcher) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = false
}

// close hands out nothing more.
func (d *dispatcher) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.wake()
}

// wake has waiting workers look again.
func (d *dispatcher) wake() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// addQueue adds the queue of an edition.
func (d *dispatcher) addQueue() *editionQueue {
	q := newEditionQueue(d)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queues = append(d.queues, q)
	return q
}

func (d *dispatcher) removeQueue(q *editionQueue) {
	if i := slices.Index(d.queues, q); i >= 0 {
		d.queues = slices.Delete(d.queues, i, i+1)
	}
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
	if j, wait = d.pick(now); j != nil {
		d.limit.spend()
	}
	return j, wait, d.changed
}

// pick takes a delivery of the edition whose turn it is, or of the next one that
// has any.
func (d *dispatcher) pick(now time.Time) (j *job, wait time.Duration) {
	wait = time.Minute
	for i := range d.queues {
		q := d.queues[(d.turn+i)%len(d.queues)]
		j, w := q.pick(now)
		if len(q.ready) < minReadyJobs {
			schedule.Notify(q.runningLow)
		}
		if j != nil {
			d.turn = (d.turn + i + 1) % len(d.queues)
			return j, 0
		}
		wait = min(wait, w)
	}
	return nil, wait
}
