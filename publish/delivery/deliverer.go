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
// several connections. Any number of deliverers, in any number of processes, may
// work on the same edition.
type Deliverer struct {
	DB          *store.DB
	Log         *slog.Logger
	Freeze      func(context.Context, *bantin.Edition) error // goes on with an edition whose recipients are not all frozen
	Composer    *Composer
	Tokens      *mailer.Tokens
	Transport   mailer.Transport
	Refused     func(ctx context.Context, edition int64, contactKey, address, reply string) error // is told of a refusal for good; may be nil
	Connections int
	Limit       *Rate            // messages a second; nil: none
	Domains     map[string]*Rate // the same for receiving domains, in lower case
	Retry       []time.Duration  // waits after a temporary refusal, then failed
	Node        string           // the name that chunks are claimed under
	Zone        func(digest string) *time.Location
	Now         func() time.Time

	healthOnce sync.Once
	health     *relayHealth
}

// RelayError is why the mail server cannot be used; nil while it can.
func (d *Deliverer) RelayError() error { return d.relayHealth().lastError() }

func (d *Deliverer) relayHealth() *relayHealth {
	d.healthOnce.Do(func() { d.health = newRelayHealth(d.Log, d.Transport.String(), d.Connections) })
	return d.health
}

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
	stop := logProgress(ctx, d.DB, d.Log, e.ID)
	err = d.Run(ctx, &e)
	stop()
	if err != nil {
		return err
	}
	return d.logCounts(ctx, &e)
}

// Run works an edition until no chunk has work that is due now. When ctx ends it
// finishes the messages in hand, stores their results and returns. An *AlarmError
// where the mail server refuses everything.
func (d *Deliverer) Run(ctx context.Context, e *bantin.Edition) error {
	run, err := d.newRun(ctx, e)
	if err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	ctx, run.stop = context.WithCancelCause(ctx)
	defer run.stop(nil)
	if err := run.holdIfAlarmed(ctx, run.work(ctx)); err != nil {
		return fmt.Errorf("deliver %s: %w", e.ID, err)
	}
	return nil
}

// deliveryRun is one Deliverer.Run.
type deliveryRun struct {
	*Deliverer
	edition    *bantin.Edition
	messages   *messageCache
	watch      *watch
	committer  *committer
	dispatcher *dispatcher
	stop       context.CancelCauseFunc
	allClaimed atomic.Bool // no chunk is left to claim

	mu       sync.Mutex
	failures []error // of chunks that the run ends without
}

func (r *deliveryRun) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, err)
}

func (d *Deliverer) newRun(ctx context.Context, e *bantin.Edition) (*deliveryRun, error) {
	r := &deliveryRun{Deliverer: d, edition: e, committer: newCommitter(d.DB, d.Log, d.relayHealth().connections), dispatcher: newDispatcher(d)}
	r.messages = &messageCache{composer: d.Composer, db: d.DB, edition: e, zone: d.Zone(e.Digest), now: d.Now}
	var err error
	r.watch, err = newWatch(ctx, d.DB, e, r.messages.load)
	return r, err
}

// work starts the workers and claims chunks for them, the next one before the last
// is worked off, so that no worker waits for the database.
func (r *deliveryRun) work(ctx context.Context) error {
	var workers, committing, chunks sync.WaitGroup
	committing.Go(func() { r.committer.run(ctx) })
	defer context.AfterFunc(ctx, r.dispatcher.close)()
	for i := range max(r.Connections, 1) {
		workers.Go(func() { newWorker(r, i).work(ctx) })
	}
	if err := r.claimChunks(ctx, &chunks); err != nil {
		r.fail(err)
	}
	r.allClaimed.Store(true)
	chunks.Wait()
	r.dispatcher.close()
	workers.Wait()
	close(r.committer.queue)
	committing.Wait()
	return errors.Join(r.failures...)
}
