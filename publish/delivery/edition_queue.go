package delivery

import (
	"strings"
	"time"

	"bantin/mailer"
	"bantin/store"
)

// job is one delivery of a claimed chunk.
type job struct {
	store.Recipient
	run     *deliveryRun
	claim   *claim
	mail    mailer.RecipientMessage // once it was prepared
	version int                     // of the bulletins that its message was made of, see messageCache
	kept    keptAs                  // of mail
	begun   keptAs                  // of the message whose body was begun last
	breaks  int                     // connections that broke over it
	since   time.Time               // of the first of them

	doubts    int       // how often it was refused in a way that may be about us
	doubtedAt time.Time // when that was first
	quotas    int       // how often it was refused for a limit
	unknown   bool      // it was refused since the address or its domain does not exist
}

// domain is where the recipient's mailbox is, in lower case.
func (j *job) domain() string {
	return strings.ToLower(j.Address[strings.LastIndexByte(j.Address, '@')+1:])
}

// editionQueue holds the deliveries of an edition that wait for a worker, under the
// lock of its dispatcher. Those that were tried before come first, since their wait
// is over; then the others in the order of the ledger; last what broke a connection.
type editionQueue struct {
	dispatcher *dispatcher
	again      []*job // tried before; their wait is over
	ready      []*job
	suspects   []*job            // each broke a connection: others come first
	parked     map[string][]*job // by domain: those that wait for its rate
	size       int               // all together
	closed     bool
	runningLow chan struct{} // notified when few jobs are ready
}

// How many jobs a queue holds. The next chunk is fetched while there is work for
// some hundredths of a second, and no more than bounds memory, however slow a
// domain.
const (
	minReadyJobs = 256
	maxJobs      = 5000
)

func newEditionQueue(d *dispatcher) *editionQueue {
	return &editionQueue{dispatcher: d, parked: map[string][]*job{}, runningLow: make(chan struct{}, 1)}
}

// add puts the deliveries of a chunk at the end. A closed queue drops them.
func (q *editionQueue) add(jobs []*job) {
	q.dispatcher.mu.Lock()
	defer q.dispatcher.mu.Unlock()
	for _, j := range jobs {
		if j.Attempts > 0 {
			q.again = append(q.again, j)
		} else {
			q.ready = append(q.ready, j)
		}
	}
	q.added(len(jobs))
}

// requeue puts a delivery that was not begun in front again.
func (q *editionQueue) requeue(j *job) {
	q.dispatcher.mu.Lock()
	defer q.dispatcher.mu.Unlock()
	q.ready = append([]*job{j}, q.ready...)
	q.added(1)
}

// suspect puts a delivery that broke a connection behind all others.
func (q *editionQueue) suspect(j *job) {
	q.dispatcher.mu.Lock()
	defer q.dispatcher.mu.Unlock()
	q.suspects = append(q.suspects, j)
	q.added(1)
}

func (q *editionQueue) added(n int) {
	q.size += n
	if q.closed {
		q.drop()
		return
	}
	q.dispatcher.wake()
}

// close hands out nothing more and drops what is left.
func (q *editionQueue) close() {
	q.dispatcher.mu.Lock()
	defer q.dispatcher.mu.Unlock()
	q.closed = true
	q.dispatcher.removeQueue(q)
	q.drop()
}

func (q *editionQueue) drop() {
	lists := [][]*job{q.again, q.ready, q.suspects}
	for _, list := range q.parked {
		lists = append(lists, list)
	}
	for _, list := range lists {
		for _, j := range list {
			j.claim.unfinished.Done()
		}
	}
	q.again, q.ready, q.suspects, q.size = nil, nil, nil, 0
	clear(q.parked)
}

// wantsMore reports whether another chunk should be fetched.
func (q *editionQueue) wantsMore() bool {
	q.dispatcher.mu.Lock()
	defer q.dispatcher.mu.Unlock()
	return !q.closed && len(q.ready) < minReadyJobs && q.size < maxJobs
}

// pick takes a delivery whose domain's rate allows it, and parks those it passes
// over.
func (q *editionQueue) pick(now time.Time) (j *job, wait time.Duration) {
	wait = time.Minute
	domains := q.dispatcher.domains
	for domain, list := range q.parked {
		if w := domains[domain].wait(now); w > 0 {
			wait = min(wait, w)
			continue
		}
		if q.parked[domain] = list[1:]; len(list) == 1 {
			delete(q.parked, domain)
		}
		return q.handOut(list[0]), 0
	}
	for _, list := range []*[]*job{&q.again, &q.ready, &q.suspects} {
		for len(*list) > 0 {
			j := (*list)[0]
			*list = (*list)[1:]
			w := q.domainWait(j, now)
			if w == 0 {
				return q.handOut(j), 0
			}
			q.parked[j.domain()] = append(q.parked[j.domain()], j)
			wait = min(wait, w)
		}
	}
	return nil, wait
}

// domainWait is how long a delivery must wait for the rate of its domain.
func (q *editionQueue) domainWait(j *job, now time.Time) time.Duration {
	domains := q.dispatcher.domains
	if len(domains) == 0 {
		return 0
	}
	w := domains[j.domain()].wait(now)
	if w == 0 && len(q.parked[j.domain()]) > 0 {
		return time.Millisecond // behind those that are parked
	}
	return w
}

func (q *editionQueue) handOut(j *job) *job {
	q.size--
	if len(q.dispatcher.domains) > 0 {
		q.dispatcher.domains[j.domain()].spend()
	}
	return j
}
