package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bantin"
	"bantin/schedule"
	"bantin/store"
)

// HeldError says that all mailing waits until a person resumes it, and why.
type HeldError struct{ Why store.HoldReason }

func (e *HeldError) Error() string {
	return fmt.Sprintf("%v (%s)", bantin.ErrHeld, e.Why)
}

// Unwrap makes it a bantin.ErrHeld.
func (e *HeldError) Unwrap() error { return bantin.ErrHeld }

// holdInterval is how often a sender looks whether it may go on.
const holdInterval = 500 * time.Millisecond

// MayMail is nil while messages may be sent: a *HeldError while all mailing is
// held, store.ErrNewer once a newer program has the database.
func MayMail(ctx context.Context, db *store.DB) error {
	if err := db.CheckSchema(ctx); err != nil {
		return err
	}
	why, err := db.Deliveries().HoldReason(ctx)
	if err == nil && why != store.NotHeld {
		return &HeldError{why}
	}
	return err
}

// WhileMailing runs work, which sends. It ends the context of work, and says why,
// once messages may no longer be sent. A database that does not answer does not end
// it: the sender waits for that itself.
func WhileMailing(ctx context.Context, db *store.DB, work func(context.Context) error) error {
	if err := MayMail(ctx, db); err != nil {
		return err
	}
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		schedule.Repeat(working, holdInterval, nil, func(ctx context.Context) {
			err := MayMail(ctx, db)
			if held := (*HeldError)(nil); errors.As(err, &held) || errors.Is(err, store.ErrNewer) {
				stop(err)
			}
		})
	}()
	err := work(working)
	cause := context.Cause(working)
	stop(nil)
	<-watched
	if cause != nil && ctx.Err() == nil {
		return cause
	}
	return err
}
