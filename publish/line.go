package publish

import (
	"context"
	"errors"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// line is one connection of a run and what it is doing.
type line struct {
	*run
	conn mailer.Conn
	done chan verdict
}

// job delivers one message and returns when its result is durable, or when it
// was not begun because the process stops or the chunk was lost.
func (l *line) job(ctx context.Context, j job) {
	result, ok := l.deliver(ctx, j)
	if !ok {
		return
	}
	result.Chunk, result.Contact = j.claim.Chunk, j.Contact
	v := l.commit.settle(result, l.done)
	switch {
	case v.err != nil:
		j.claim.lose()
		l.Log.Error("the result of a delivery is lost; the message may be repeated under its Message-ID",
			"edition", l.edition.ID, "contact", j.Contact, "status", result.Status, "error", v.err)
	case !v.taken:
		j.claim.lose()
		l.Log.Warn("a result came too late: the chunk was taken over", "edition", l.edition.ID, "chunk", j.claim.Number)
	}
}

// deliver tries until the message is taken or refused; ok is false where it
// must not be begun. A relay that cannot be used is waited for.
func (l *line) deliver(ctx context.Context, j job) (result store.Result, ok bool) {
	if j.Key == "" {
		return skipped(), true
	}
	for {
		if err := l.ready(ctx); err != nil || !j.claim.held() {
			return result, false
		}
		reply, err := l.attempt(ctx, j)
		var refusal *mailer.Refusal
		switch {
		case err == nil:
			l.health().well()
			return store.Result{Status: bantin.DeliverySent, Tried: true, Reply: usual(reply)}, true
		case errors.Is(err, errLeft):
			return skipped(), true
		case errors.As(err, &refusal) && refusal.Scope == mailer.AboutRecipient:
			l.hangUp(refusal.Broken)
			l.health().well()
			return l.refused(j, refusal), true
		case errors.As(err, &refusal):
			l.hangUp(true)
			l.health().failed(err)
		case errors.Is(err, errLost) || ctx.Err() != nil:
			l.hangUp(mailer.Closed(err))
			return result, false
		default:
			l.hangUp(mailer.Closed(err))
			return l.unmade(j, err), true
		}
	}
}

func skipped() store.Result {
	return store.Result{Status: bantin.DeliverySkipped, Reply: "left before her message was sent"}
}

// unmade puts a message off that could not be made for a reason of our own: a
// template that fails, a database that does not answer. It costs no attempt.
func (l *line) unmade(j job, err error) store.Result {
	const soon = time.Minute
	l.Log.Error("a message cannot be made", "edition", l.edition.ID, "contact", j.Contact, "place", j.Place, "error", err)
	return store.Result{Status: bantin.DeliveryDeferred, Next: l.Now().Add(soon), Reply: err.Error()}
}

// usual keeps the ledger small: what nearly every server says is not kept.
func usual(reply string) string {
	if reply == "250 OK" || reply == "250 2.0.0 OK" {
		return ""
	}
	return reply
}

// ready waits for the relay and for the rate.
func (l *line) ready(ctx context.Context) error {
	if err := l.health().ready(ctx); err != nil {
		return err
	}
	if l.Limit != nil {
		return l.Limit.Wait(ctx)
	}
	return ctx.Err()
}

// attempt hands the message over. Nothing is rendered or looked up after its
// body began.
func (l *line) attempt(ctx context.Context, j job) (string, error) {
	if err := l.may(ctx, j); err != nil {
		return "", err
	}
	letter, err := l.letters.letter(&j.Recipient)
	if err != nil {
		return "", err
	}
	p, err := l.Tokens.Personal(l.Press.Sender, l.edition, j.Name, j.Address, j.Key)
	if err != nil {
		return "", err
	}
	if l.conn == nil {
		if l.conn, err = l.Transport.Open(ctx); err != nil {
			return "", &mailer.Refusal{Scope: mailer.AboutRelay, Temporary: true, Broken: true, Reply: err.Error(), Err: err}
		}
	}
	return l.conn.Deliver(ctx, letter, p, func() error { return l.may(ctx, j) })
}

// may is asked right before a body begins: is the chunk still ours, does the
// process go on, is she still there.
func (l *line) may(ctx context.Context, j job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	left, err := l.watch.gone(ctx, j.Contact)
	if err != nil {
		return err
	}
	if left {
		return errLeft
	}
	if !j.claim.held() {
		return errLost
	}
	return nil
}

// refused settles what a server said of one recipient: a permanent refusal is
// final, a temporary one is tried again later, with growing waits.
func (l *line) refused(j job, r *mailer.Refusal) store.Result {
	result := store.Result{Status: bantin.DeliveryFailed, Tried: true, Reply: r.Reply}
	if r.Temporary && j.Attempts < len(l.Retry) {
		result.Status = bantin.DeliveryDeferred
		result.Next = l.Now().Add(l.Retry[j.Attempts])
	}
	return result
}

// hangUp drops the connection where it broke.
func (l *line) hangUp(broken bool) {
	if broken && l.conn != nil {
		l.close()
	}
}

func (l *line) close() {
	if l.conn == nil {
		return
	}
	if err := l.conn.Close(); err != nil {
		l.Log.Debug("the mail server did not say goodbye", "error", err)
	}
	l.conn = nil
}
