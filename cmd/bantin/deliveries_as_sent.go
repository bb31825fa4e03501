package main

import (
	"context"
	"errors"
	"time"

	"bantin/store"
)

// asSentWait is more than any edition takes that is sent to nobody.
const asSentWait = 2 * time.Hour

// resumeAsSent counts all that would be mailed now as sent, mails nothing and writes no
// files, and has mailing go on from there: after a restored backup, whose editions since
// then went out already. No daemon may run, which would mail what is to be counted. Where
// it fails all mailing is held again.
func (a deliveryCommands) resumeAsSent(ctx context.Context, w *deps) (err error) {
	lock, err := w.db.Nodes().LockDaemon("bantin deliveries resume --as-sent")
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := w.db.CheckIdle(ctx); err != nil {
		return err
	}
	if err := a.resumeMail(ctx, w, nil); err != nil {
		return err
	}
	if err := resumeRestored(ctx, w); err != nil {
		return err
	}
	w.asSent = true
	defer func() {
		if err != nil {
			err = errors.Join(err, w.db.Deliveries().HoldAll(context.WithoutCancel(ctx), store.HeldRestored))
		}
	}()
	for _, d := range w.digests {
		for {
			again, err := a.countAsSent(ctx, w, d.ID)
			if err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			if !again {
				break
			}
		}
	}
	return nil
}

// resumeRestored lets the editions go on that a restore held, since it did not know who has
// them.
func resumeRestored(ctx context.Context, w *deps) error {
	unfinished, err := w.db.Editions().Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, e := range unfinished {
		now, err := w.db.Editions().Get(ctx, e.ID)
		if err == nil && now.Held != nil && now.Held.Detail.Doubtful > 0 {
			_, err = w.db.Editions().Resume(ctx, e.ID, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// approveAsSent approves the draft of a digest that waits: it may have been approved and
// sent since the backup, as other news. A special edition of a time to come stays as it is.
func (w *deps) approveAsSent(ctx context.Context, id string) (found bool, err error) {
	e, found, err := w.db.Editions().Draft(ctx, id)
	if err != nil || !found {
		return false, err
	}
	if e, err = w.editor.Approve(ctx, e.ID, 0, operator()); errors.Is(err, store.ErrNobody) {
		_, err = w.db.Editions().Cancel(ctx, e.ID) // there is nobody to whom it went
		return true, err
	}
	return err == nil, err
}

// countAsSent sends an edition of a digest to nobody: one that waits, else one of what is
// new. again is true where there may be another one.
func (a deliveryCommands) countAsSent(ctx context.Context, w *deps, id string) (again bool, err error) {
	d, err := w.digest(id)
	if err != nil {
		return false, err
	}
	if again, err = w.approveAsSent(ctx, id); err != nil || again {
		return again, err
	}
	_, again, err = w.sendable(ctx, id, asSentWait)
	if err != nil {
		return false, err
	}
	d.Between, d.Canary, d.Approve = "", 0, false // nobody is mailed: at any hour, all at once
	err = digestCommands(a).sendDigest(ctx, w, d, sendFlags{wait: asSentWait})
	if told := (*toldError)(nil); errors.As(err, &told) {
		e, left, err := w.db.Editions().OldestUnsettled(ctx, id)
		if err == nil && (!left || e.Counts.Unsettled() == 0) {
			return again, nil // what failed before the backup was told, and waits for nobody
		}
	}
	return again, err
}
