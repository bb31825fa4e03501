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

// NoticeSender sends notices: what pages set in motion and wrote into the store. Any
// number of processes may each have one: a notice is claimed, under a fence,
// like a chunk of deliveries.
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

// noticeInterval is how often notices are looked for: pages of other processes set
// them in motion too.
const noticeInterval = time.Second

// Run sends what pages set in motion until ctx ends. While the relay cannot be used it
// waits longer each time, as deliveries do.
func (c *NoticeSender) Run(ctx context.Context) {
	relay := newRelay(c.Log, c.Transport.String(), 1)
	schedule.Repeat(ctx, noticeInterval, nil, func(ctx context.Context) {
		if relay.wait(0, time.Now()) > 0 {
			return
		}
		sent, err := c.SendDue(ctx)
		if sent > 0 {
			relay.took()
			c.Log.Info("notices sent", "notices", sent)
		}
		refusal := (*mailer.SendError)(nil)
		switch {
		case errors.As(err, &refusal):
			relay.failed(refusal)
		case err != nil && ctx.Err() == nil:
			c.Log.Error("notices cannot be sent; trying again", "error", err)
		}
	})
}

// SendDue sends all that is due and tells how many were sent. A relay that cannot
// be used ends it with a *mailer.SendError; what is left stays due.
func (c *NoticeSender) SendDue(ctx context.Context) (sent int, err error) {
	var conn mailer.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close() // every answer is stored: there is nothing more to lose
		}
	}()
	for ctx.Err() == nil {
		till := time.Now().Add(lease * 4 / 5)
		n, ok, err := c.DB.Notices().Claim(ctx, c.Node, lease)
		if err != nil || !ok {
			return sent, err
		}
		release := c.keep(ctx, n)
		result, err := c.send(ctx, &conn, &n, till)
		release()
		if err := c.settle(ctx, n, result); err != nil {
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

// keep renews the claim of a notice until release is called: a server may take
// ten minutes to answer the final dot, and nobody else must send it meanwhile.
func (c *NoticeSender) keep(ctx context.Context, n store.Notice) (release func()) {
	sent := make(chan struct{})
	var keeping sync.WaitGroup
	keeping.Go(func() {
		tick := time.NewTicker(lease / 4)
		defer tick.Stop()
		for {
			select {
			case <-sent:
				return
			case <-tick.C:
			}
			if _, err := c.DB.Notices().Renew(context.WithoutCancel(ctx), n, lease); err != nil {
				c.Log.Warn("the claim of a notice cannot be renewed; another may send it too", "kind", n.Kind, "error", err)
			}
		}
	})
	return func() { close(sent); keeping.Wait() }
}

// send hands one notice over by the connection, which it opens where there is
// none. till is when another may take it. The error is the relay's: nobody can
// be mailed for now.
func (c *NoticeSender) send(ctx context.Context, conn *mailer.Conn, n *store.Notice, till time.Time) (store.DeliveryResult, error) {
	if n.Suppressed {
		return store.DeliveryResult{Status: bantin.DeliverySkipped, Reply: "the address must not be mailed"}, nil
	}
	letter, err := c.compose(n)
	if err != nil {
		c.Log.Error("a notice cannot be made", "kind", n.Kind, "error", err)
		return c.later(err), nil
	}
	reply, err := c.hand(ctx, conn, mailer.RecipientMessage{Message: letter, Recipient: mailer.RecipientFields{
		Address: n.Address, MessageID: c.Tokens.NoticeMessageID(string(n.Kind), n.Nonce), UnsubscribeToken: mailer.TokenPlaceholder}}, till)
	if err == nil {
		return store.DeliveryResult{Status: bantin.DeliverySent, Attempted: true, Reply: usual(reply)}, nil
	}
	refusal := (*mailer.SendError)(nil)
	if aboutHer := errors.As(err, &refusal) && (refusal.Scope == mailer.ScopeRecipient || refusal.Scope == mailer.ScopeMessage); !aboutHer || refusal.ConnClosed {
		if *conn != nil {
			_, *conn = (*conn).Close(), nil
		}
		if !aboutHer {
			return c.later(err), err
		}
	}
	return c.refused(n, refusal), nil
}

func (c *NoticeSender) hand(ctx context.Context, conn *mailer.Conn, m mailer.RecipientMessage, till time.Time) (reply string, err error) {
	if c.Limit != nil {
		if err := c.Limit.Wait(ctx); err != nil {
			return "", err
		}
	}
	if *conn == nil {
		if *conn, err = c.Transport.Open(ctx); err != nil {
			*conn = nil
			return "", err
		}
	}
	if err := (*conn).SendEnvelope(ctx, m); err != nil {
		return "", err
	}
	if time.Now().After(till) {
		return "", errLost
	}
	return (*conn).SendBody(m, nil)
}

func (c *NoticeSender) compose(n *store.Notice) (*mailer.ComposedMessage, error) {
	m, err := c.words(n)
	if err != nil {
		return nil, err
	}
	rendered, err := c.Render(m)
	if err != nil {
		return nil, err
	}
	return mailer.Compose(mailer.Message{Sender: c.Sender, Rendered: rendered, ListDomain: mailer.ListDomain(c.Site), Date: c.Now()})
}

// noticeLater is how soon a notice is tried again that could not be sent for a
// reason of ours: somebody waits for it before a page.
const noticeLater = 15 * time.Second

// later puts a notice off for a reason that is not the recipient's.
func (c *NoticeSender) later(why error) store.DeliveryResult {
	return store.DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: c.Now().Add(noticeLater), Reply: why.Error()}
}

func (c *NoticeSender) refused(n *store.Notice, r *mailer.SendError) store.DeliveryResult {
	result := store.DeliveryResult{Status: bantin.DeliveryFailed, Attempted: true, Reply: r.Reply}
	if r.Temporary && n.Attempts < len(c.Retry) {
		result.Status, result.NextAttempt = bantin.DeliveryDeferred, c.Now().Add(c.Retry[n.Attempts])
	}
	return result
}

// settle stores what became of a notice, also while the process stops.
func (c *NoticeSender) settle(ctx context.Context, n store.Notice, r store.DeliveryResult) error {
	taken, err := c.DB.Notices().StoreResult(context.WithoutCancel(ctx), n, r)
	if err == nil && !taken {
		c.Log.Warn("the result of a notice came too late: another process has it", "kind", n.Kind)
	}
	return err
}
