package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// Courier delivers editions: it claims chunks of the ledger and works them
// over several connections. Any number of couriers, in any number of
// processes, may work on the same edition.
type Courier struct {
	DB          *store.DB
	Log         *slog.Logger
	Press       *Press
	Tokens      *mailer.Tokens
	Transport   mailer.Transport
	Connections int
	Limit       *rate.Limiter   // messages a second; nil: none
	Retry       []time.Duration // waits after a temporary refusal, then failed
	Node        string          // the name that chunks are claimed under
	Zone        func(digest string) *time.Location
	Now         func() time.Time

	relayOnce sync.Once
	relay     *relay
}

// lease is how long a chunk is claimed for; it is renewed at a quarter.
const lease = time.Minute

// errLost says that the chunk is another's now, or its edition was stopped.
var errLost = errors.New("the chunk is no longer ours")

// RelayError is why the mail server cannot be used; nil while it can.
func (c *Courier) RelayError() error { return c.health().lastError() }

func (c *Courier) health() *relay {
	c.relayOnce.Do(func() { c.relay = &relay{log: c.Log, name: c.Transport.String()} })
	return c.relay
}

// Run works an edition until no chunk has work that is due now. When ctx ends
// it finishes the messages in hand, stores their results and returns.
func (c *Courier) Run(ctx context.Context, e *bantin.Edition) error {
	run, err := c.begin(ctx, e)
	if err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	if err := run.work(ctx); err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	return nil
}

// run is one Courier.Run.
type run struct {
	*Courier
	edition *bantin.Edition
	letters *letters
	watch   *watch
	commit  *committer
	jobs    chan job
}

// job is one delivery of a claimed chunk.
type job struct {
	store.Recipient
	claim *claim
}

// claim is a chunk in work.
type claim struct {
	store.Chunk
	open sync.WaitGroup // deliveries in work
	mu   sync.Mutex
	till time.Time // by our monotonic clock: no body begins later
	lost bool
}

func (c *claim) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = true
}

// held reports whether the chunk is still ours.
func (c *claim) held() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.lost && time.Now().Before(c.till)
}

// extend moves the deadline to a fifth before the end of a lease that was
// asked for at the time given.
func (c *claim) extend(asked time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.till = asked.Add(lease * 4 / 5)
}

func (c *Courier) begin(ctx context.Context, e *bantin.Edition) (*run, error) {
	r := &run{Courier: c, edition: e, commit: newCommitter(c.DB, c.Log), jobs: make(chan job)}
	r.letters = &letters{press: c.Press, db: c.DB, edition: e, zone: c.Zone(e.Digest), now: c.Now}
	var err error
	r.watch, err = newWatch(ctx, c.DB, e.Digest, r.letters.load)
	return r, err
}

// work starts the connections and feeds them chunks, two at a time so that no
// connection waits for the end of one.
func (r *run) work(ctx context.Context) error {
	var connections, committing, chunks sync.WaitGroup
	committing.Go(func() { r.commit.run(ctx) })
	for range max(r.Connections, 1) {
		connections.Go(func() { r.connection(ctx) })
	}
	var failure error
	slots := make(chan struct{}, 2)
	for failure == nil && ctx.Err() == nil {
		slots <- struct{}{}
		claim, ok, err := r.claim(ctx)
		if err != nil || !ok {
			failure = err
			break
		}
		chunks.Go(func() {
			r.chunk(ctx, claim)
			<-slots
		})
	}
	chunks.Wait()
	close(r.jobs)
	connections.Wait()
	close(r.commit.queue)
	committing.Wait()
	return failure
}

func (r *run) claim(ctx context.Context) (*claim, bool, error) {
	c := &claim{}
	c.extend(time.Now())
	chunk, ok, err := r.DB.Claim(ctx, r.edition.Row, r.Node, lease)
	if err != nil && ctx.Err() != nil {
		return nil, false, nil
	}
	c.Chunk = chunk
	return c, ok, err
}

// chunk hands the due deliveries of a chunk to the connections, keeps the
// lease meanwhile and gives the chunk back when they are settled.
func (r *run) chunk(ctx context.Context, c *claim) {
	settled := make(chan struct{})
	var keeping sync.WaitGroup
	keeping.Go(func() { r.keep(ctx, c, settled) })
	if err := r.hand(ctx, c); err != nil && ctx.Err() == nil {
		r.Log.Error("a chunk cannot be worked", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	}
	c.open.Wait()
	close(settled)
	keeping.Wait()
	if err := r.DB.Release(context.WithoutCancel(ctx), c.Chunk); err != nil {
		r.Log.Error("a chunk cannot be given back; its lease will run out", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	}
}

func (r *run) hand(ctx context.Context, c *claim) error {
	recipients, err := r.DB.Due(ctx, c.Chunk)
	if err != nil {
		return err
	}
	for _, recipient := range recipients {
		c.open.Add(1)
		select {
		case r.jobs <- job{recipient, c}:
		case <-ctx.Done():
			c.open.Done()
			return ctx.Err()
		}
	}
	return nil
}

// keep renews the lease until the chunk is settled.
func (r *run) keep(ctx context.Context, c *claim, settled <-chan struct{}) {
	tick := time.NewTicker(lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-settled:
			return
		case <-tick.C:
		}
		asked := time.Now()
		ok, err := r.DB.Renew(context.WithoutCancel(ctx), c.Chunk, lease)
		switch {
		case err != nil:
			r.Log.Warn("a lease cannot be renewed", "edition", r.edition.ID, "chunk", c.Number, "error", err)
		case !ok:
			c.lose()
			return
		default:
			c.extend(asked)
		}
	}
}

// connection works jobs over one connection, which it opens when it has one
// and again when it broke.
func (r *run) connection(ctx context.Context) {
	line := &line{run: r, done: make(chan verdict, 1)}
	defer line.close()
	for j := range r.jobs {
		line.job(ctx, j)
		j.claim.open.Done()
	}
}
