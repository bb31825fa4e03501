package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// Deliverer delivers editions: it claims chunks of the ledger and works them over
// several connections, which all editions that it delivers at a time share. Any
// number of deliverers, in any number of processes, may work on the same edition.
type Deliverer struct {
	DB          *store.DB
	Log         *slog.Logger
	Freeze      func(context.Context, *bantin.Edition) error // goes on with an edition whose recipients are not all frozen
	Composer    *Composer
	Tokens      *mailer.Tokens
	Transport   mailer.Transport
	Refused     func(ctx context.Context, edition int64, contactKey, address, reply string) error // is told of a refusal for good; may be nil
	RelayAway   func(error)                                                                       // is told when the mail server cannot be used, once until it can; may be nil
	Journal     *store.SentJournal                                                                // notes who got their message; nil: nothing does
	Connections int
	Limit       *Rate            // messages a second; nil: none
	Domains     map[string]*Rate // the same for receiving domains, in lower case
	Retry       []time.Duration  // waits after a temporary refusal, then failed
	Node        string           // the name that chunks are claimed under
	Zone        func(digest string) *time.Location
	Now         func() time.Time

	once   sync.Once
	health *relayHealth
	pool   *pool
}

// RelayError is why the mail server cannot be used; nil while it can.
func (d *Deliverer) RelayError() error { return d.relayHealth().lastError() }

func (d *Deliverer) init() {
	d.once.Do(func() {
		d.health = newRelayHealth(d.Log, d.Transport.String(), d.Connections)
		d.health.told = d.RelayAway
		d.pool = newPool(d)
	})
}

func (d *Deliverer) relayHealth() *relayHealth { d.init(); return d.health }

// DeliverDue delivers what is due of an edition.
func (d *Deliverer) DeliverDue(ctx context.Context, row int64) error {
	e, err := d.DB.Editions().ByRow(ctx, row)
	if err != nil {
		return err
	}
	due, ok, err := d.DB.Editions().NextDue(ctx, e.Row)
	if err == nil && (!e.Frozen || !ok) {
		if err := d.Freeze(ctx, &e); err != nil {
			return err
		}
		due, ok, err = d.DB.Editions().NextDue(ctx, e.Row)
	}
	if err != nil || !ok || due.After(d.Now()) {
		return err
	}
	d.init()
	if waits, err := d.pool.waitsForQuota(ctx); waits || err != nil {
		return err
	}
	stop := logProgress(ctx, d.DB, d.Log, e.ID)
	err = d.Run(ctx, &e)
	stop()
	if err != nil {
		return err
	}
	return d.logCounts(ctx, &e)
}

// Run works an edition until no chunk has work that is due now, or until nothing can
// be sent for longer than a moment. When ctx ends it finishes the messages in hand,
// stores their results and returns.
func (d *Deliverer) Run(ctx context.Context, e *bantin.Edition) error {
	d.init()
	ok, probes, err := d.pool.mayStart(ctx)
	if !ok || err != nil {
		return err
	}
	if probes {
		defer d.pool.endProbe(ctx)
	}
	run, err := d.newRun(ctx, e)
	if err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	ctx, run.stop = context.WithCancelCause(ctx)
	defer run.stop(nil)
	run.ctx = ctx
	leave := d.pool.join(run)
	defer leave()
	err = run.work(ctx)
	if err := run.holdIfAlarmed(ctx, err); err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	return nil
}

// deliveryRun is one Deliverer.Run.
type deliveryRun struct {
	*pool
	ctx        context.Context // of its messages: workers serve many runs
	edition    *bantin.Edition
	messages   *messageCache
	watch      *watch
	jobs       *editionQueue
	stop       context.CancelCauseFunc
	allClaimed atomic.Bool // no chunk is left to claim
	domains    domainSet   // of its recipients, as far as they were read

	mu       sync.Mutex
	failures []error // of chunks that the run ends without
}

func (r *deliveryRun) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, err)
}

func (d *Deliverer) newRun(ctx context.Context, e *bantin.Edition) (*deliveryRun, error) {
	r := &deliveryRun{pool: d.pool, edition: e}
	archive := &segmentArchive{SegmentArchive: d.DB.Segments().Archive(e.Row), log: d.Log, tokens: d.Tokens, edition: e.ID, digest: e.Digest}
	r.messages = &messageCache{composer: d.Composer, db: d.DB, archive: archive, edition: e, zone: d.Zone(e.Digest), now: d.Now}
	var err error
	r.watch, err = newWatch(ctx, d.DB, e, r.messages.load)
	return r, err
}

// work claims chunks for the workers, the next one before the last is worked off,
// so that no worker waits for the database.
func (r *deliveryRun) work(ctx context.Context) error {
	r.jobs = r.dispatcher.addQueue()
	defer r.jobs.close()
	defer context.AfterFunc(ctx, r.jobs.close)()
	var chunks sync.WaitGroup
	if err := r.claimChunks(ctx, &chunks); err != nil {
		r.fail(err)
	}
	r.allClaimed.Store(true)
	chunks.Wait()
	return errors.Join(r.failures...)
}
