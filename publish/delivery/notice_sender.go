package delivery

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/schedule"
	"bantin/store"
)

// NoticeSender sends notices, the messages outside editions that pages and reports
// write into the store. Any number of processes may each have one: a notice is
// claimed, with a fencing token, like a chunk of deliveries.
type NoticeSender struct {
	DB        *store.DB
	Log       *slog.Logger
	Site      *bantin.Site
	Tokens    *mailer.Tokens
	Sender    mailer.Sender
	Transport mailer.Transport
	Render    func(*mailer.NoticeMail) (mailer.Rendered, error) // mailer.RenderNotice with its templates
	Limit     *Rate                                             // that of the Deliverer; nil: none
	Retry     []time.Duration                                   // waits after a temporary refusal, then failed
	Node      string
	Now       func() time.Time
}

// noticeInterval is how often notices are looked for: pages of other processes write
// them too. Where they cannot be read the waits grow up to maxNoticeWait. noticeLease
// is how long a notice is claimed for; it is renewed at a quarter.
const (
	noticeInterval = time.Second
	maxNoticeWait  = time.Minute
	noticeLease    = time.Minute
)

// Run sends notices until ctx ends. While the relay cannot be used it waits longer
// each time, as deliveries do; so it does where notices cannot be read.
func (s *NoticeSender) Run(ctx context.Context) {
	relay := newRelayHealth(s.Log, s.Transport.String(), 1)
	backoff, retryAt := schedule.Backoff{Min: noticeInterval, Max: maxNoticeWait}, time.Time{}
	schedule.Repeat(ctx, noticeInterval, nil, func(ctx context.Context) {
		if now := time.Now(); relay.wait(0, now) > 0 || now.Before(retryAt) {
			return
		}
		sent, err := s.SendDue(ctx)
		if sent > 0 {
			relay.succeeded(false)
			s.noteRelay(ctx, nil)
			s.Log.Info("notices sent", "notices", sent)
		}
		refusal := (*mailer.SendError)(nil)
		switch {
		case errors.As(err, &refusal):
			relay.failed(refusal)
			s.noteRelay(ctx, refusal)
		case err != nil && ctx.Err() == nil:
			wait := backoff.Next()
			retryAt = time.Now().Add(wait)
			s.Log.Error("notices cannot be sent, retrying", "error", err, "wait", wait)
			return
		}
		backoff.Reset()
	})
}

// noteRelay remembers whether the mail server took notices: an alarm looks at it where no
// edition is sent that would notice.
func (s *NoticeSender) noteRelay(ctx context.Context, failure error) {
	if err := s.DB.Tasks().Record(context.WithoutCancel(ctx), store.TaskNotices, s.Transport.String(), failure); err != nil {
		s.Log.Warn("state of the mail server cannot be stored", "error", err)
	}
}

// SendDue sends all that is due and tells how many were sent. A relay that cannot
// be used ends it with a *mailer.SendError; what is left stays due.
func (s *NoticeSender) SendDue(ctx context.Context) (sent int, err error) {
	if limit, err := s.DB.Relays().State(ctx, s.Transport.String()); err != nil || limit.Reason == bantin.WaitQuota && limit.Until.After(s.Now()) {
		return 0, err // a limit of the account is theirs too
	}
	var conn mailer.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close() // every answer is stored: there is nothing more to lose
		}
	}()
	for ctx.Err() == nil {
		// The rate comes first: at 500 a day its wait is longer than any claim.
		if due, err := s.DB.Notices().IsDue(ctx); err != nil || !due {
			return sent, err
		}
		if err := s.Limit.Take(ctx); err != nil {
			return sent, err
		}
		deadline := time.Now().Add(noticeLease * 4 / 5)
		n, ok, err := s.DB.Notices().Claim(ctx, s.Node, noticeLease)
		if err != nil || !ok {
			return sent, err
		}
		release := s.keepClaimed(ctx, n)
		result, err := s.send(ctx, &conn, &n, deadline)
		release()
		if err := s.storeResult(ctx, n, result); err != nil {
			return sent, err
		}
		if err != nil {
			return sent, err
		}
		if result.Status == bantin.DeliverySent {
			sent++
		}
	}
	return sent, nil
}

