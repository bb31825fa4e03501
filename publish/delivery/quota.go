package delivery

import (
	"context"
	"errors"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// errRelayWaits ends a run while the mail server takes nothing for a limit of our
// account: nobody's attempts are spent, and one message is tried when it is time.
var errRelayWaits = errors.New("the mail server takes no more for now")

// quotaHint is the first sign of a limit of our account.
type quotaHint struct{ contact, domain string }

// metQuota is what becomes of a delivery that was refused for a limit. At MAIL FROM,
// or for two recipients of two domains (of one, where the edition has no other), it
// is a limit of our account: all sending waits. For one domain alone it is about that
// domain, and costs an attempt in the end.
func (w *worker) metQuota(ctx context.Context, j *job, r *mailer.SendError) (store.DeliveryResult, disposition) {
	j.quotas++
	switch {
	case ctx.Err() != nil: // another connection has said so
		return store.DeliveryResult{}, abandon
	case !r.AtRcpt, w.confirmsQuota(j):
		w.waitForQuota(ctx, r)
		return store.DeliveryResult{}, abandon
	case j.quotas > 1:
		return w.refusalResult(j, r), finished
	}
	return store.DeliveryResult{}, suspect
}

// confirmsQuota reports whether another recipient was refused for a limit, with no
// success between them.
func (w *worker) confirmsQuota(j *job) bool {
	hint := quotaHint{j.Address, j.domain()}
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.hint
	if first == nil || w.health.succeededSince(w.hintedAt) {
		w.hint, w.hintedAt = &hint, time.Now()
		return false
	}
	return first.contact != hint.contact && (first.domain != hint.domain || !j.run.hasManyDomains())
}

// waitForQuota has all nodes wait, longer each time.
func (w *worker) waitForQuota(ctx context.Context, r *mailer.SendError) {
	now, accepted, first := w.Now(), w.accepted.Swap(0), true
	s, err := w.DB.Relays().Update(context.WithoutCancel(ctx), w.health.name, func(s *store.RelayState) {
		s.Accepted += accepted
		if first = s.Reason != bantin.WaitQuota || !s.Until.After(now); !first {
			return // another connection, or another node, has said so
		}
		if s.Began.IsZero() {
			s.Began = w.firstAccepted(now)
		}
		if s.Reason != bantin.WaitQuota {
			s.Reason, s.Since = bantin.WaitQuota, now
		}
		s.Said, s.RefusedAt = mailer.GeneralReply(r.Reply), now
		s.Until = nextProbe(s, now)
	})
	if err != nil {
		w.Log.Error("limit of the account cannot be stored, retrying", "error", err)
		return
	}
	if first {
		w.Log.Warn("limit of the account reached: sending waits, no recipient is skipped", "server", w.health.name, "reply", s.Said, "until", s.Until)
	}
	w.stopAll(errRelayWaits)
}

// The waits between probes: a quarter of the time since it began, from the shortest to
// the longest.
const (
	minProbeWait = 15 * time.Second
	maxProbeWait = time.Hour
)

// nextProbe is when one message is tried next. What was learned of the limit decides
// as long as it is right; the longest wait is never exceeded, since it may be wrong.
func nextProbe(s *store.RelayState, now time.Time) time.Time {
	if _, length, ok := s.Limit(); ok {
		if at := s.Began.Add(length + min(length/50, 5*time.Minute)); at.After(now) {
			return now.Add(min(at.Sub(now), maxProbeWait))
		}
	}
	return now.Add(min(max(minProbeWait, now.Sub(s.Since)/4), maxProbeWait))
}

// maxPeriods is how many periods are remembered.
const maxPeriods = 6

// endWait notes that the mail server takes mail again, and what that says of its
// limit. A few messages between two waits are no period of their own.
func endWait(s *store.RelayState, now time.Time) {
	if s.Reason == bantin.WaitQuota {
		allowed, _, known := s.Limit()
		if !known || 2*s.Accepted >= allowed {
			s.Periods = append(s.Periods, store.Period{Least: s.RefusedAt.Sub(s.Began), Most: now.Sub(s.Began), Accepted: s.Accepted})
			s.Periods = s.Periods[max(0, len(s.Periods)-maxPeriods):]
			s.Began, s.Accepted = now, 0
		}
	}
	s.Reason, s.Said, s.Problem, s.Since, s.Until = "", "", "", time.Time{}, time.Time{}
}

// probeLease is how long a node may take to try one message; it is more than a mail
// server may take to answer (RFC 5321 4.5.3.2).
const probeLease = 15 * time.Minute

// mayStart reports whether a run may start: not while the mail server's limit is
// waited for. Once it is time, one node tries one message. probes tells that this run
// does: it ends with endProbe.
func (p *pool) mayStart(ctx context.Context) (ok, probes bool, err error) {
	if !p.isUsed.Swap(true) {
		if err := p.DB.Relays().Use(ctx, p.health.name); err != nil {
			return false, false, err
		}
	}
	s, err := p.DB.Relays().State(ctx, p.health.name)
	if s.Reason == bantin.WaitRelay {
		p.health.wasAway()
	}
	if err != nil || s.Reason != bantin.WaitQuota {
		return err == nil, false, err
	}
	ok, err = p.DB.Relays().Probe(ctx, s.Name, p.Node, probeLease)
	if ok {
		p.probes.Add(1)
		p.health.probe()
	}
	return ok, ok, err
}

// endProbe has other nodes try where the runs of this one had nobody to try, or were
// stopped.
func (p *pool) endProbe(ctx context.Context) {
	if p.probes.Add(-1) > 0 || !p.health.endProbe() {
		return
	}
	if err := p.DB.Relays().EndProbe(context.WithoutCancel(ctx), p.health.name, p.Node); err != nil {
		p.Log.Warn("state of the mail server cannot be stored", "error", err)
	}
}

// waitsForQuota reports whether a limit is waited for, and it is not time to try.
func (p *pool) waitsForQuota(ctx context.Context) (bool, error) {
	s, err := p.DB.Relays().State(ctx, p.health.name)
	return s.Reason == bantin.WaitQuota && s.Until.After(p.Now()), err
}

// relayAway has all connections pause, and tells other processes why.
func (w *worker) relayAway(ctx context.Context, r *mailer.SendError) {
	until := w.relayHealth().failed(r)
	if until.IsZero() {
		return
	}
	until = w.Now().Add(time.Until(until))
	_, err := w.DB.Relays().Update(context.WithoutCancel(ctx), w.health.name, func(s *store.RelayState) {
		if s.Reason == bantin.WaitQuota {
			return
		}
		if s.Reason == "" {
			s.Since = w.Now()
		}
		s.Reason, s.Said, s.Problem, s.Until = bantin.WaitRelay, mailer.GeneralReply(r.Error()), string(r.Problem), until
	})
	if err != nil {
		w.Log.Warn("state of the mail server cannot be stored", "error", err)
	}
}

// accept notes that the mail server took a message.
func (w *worker) accept(j *job) {
	probing := w.health.isProbing()
	back := w.health.succeeded(j.Attempts > 0)
	if w.accepted.Add(1) == 1 {
		w.mu.Lock()
		w.acceptedAt = w.Now()
		w.mu.Unlock()
	}
	if !back && !probing {
		return
	}
	_, err := w.DB.Relays().Update(context.WithoutCancel(j.run.ctx), w.health.name, func(s *store.RelayState) { endWait(s, w.Now()) })
	if err != nil {
		w.Log.Warn("state of the mail server cannot be stored", "error", err)
		return
	}
	w.Log.Info("mail server takes mail again", "server", w.health.name)
}

// firstAccepted is when the mail server took the first message that is counted.
func (p *pool) firstAccepted(now time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.acceptedAt.IsZero() {
		return now
	}
	return p.acceptedAt
}
