package delivery

import (
	"context"
	"sync"
	"time"

	"bantin"
	"bantin/store"
)

// outcomes counts what became of messages until it is stored: acceptances now and
// then, refusals at once, since these are judged. A crash loses the acceptances of a
// second, so that the edition is held a little sooner.
type outcomes struct {
	db   *store.DB
	node string

	mu      sync.Mutex
	pending map[outcomeKey]*store.Outcomes
	stored  time.Time
}

type outcomeKey struct {
	edition int64
	domain  string
}

// outcomesInterval is how often acceptances are stored.
const outcomesInterval = time.Second

func newOutcomes(db *store.DB, node string) *outcomes {
	return &outcomes{db: db, node: node, pending: map[outcomeKey]*store.Outcomes{}}
}

// add counts a result that is durable, and reports whether it is time to flush.
func (o *outcomes) add(j *job, status bantin.DeliveryStatus) (flush bool) {
	if status != bantin.DeliverySent && status != bantin.DeliveryFailed {
		return false
	}
	key := outcomeKey{j.run.edition.Row, j.domain()}
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.pending[key]
	if n == nil {
		n = &store.Outcomes{Edition: key.edition, Domain: key.domain}
		o.pending[key] = n
	}
	if status == bantin.DeliverySent {
		n.Sent++
		return time.Since(o.stored) >= outcomesInterval
	}
	n.Refused++
	if j.unknown {
		n.Unknown++
	}
	return true
}

// flush stores what was counted. What cannot be stored is counted still.
func (o *outcomes) flush(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stored = time.Now()
	if len(o.pending) == 0 {
		return nil
	}
	list := make([]store.Outcomes, 0, len(o.pending))
	for _, n := range o.pending {
		list = append(list, *n)
	}
	if err := o.db.Editions().AddOutcomes(context.WithoutCancel(ctx), o.node, list); err != nil {
		return err
	}
	clear(o.pending)
	return nil
}

// count counts a durable result. After a refusal for good the edition is judged
// before the connection goes on: so few more are refused than a hold takes.
func (w *worker) count(j *job, status bantin.DeliveryStatus) {
	if !w.outcomes.add(j, status) {
		return
	}
	err := w.outcomes.flush(j.run.ctx)
	if err == nil && status == bantin.DeliveryFailed {
		err = j.run.judge()
	}
	if err != nil {
		w.Log.Warn("outcomes cannot be stored, retrying", "edition", j.run.edition.ID, "error", err)
	}
}

// judge holds the edition, or a domain of it, where its refusals are a wave.
func (r *deliveryRun) judge() error {
	held, err := r.DB.Editions().Judge(context.WithoutCancel(r.ctx), r.edition.Row, r.health.name)
	switch {
	case err != nil || held == nil:
		return err
	case held.Domain == "":
		r.stop(&AlarmError{r.edition.ID, *held})
	default:
		r.watch.holdDomain(held.Domain)
	}
	return nil
}
