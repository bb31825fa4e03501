package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"bantin"
	"bantin/store"
)

// maxWatchAge is how long what is known of departures may be used. A contact who
// left gets nothing whose body begins more than a second later.
const maxWatchAge = 500 * time.Millisecond

// errUnsubscribed says that the recipient left before their message began.
var errUnsubscribed = errors.New("left")

// errStopped says that messages of the edition may not begin any more: it was
// paused or cancelled, or its hours are over. The chunk is given back.
var errStopped = fmt.Errorf("the edition was stopped: %w", errClaimLost)

// watch knows who has left and what was withdrawn, as fresh as maxWatchAge says,
// for the price of two small queries each time it is not.
type watch struct {
	db        *store.DB
	edition   *bantin.Edition
	onChange  func(context.Context) error // bulletins changed
	mu        sync.Mutex
	refreshed time.Time // when that began
	version   int64
	change    int64
	left      map[int64]int64 // contact: the version of their last departure
	stopped   bool
	held      map[string]bool // domains that wait for a person
}

// isHeld reports whether a receiving domain waits for a person.
func (w *watch) isHeld(domain string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held[domain]
}

// holdDomain has a domain wait from now on.
func (w *watch) holdDomain(domain string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held[domain] = true
}

// errDomainHeld says that the recipient's domain waits for a person.
var errDomainHeld = errors.New("the receiving domain is held")

// newWatch begins to watch; what came before is for store.Deliveries.DueRecipients to see.
func newWatch(ctx context.Context, db *store.DB, e *bantin.Edition, onChange func(context.Context) error) (*watch, error) {
	w := &watch{db: db, edition: e, onChange: onChange, left: map[int64]int64{}, held: map[string]bool{}, change: -1}
	version, err := db.Contacts().LastDeparture(ctx)
	if err != nil {
		return nil, err
	}
	w.version = version
	return w, w.refresh(ctx)
}

// hasLeft reports whether the contact has left since a version of the departures, as
// known at most maxWatchAge ago. Who reads the ledger sees what was before;
// errStopped where the edition was, and an error where either cannot be found
// out: then nothing may be sent.
func (w *watch) hasLeft(ctx context.Context, contact, since int64) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.refreshed) > maxWatchAge {
		if err := w.refresh(ctx); err != nil {
			return false, err
		}
	}
	if w.stopped {
		return false, errStopped
	}
	return w.left[contact] > since, nil
}

func (w *watch) refresh(ctx context.Context) error {
	at := time.Now()
	departures, err := w.db.Contacts().Departures(ctx, w.version)
	if err != nil {
		return fmt.Errorf("look who left: %w", err)
	}
	for _, d := range departures {
		w.version = d.Version
		if d.Digest == "" || d.Digest == w.edition.Digest {
			w.left[d.Contact] = d.Version
		}
	}
	begins, err := w.db.Editions().MayBegin(ctx, w.edition.Row)
	if err != nil {
		return err
	}
	held, err := w.db.Editions().HeldDomains(ctx, w.edition.Row)
	if err != nil {
		return fmt.Errorf("look which domains are held: %w", err)
	}
	change, err := w.db.Bulletins().LastChange(ctx)
	if err != nil {
		return fmt.Errorf("look what changed: %w", err)
	}
	if change != w.change {
		if err := w.onChange(ctx); err != nil {
			return err
		}
		w.change = change
	}
	w.refreshed, w.stopped = at, !begins
	clear(w.held)
	for _, domain := range held {
		w.held[domain] = true
	}
	return nil
}
