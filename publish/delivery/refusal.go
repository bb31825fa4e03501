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
	aboutMail := r.Scope == mailer.ScopeRecipient || r.Scope == mailer.ScopeMessage
	switch {
	case ctx.Err() != nil && !aboutMail:
		return store.DeliveryResult{}, abandon
	case r.ConnClosed && used && !aboutMail:
		// It has had enough of this connection: so many messages, so long idle.
		// That is its right (RFC 5321 3.8) and costs nobody anything.
		return store.DeliveryResult{}, retryNow
	case r.Quota:
		return w.metQuota(ctx, j, r)
	case aboutMail && !r.Temporary && (r.Policy || r.AboutUs):
		return w.doubted(j, r)
	case aboutMail:
		return w.refusalResult(j, r), finished
	case r.ConnClosed && connected:
		return w.broken(j, r)
	case connected && r.Scope == mailer.ScopeSender && w.relayHealth().countAgainstUs(r):
		j.run.alarm(r)
		return store.DeliveryResult{}, abandon
	}
	w.relayAway(ctx, r)
	return store.DeliveryResult{}, requeue
}

// broken is what becomes of a delivery at whose envelope a fresh connection was
// closed. Others come first; where these go well, it is to blame.
func (w *worker) broken(j *job, r *mailer.SendError) (store.DeliveryResult, disposition) {
	if j.breaks++; j.breaks == 1 {
		j.since = time.Now()
	}
	others := w.relayHealth().succeededSince(j.since.Add(-time.Minute))
	if j.breaks >= maxBreaks && others || j.breaks >= 2*maxBreaks {
		return w.refusalResult(j, r), finished
	}
	if w.relayHealth().brokeOver(j.Address) {
		w.relayAway(j.run.ctx, r)
	}
	return store.DeliveryResult{}, suspect
}

// maxDoubts is how often a recipient is offered who is refused in a way that may be
// about us, while nobody else is there who would tell.
const maxDoubts = 3

// doubted is what becomes of a permanent refusal that is about us by its words or
// its code: a policy, a name, a log-in. Where others get theirs meanwhile and this
// one is refused again, or hardly any others are left, it is about the recipient;
// where several are refused and nobody gets theirs, it is an alarm, and nobody's
// attempts are spent.
func (w *worker) doubted(j *job, r *mailer.SendError) (store.DeliveryResult, disposition) {
	if j.doubts++; j.doubts == 1 {
		j.doubtedAt = time.Now()
	}
	if j.doubts > 1 && w.relayHealth().succeededSince(j.doubtedAt) || j.doubts >= maxDoubts {
		return w.refusalResult(j, r), finished
	}
	if !w.relayHealth().doubt(doubt{j.run.edition.Row, j.Address}) {
		return store.DeliveryResult{}, suspect
	}
	// Those who are left at the end are often those whom nobody takes: they are judged like all.
	if yes, err := w.DB.Editions().CountsDoubts(context.WithoutCancel(j.run.ctx), j.run.edition.Row); err == nil && yes {
		return w.refusalResult(j, r), finished
	}
	w.relayHealth().refusesUs(r)
	j.run.alarm(r)
	return store.DeliveryResult{}, abandon
}

// refusalResult is what the ledger keeps of a refusal: a permanent one is final, a
// temporary one is tried again later, with growing waits.
func (w *worker) refusalResult(j *job, r *mailer.SendError) store.DeliveryResult {
	if r.Temporary && !r.InDoubt && j.Attempts > 0 {
		w.relayHealth().refusedAgain(r, w.Now())
	}
	j.unknown = r.UnknownUser
	result := store.DeliveryResult{Status: bantin.DeliveryFailed, Attempted: true, Reply: cmp.Or(r.Reply, r.Error())}
	if (r.Temporary || r.Quota) && j.Attempts < len(w.Retry) {
		result.Status = bantin.DeliveryDeferred
		result.NextAttempt = nextAttempt(w.Now(), w.Retry[j.Attempts])
	}
	return result
}

// nextAttempt is when a delivery is tried again. It is rounded up to a twentieth of
// the wait, so that those who were refused together are due together.
func nextAttempt(now time.Time, wait time.Duration) time.Time {
	grid := min(wait/20, time.Minute)
	if grid < time.Millisecond {
		return now.Add(wait)
	}
	return now.Add(wait + grid - 1).Truncate(grid)
}

// AlarmError says that an edition, whole, is held: so many refusals are about us.
type AlarmError struct {
	Edition string
	Hold    bantin.Hold
}

func (e *AlarmError) Error() string {
	return "edition " + e.Edition + " is held: the mail server refuses: " + e.Hold.Detail.Reply
}

// Unwrap makes it an ErrHeld.
func (e *AlarmError) Unwrap() error { return bantin.ErrHeld }

// alarm stops the run, for refusals in a row that are about us, and has its edition
// held.
func (r *deliveryRun) alarm(refusal *mailer.SendError) {
	r.stop(&AlarmError{r.edition.ID, bantin.Hold{Reason: bantin.HeldRefused,
		Detail: bantin.HoldDetail{Refused: alarmThreshold, Outcomes: alarmThreshold, Reply: mailer.ReplyWithoutAddresses(refusal.Reply), By: r.health.name}}})
}

// holdIfAlarmed keeps what an alarm said; failure is how the run ended otherwise.
func (r *deliveryRun) holdIfAlarmed(ctx context.Context, failure error) error {
	alarm := (*AlarmError)(nil)
	if !errors.As(context.Cause(ctx), &alarm) {
		return failure
	}
	if !alarm.Hold.Since.IsZero() { // it was written down by who judged
		return errors.Join(alarm, failure)
	}
	return errors.Join(alarm, failure, r.DB.Editions().Hold(context.WithoutCancel(ctx), r.edition.Row, alarm.Hold))
}
