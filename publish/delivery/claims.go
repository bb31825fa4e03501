package delivery

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// chunkLease is how long a chunk is claimed for; it is renewed at a quarter.
const chunkLease = time.Minute

// errClaimLost says that another node owns the chunk now, or its edition was
// stopped.
var errClaimLost = errors.New("the chunk is no longer ours")

// claim is a chunk that this run owns.
type claim struct {
	store.Chunk
	departures int64          // the last one before its deliveries were read
	unfinished sync.WaitGroup // its deliveries
	mu         sync.Mutex
	deadline   time.Time // by our monotonic clock: no body begins later
	lost       bool
}

func (c *claim) markLost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = true
}

// isHeld reports whether the chunk is still ours.
func (c *claim) isHeld() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.lost && time.Now().Before(c.deadline)
}

// extend moves the deadline to a fifth before the end of a lease that was asked for
// at the time given.
func (c *claim) extend(asked time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = asked.Add(chunkLease * 4 / 5)
}

// claimChunks claims chunks until none has work that is due, or the edition is
// stopped.
func (r *deliveryRun) claimChunks(ctx context.Context, chunks *sync.WaitGroup) error {
	for ctx.Err() == nil {
		if !r.jobs.wantsMore() {
			select {
			case <-r.jobs.runningLow:
			case <-ctx.Done():
			}
			continue
		}
		claim, ok, err := r.claim(ctx)
		if err != nil || !ok {
			return err
		}
		loaded := make(chan struct{})
		chunks.Go(func() { r.workChunk(ctx, claim, loaded) })
		<-loaded
	}
	return nil
}

func (r *deliveryRun) claim(ctx context.Context) (*claim, bool, error) {
	c := &claim{}
	c.extend(time.Now())
	chunk, ok, err := r.DB.Deliveries().Claim(ctx, r.edition.Row, r.Node, chunkLease)
	if err != nil && ctx.Err() != nil {
		return nil, false, nil
	}
	c.Chunk = chunk
	return c, ok, err
}

// workChunk gives the due deliveries of a chunk to the dispatcher, renews the lease
// until they are finished and releases the chunk. It closes loaded when the
// dispatcher has them, or when they cannot be read for now.
func (r *deliveryRun) workChunk(ctx context.Context, c *claim, loaded chan<- struct{}) {
	done := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() { r.renewLease(ctx, c, done) })
	err := r.load(ctx, c)
	close(loaded)
	if err != nil {
		r.reload(ctx, c, err)
	}
	c.unfinished.Wait()
	close(done)
	renewing.Wait()
	r.release(ctx, c)
}

func (r *deliveryRun) load(ctx context.Context, c *claim) (err error) {
	if c.departures, err = r.DB.Contacts().LastDeparture(ctx); err != nil {
		return err
	}
	recipients, err := r.DB.Deliveries().DueRecipients(ctx, c.Chunk)
	if err != nil {
		return err
	}
	jobs := make([]*job, 0, len(recipients))
	for _, recipient := range recipients {
		j := &job{Recipient: recipient, run: r, claim: c}
		r.domains.add(j.domain())
		if !j.Parked || !r.watch.isHeld(j.domain()) {
			jobs = append(jobs, j)
		}
	}
	if r.health.isProbing() { // whom it tries is chance: the first one may be refused always
		rand.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })
	}
	c.unfinished.Add(len(jobs))
	r.jobs.add(jobs)
	return nil
}

// A chunk whose deliveries cannot be read is read again after waits that grow from
// minReadWait to maxReadWait, at least minReads times in all.
const (
	minReadWait = time.Second
	maxReadWait = time.Minute
	minReads    = 6
)

// reload reads a chunk again whose deliveries could not be read. Meanwhile the chunk
// stays claimed, so that the run goes on with other chunks and does not claim it over
// and over. When all others are claimed the run ends without it.
func (r *deliveryRun) reload(ctx context.Context, c *claim, err error) {
	backoff := schedule.Backoff{Min: minReadWait, Max: maxReadWait}
	for reads := 1; err != nil && ctx.Err() == nil && c.isHeld(); reads++ {
		if reads >= minReads && r.allClaimed.Load() {
			r.fail(err)
			return
		}
		wait := backoff.Next()
		r.Log.Error("chunk cannot be read, retrying", "edition", r.edition.ID, "chunk", c.Number, "error", err, "wait", wait)
		if schedule.Sleep(ctx, wait) == nil {
			err = r.load(ctx, c)
		}
	}
}

// renewLease renews the lease until the chunk is done.
func (r *deliveryRun) renewLease(ctx context.Context, c *claim, done <-chan struct{}) {
	tick := time.NewTicker(chunkLease / 4)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		if !r.renew(ctx, c) {
			return
		}
	}
}

// renew asks for the lease once more, and reports false where the chunk is lost.
func (r *deliveryRun) renew(ctx context.Context, c *claim) bool {
	asked := time.Now()
	ok, err := r.DB.Deliveries().Renew(context.WithoutCancel(ctx), c.Chunk, chunkLease)
	switch {
	case err != nil:
		r.Log.Warn("chunk lease cannot be renewed", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	case !ok:
		c.markLost()
		return false
	default:
		c.extend(asked)
	}
	return true
}

func (r *deliveryRun) release(ctx context.Context, c *claim) {
	if err := r.outcomes.flush(ctx); err != nil { // its last chunk may end the edition, which is judged then
		r.Log.Warn("outcomes cannot be stored, retrying", "edition", r.edition.ID, "error", err)
	}
	switch err := r.DB.Deliveries().Release(context.WithoutCancel(ctx), c.Chunk); {
	case errors.Is(err, store.ErrInvalidStatus):
		r.Log.Error("invalid delivery status in the ledger", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	case err != nil:
		r.Log.Error("chunk cannot be released; its lease will expire", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	}
}
