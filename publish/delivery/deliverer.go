package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// Deliverer delivers editions: it claims chunks of the ledger and works them
// over several connections. Any number of couriers, in any number of
// processes, may work on the same edition.
type Deliverer struct {
	DB          *store.DB
	Freeze      func(context.Context, *bantin.Edition) error // goes on with an edition whose recipients are not all frozen
	Log         *slog.Logger
	Press       *Composer
	Tokens      *mailer.Tokens
	Transport   mailer.Transport
	Refused     func(ctx context.Context, edition int64, contactKey, address, reply string) error // learns of whom a server refused for good; nil: nobody does
	Connections int
	Limit       *Rate            // messages a second; nil: none
	Domains     map[string]*Rate // the same for receiving domains, in lower case
	Retry       []time.Duration  // waits after a temporary refusal, then failed
	Node        string           // the name that chunks are claimed under
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
func (c *Deliverer) RelayError() error { return c.health().lastError() }

func (c *Deliverer) health() *relay {
	c.relayOnce.Do(func() { c.relay = newRelay(c.Log, c.Transport.String(), c.Connections) })
	return c.relay
}

// Run works an edition until no chunk has work that is due now. When ctx ends
// it finishes the messages in hand, stores their results and returns.
// An *AlarmError where the mail server refuses everything.
func (c *Deliverer) Run(ctx context.Context, e *bantin.Edition) error {
	run, err := c.begin(ctx, e)
	if err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	ctx, run.stop = context.WithCancelCause(ctx)
	defer run.stop(nil)
	if err := run.hold(ctx, run.work(ctx)); err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	return nil
}

// run is one Deliverer.Run.
type run struct {
	*Deliverer
	edition *bantin.Edition
	letters *letters
	watch   *watch
	commit  *committer
	desk    *desk
	stop    context.CancelCauseFunc
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

func (c *Deliverer) begin(ctx context.Context, e *bantin.Edition) (*run, error) {
	r := &run{Deliverer: c, edition: e, commit: newCommitter(c.DB, c.Log, c.health().lines), desk: newDesk(c)}
	r.letters = &letters{press: c.Press, db: c.DB, edition: e, zone: c.Zone(e.Digest), now: c.Now}
	var err error
	r.watch, err = newWatch(ctx, c.DB, e, r.letters.load)
	return r, err
}

// work starts the lines and feeds them chunks, the next one before the last is
// worked off, so that none of them waits for the database.
func (r *run) work(ctx context.Context) error {
	var lines, committing, chunks sync.WaitGroup
	committing.Go(func() { r.commit.run(ctx) })
	defer context.AfterFunc(ctx, r.desk.close)()
	for i := range max(r.Connections, 1) {
		lines.Go(func() { newLine(r, i).work(ctx) })
	}
	failure := r.feed(ctx, &chunks)
	chunks.Wait()
	r.desk.close()
	lines.Wait()
	close(r.commit.queue)
	committing.Wait()
	return failure
}

// feed claims chunks until none has work that is due, or the edition is stopped.
func (r *run) feed(ctx context.Context, chunks *sync.WaitGroup) error {
	for ctx.Err() == nil {
		if !r.desk.wants() {
			select {
			case <-r.desk.hungry:
			case <-ctx.Done():
			}
			continue
		}
		claim, ok, err := r.claim(ctx)
		if err != nil || !ok {
			return err
		}
		fetched := make(chan struct{})
		chunks.Go(func() { r.chunk(ctx, claim, fetched) })
		<-fetched
	}
	return nil
}

func (r *run) claim(ctx context.Context) (*claim, bool, error) {
	c := &claim{}
	c.extend(time.Now())
	chunk, ok, err := r.DB.Deliveries().Claim(ctx, r.edition.Row, r.Node, lease)
	if err != nil && ctx.Err() != nil {
		return nil, false, nil
	}
	c.Chunk = chunk
	return c, ok, err
}

// chunk puts the due deliveries of a chunk on the desk, keeps the lease until
// they are settled and gives the chunk back. fetched is closed when they lie there.
func (r *run) chunk(ctx context.Context, c *claim, fetched chan<- struct{}) {
	settled := make(chan struct{})
	var keeping sync.WaitGroup
	keeping.Go(func() { r.keep(ctx, c, settled) })
	if err := r.fetch(ctx, c); err != nil && ctx.Err() == nil {
		r.Log.Error("a chunk cannot be worked", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	}
	close(fetched)
	c.open.Wait()
	close(settled)
	keeping.Wait()
	switch err := r.DB.Deliveries().Release(context.WithoutCancel(ctx), c.Chunk); {
	case errors.Is(err, store.ErrInvalidStatus):
		r.Log.Error("the ledger held what cannot be", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	case err != nil:
		r.Log.Error("a chunk cannot be given back; its lease will run out", "edition", r.edition.ID, "chunk", c.Number, "error", err)
	}
}

func (r *run) fetch(ctx context.Context, c *claim) error {
	recipients, err := r.DB.Deliveries().DueRecipients(ctx, c.Chunk)
	if err != nil {
		return err
	}
	jobs := make([]*job, len(recipients))
	for i, recipient := range recipients {
		jobs[i] = &job{Recipient: recipient, claim: c}
	}
	c.open.Add(len(jobs))
	r.desk.add(jobs)
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
		ok, err := r.DB.Deliveries().Renew(context.WithoutCancel(ctx), c.Chunk, lease)
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