// keepClaimed renews the claim of a notice until release is called: a server may take
// ten minutes to answer the final dot, and nobody else must send it meanwhile.
func (s *NoticeSender) keepClaimed(ctx context.Context, n store.Notice) (release func()) {
	sent := make(chan struct{})
	var keeping sync.WaitGroup
	keeping.Go(func() {
		tick := time.NewTicker(noticeLease / 4)
		defer tick.Stop()
		for {
			select {
			case <-sent:
				return
			case <-tick.C:
			}
			if _, err := s.DB.Notices().Renew(context.WithoutCancel(ctx), n, noticeLease); err != nil {
				s.Log.Warn("claim of a notice cannot be renewed; another process may send it too", "kind", n.Kind, "error", err)
			}
		}
	})
	return func() { close(sent); keeping.Wait() }
}

// send hands one notice over by the connection, which it opens where there is
// none. deadline is when another may take it. The error is the relay's: nobody can
// be mailed for now.
func (s *NoticeSender) send(ctx context.Context, conn *mailer.Conn, n *store.Notice, deadline time.Time) (store.DeliveryResult, error) {
	if n.Suppressed {
		return store.DeliveryResult{Status: bantin.DeliverySkipped, Reply: "the address must not be mailed"}, nil
	}
	message, err := s.compose(ctx, n)
	if errors.Is(err, errUnwanted) {
		return store.DeliveryResult{Status: bantin.DeliverySkipped, Reply: err.Error()}, nil
	}
	if err != nil {
		s.Log.Error("notice cannot be composed", "kind", n.Kind, "error", err)
		return s.deferred(err), nil
	}
	reply, err := s.handOver(ctx, conn, mailer.RecipientMessage{Message: message, Recipient: mailer.RecipientFields{
		Address: n.Address, MessageID: s.Tokens.NoticeMessageID(string(n.Kind), n.Nonce), UnsubscribeToken: mailer.TokenPlaceholder}}, deadline)
	if err == nil {
		return store.DeliveryResult{Status: bantin.DeliverySent, Attempted: true, Reply: standardReply(reply)}, nil
	}
	refusal := (*mailer.SendError)(nil)
	if aboutRecipient := errors.As(err, &refusal) && !refusal.Quota && (refusal.Scope == mailer.ScopeRecipient || refusal.Scope == mailer.ScopeMessage); !aboutRecipient || refusal.ConnClosed {
		if *conn != nil {
			_, *conn = (*conn).Close(), nil
		}
		if !aboutRecipient {
			return s.deferred(err), err
		}
	}
	return s.refused(n, refusal), nil
}

func (s *NoticeSender) handOver(ctx context.Context, conn *mailer.Conn, m mailer.RecipientMessage, deadline time.Time) (reply string, err error) {
	if *conn == nil {
		if *conn, err = s.Transport.Open(ctx); err != nil {
			*conn = nil
			return "", err
		}
	}
	if err := (*conn).SendEnvelope(ctx, m); err != nil {
		return "", err
	}
	if time.Now().After(deadline) {
		return "", errClaimLost
	}
	return (*conn).SendBody(m, nil)
}

func (s *NoticeSender) compose(ctx context.Context, n *store.Notice) (*mailer.ComposedMessage, error) {
	m, err := s.mail(ctx, n)
	if err != nil {
		return nil, err
	}
	rendered, err := s.Render(m)
	if err != nil {
		return nil, err
	}
	return mailer.Compose(mailer.Message{Sender: s.Sender, Rendered: rendered, ListDomain: mailer.ListDomain(s.Site), Date: s.Now()})
}

// noticeDelay is how soon a notice is tried again that could not be sent for a
// reason of ours: somebody waits for it before a page.
const noticeDelay = 15 * time.Second

// deferred puts a notice off for a reason that is not the recipient's.
func (s *NoticeSender) deferred(why error) store.DeliveryResult {
	return store.DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: s.Now().Add(noticeDelay), Reply: why.Error()}
}

// refused is what becomes of a notice that was refused. A permanent refusal that is
// about us is tried again: somebody may mend it.
func (s *NoticeSender) refused(n *store.Notice, r *mailer.SendError) store.DeliveryResult {
	result := store.DeliveryResult{Status: bantin.DeliveryFailed, Attempted: true, Reply: r.Reply}
	if (r.Temporary || r.Policy || r.AboutUs) && n.Attempts < len(s.Retry) {
		result.Status, result.NextAttempt = bantin.DeliveryDeferred, s.Now().Add(s.Retry[n.Attempts])
	}
	return result
}

// storeResult stores what became of a notice, also while the process stops.
func (s *NoticeSender) storeResult(ctx context.Context, n store.Notice, r store.DeliveryResult) error {
	taken, err := s.DB.Notices().StoreResult(context.WithoutCancel(ctx), n, r)
	if err == nil && !taken {
		s.Log.Warn("result of a notice came too late: another process has it", "kind", n.Kind)
	}
	return err
}
