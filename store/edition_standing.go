package store

import (
	"context"
	"time"

	"bantin"
)

// loadStanding adds why an edition is held, or why nothing of it goes now.
func (db *DB) loadStanding(ctx context.Context, e *bantin.Edition) error {
	switch e.Status {
	case bantin.EditionDone, bantin.EditionCancelled, bantin.EditionPaused, bantin.EditionDraft, bantin.EditionScheduled:
		return nil
	case bantin.EditionOpen, bantin.EditionSending:
		if held, err := db.mailHold(ctx); held != nil || err != nil {
			e.Status, e.Held = bantin.EditionHeld, held
			return err
		}
	}
	holds, err := db.holds(ctx, db.reader, e.Row)
	if err != nil {
		return err
	}
	if e.Status == bantin.EditionHeld {
		if len(holds) > 0 {
			e.Held = &holds[0]
		}
		return nil
	}
	if !e.Opens.IsZero() {
		e.Waiting = &bantin.Wait{Reason: bantin.WaitWindow, Until: e.Opens}
		return nil
	}
	return db.loadWait(ctx, e, holds)
}

// mailHold is the hold of all mailing; nil while there is none.
func (db *DB) mailHold(ctx context.Context) (*bantin.Hold, error) {
	why, err := db.Deliveries().HoldReason(ctx)
	switch {
	case err != nil || why == NotHeld:
		return nil, err
	case why == HeldByPerson:
		return &bantin.Hold{Reason: bantin.HeldByPerson}, nil
	}
	return &bantin.Hold{Reason: bantin.HeldCopy}, nil
}

// loadWait adds why nothing of an edition can be sent now: the relay, then a domain
// that is held, which waits for a person, then the wait after refusals.
func (db *DB) loadWait(ctx context.Context, e *bantin.Edition, holds []bantin.Hold) error {
	relay, waits, err := db.Relays().Waiting(ctx)
	if err != nil {
		return err
	}
	if waits && e.Counts.Unsettled() > 0 {
		e.Waiting = &bantin.Wait{Reason: relay.Reason, Said: relay.Said, Until: relay.Until}
		e.Waiting.Allowed, e.Waiting.Every, _ = relay.Limit()
		return nil
	}
	due, some, err := db.Editions().NextDue(ctx, e.Row)
	if err != nil || e.Counts.Sending > 0 || some && !due.After(db.now()) {
		return err
	}
	retry := some && due.Before(HeldUntil().Add(-24*time.Hour))
	switch {
	case len(holds) > 0:
		h := holds[0]
		e.Waiting = &bantin.Wait{Reason: bantin.WaitReason(h.Reason), Domain: h.Domain, Hold: &h}
	case retry:
		e.Waiting = &bantin.Wait{Reason: bantin.WaitRetry}
	}
	if retry {
		e.Waiting.Until = due // of others, where a domain is held
	}
	return nil
}
