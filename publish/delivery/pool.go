package delivery

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// pool is what all editions that a process delivers share: the connections to the
// mail server, the dispatcher that hands deliveries out to them in turn, and the
// committer that makes results durable. It works while an edition is delivered.
type pool struct {
	*Deliverer
	dispatcher *dispatcher
	outcomes   *outcomes
	accepted   atomic.Int64 // messages, since the last period of a limit began
	isUsed     atomic.Bool  // our mail server is noted as the one that is used
	probes     atomic.Int64 // runs that try whether the mail server takes a message

	mu         sync.Mutex
	runs       map[*deliveryRun]bool // that have joined
	live       int                   // of these, whose context goes on
	stopped    chan struct{}         // closed once the last workers have ended
	leave      func()                // ends the workers
	hint       *quotaHint            // of a limit of our account
	hintedAt   time.Time
	acceptedAt time.Time // the first of accepted
}

func newPool(d *Deliverer) *pool {
	return &pool{Deliverer: d, dispatcher: newDispatcher(d), outcomes: newOutcomes(d.DB, d.Node), runs: map[*deliveryRun]bool{}}
}

// join has the workers work for a run until leave is called, by all who joined.
func (p *pool) join(r *deliveryRun) (leave func()) {
	p.mu.Lock()
	for p.stopped != nil { // workers of before are ending
		stopped := p.stopped
		p.mu.Unlock()
		<-stopped
		p.mu.Lock()
	}
	defer p.mu.Unlock()
	if len(p.runs) == 0 {
		p.start()
	}
	p.runs[r] = true
	p.live++
	goesOn := context.AfterFunc(r.ctx, p.runEnded)
	return func() {
		if goesOn() {
			p.runEnded()
		}
		p.part(r)
	}
}

// part takes a run out; the last one ends the workers.
func (p *pool) part(r *deliveryRun) {
	p.mu.Lock()
	delete(p.runs, r)
	if len(p.runs) > 0 {
		p.mu.Unlock()
		return
	}
	stopped, leave := make(chan struct{}), p.leave
	p.stopped = stopped
	p.mu.Unlock()
	leave()
	p.mu.Lock()
	p.stopped = nil
	p.mu.Unlock()
	close(stopped)
}

// stopAll ends all runs: what is in hand is finished.
func (p *pool) stopAll(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.runs {
		r.stop(why)
	}
}

func (p *pool) runEnded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live--
}

// isStopping reports whether nobody wants more to be sent: what is in hand is
// finished.
func (p *pool) isStopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live == 0
}

// start starts a worker for each connection, and the committer.
func (p *pool) start() {
	committer := newCommitter(p.DB, p.Log, p.Journal, p.health.connections, p.isStopping)
	p.dispatcher.open()
	var workers, committing sync.WaitGroup
	committing.Go(committer.run)
	for i := range max(p.Connections, 1) {
		workers.Go(func() { newWorker(p, committer, i).work() })
	}
	p.leave = func() {
		p.dispatcher.close()
		workers.Wait()
		close(committer.queue)
		committing.Wait()
	}
}
