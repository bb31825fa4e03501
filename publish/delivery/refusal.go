package delivery

import (
	"cmp"
	"context"
	"errors"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// maxBreaks is how many new connections may break over one message before it is
// the message's fault and costs an attempt, so that it cannot hold up the rest.
const maxBreaks = 3

// refused decides what a refusal means: for this delivery, for the connection,
// and for the pace of all.
func (w *worker) refused(ctx context.Context, j *job, r *mailer.SendError) (store.DeliveryResult, disposition) {
	connected, used := w.conn != nil, w.answered > 0
	if r.ConnClosed {
		w.disconnect()
	} else {
		w.answered++
	}
	switch {
	case ctx.Err() != nil && r.Scope == mailer.ScopeRelay:
		return store.DeliveryResult{}, abandon
	case r.Scope == mailer.ScopeRecipient, r.Scope == mailer.ScopeMessage:
		return w.refusalResult(j, r), finished
	case r.ConnClosed && used:
		// It has had enough of this connection: so many messages, so long idle.
		// That is its right (RFC 5321 3.8) and costs nobody anything.
		return store.DeliveryResult{}, retryNow
	case r.ConnClosed && connected && j.breaksAgain(w.relayHealth()):
		return w.refusalResult(j, r), finished
	}
	if w.relayHealth().failed(r) {
		w.raiseAlarm(r)
	}
	return store.DeliveryResult{}, requeue
}

// breaksAgain counts a new connection that broke over the delivery and reports
// whether it is to blame: the relay took mail when that began.
func (j *job) breaksAgain(health *relayHealth) bool {
	if j.breaks++; j.breaks == 1 {
		j.since = time.Now()
	}
	return j.breaks >= maxBreaks && health.succeededSince(j.since.Add(-time.Minute))
}

// refusalResult is what the ledger keeps of a refusal: a permanent one is final, a
// temporary one is tried again later, with growing waits. A permanent one that
// nearly everybody meets is not believed: it is about us, and is tried again
// when that is mended.
func (w *worker) refusalResult(j *job, r *mailer.SendError) store.DeliveryResult {
	temporary := r.Temporary
	switch {
	case r.Temporary && !r.InDoubt:
		w.relayHealth().deferred(r)
	case r.Policy:
		believed, alarm := w.relayHealth().refusedByPolicy(r)
		if alarm {
			w.raiseAlarm(r)
		}
		temporary = !believed
	}
	result := store.DeliveryResult{Status: bantin.DeliveryFailed, Attempted: true, Reply: cmp.Or(r.Reply, r.Error())}
	if temporary && j.Attempts < len(w.Retry) {
		result.Status = bantin.DeliveryDeferred
		result.NextAttempt = w.Now().Add(w.Retry[j.Attempts])
	}
	return result
}

// AlarmError says that an edition was stopped because the mail server refuses
// whatever we send: for a wrong password, a blocked address, a name it does not
// believe. It is held until a person has seen to that; no attempts are spent.
type AlarmError struct {
	Edition string
	Refusal *mailer.SendError
}

func (e *AlarmError) Error() string {
	return "edition " + e.Edition + " is held: the mail server refuses everything: " + e.Refusal.Reply
}

// Unwrap makes it an ErrHeld.
func (e *AlarmError) Unwrap() []error { return []error{bantin.ErrHeld, e.Refusal} }

// raiseAlarm stops the run and holds its edition.
func (r *deliveryRun) raiseAlarm(refusal *mailer.SendError) {
	r.stop(&AlarmError{r.edition.ID, refusal})
}

// holdIfAlarmed keeps what an alarm said; failure is how the run ended otherwise.
func (r *deliveryRun) holdIfAlarmed(ctx context.Context, failure error) error {
	alarm := (*AlarmError)(nil)
	if !errors.As(context.Cause(ctx), &alarm) {
		return failure
	}
	r.Log.Error("mail server refuses everything: edition held", "edition", r.edition.ID, "error", alarm.Refusal)
	return errors.Join(alarm, failure, r.DB.Editions().Hold(context.WithoutCancel(ctx), r.edition.Row, bantin.HeldByRelay, mailer.ReplyWithoutAddresses(alarm.Refusal.Reply)))
}
