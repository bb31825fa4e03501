package delivery

import (
	"context"
	"errors"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/schedule"
	"bantin/store"
)

// worker sends deliveries over one connection.
//
// A delivery passes through it in this order, which is the promise: prepare the
// message; send its envelope; ask whether it may begin; send its body, and the
// envelope of the next one behind it; make the answer durable; only then look at
// what the server said to the next envelope.
type worker struct {
	*pool
	committer *committer
	number    int
	conn      mailer.Conn
	answered  int  // messages that this connection had an answer for
	next      *job // looked ahead at; it comes before all others
	pipelined *job // whose envelope was sent with the last body
	committed chan commitResult
}

func newWorker(p *pool, c *committer, number int) *worker {
	return &worker{pool: p, committer: c, number: number, committed: make(chan commitResult, 1)}
}

// work delivers until the dispatcher is closed.
func (w *worker) work() {
	defer w.disconnect()
	for {
		j, ok := w.next, true
		if w.next = nil; j == nil {
			j, ok = w.dispatcher.take(w.number, w.disconnect)
		}
		if !ok {
			return
		}
		w.process(j.run.ctx, j)
	}
}

// reconnectDelay is how long a worker that could not connect leaves the relay to
// others.
const reconnectDelay = 50 * time.Millisecond

// disposition is what becomes of a delivery after an attempt.
type disposition int

const (
	finished disposition = iota // its result is to be stored
	requeue                     // nothing is known of it: it goes back to its queue
	suspect                     // the same, behind all others: it broke a connection
	retryNow                    // the same, and this worker tries it again at once
	abandon                     // it is not ours to send, or not now
)

// process tries a delivery once and returns when its result is durable.
func (w *worker) process(ctx context.Context, j *job) {
	result, disposition := w.deliver(ctx, j)
	switch disposition {
	case requeue:
		j.run.jobs.requeue(j)
		_ = schedule.Sleep(ctx, reconnectDelay) // others may take it meanwhile; where ctx ended, its queue is closed
		return
	case suspect:
		j.run.jobs.suspect(j)
		return
	case retryNow:
		if w.next != nil {
			w.next.run.jobs.requeue(w.next)
		}
		w.next = j
		return
	case finished:
		w.storeResult(j, result)
	}
	j.claim.unfinished.Done()
}

func (w *worker) deliver(ctx context.Context, j *job) (store.DeliveryResult, disposition) {
	if j.Key == "" {
		return unsubscribed(), finished
	}
	if wait, said := w.health.retryWait(w.Now()); wait > 0 && j.Attempts > 0 && w.pipelined != j {
		return store.DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: w.Now().Add(wait), Reply: said}, finished
	}
	reply, err := w.attempt(ctx, j)
	var refusal *mailer.SendError
	switch {
	case err == nil:
		w.answered++
		w.accept(j)
		return store.DeliveryResult{Status: bantin.DeliverySent, Attempted: true, Reply: standardReply(reply)}, finished
	case errors.As(err, &refusal):
		return w.refused(ctx, j, refusal)
	case errors.Is(err, errUnsubscribed):
		return unsubscribed(), finished
	case errors.Is(err, errDomainHeld):
		return store.DeliveryResult{Status: bantin.DeliveryQueued, NextAttempt: store.HeldUntil()}, finished
	case errors.Is(err, errNothingToRead):
		return store.DeliveryResult{Status: bantin.DeliverySkipped, Reply: errNothingToRead.Error()}, finished
	case errors.Is(err, errClaimLost) || ctx.Err() != nil:
		return store.DeliveryResult{}, abandon
	}
	return w.cannotCompose(ctx, j, err), finished
}

func unsubscribed() store.DeliveryResult {
	return store.DeliveryResult{Status: bantin.DeliverySkipped, Reply: store.LeftReply}
}

// attempt hands the message over. Where it ends between the envelope and the body,
// the connection must be closed: a lone dot would deliver an empty message.
func (w *worker) attempt(ctx context.Context, j *job) (string, error) {
	if w.pipelined != j {
		if err := w.prepare(ctx, j); err != nil {
			return "", err
		}
	}
	w.pipelined = nil
	if err := w.connect(ctx); err != nil {
		return "", err
	}
	err := w.conn.SendEnvelope(ctx, j.mail)
	var next *job
	if err == nil {
		next = w.lookAhead()
		err = w.beforeBody(ctx, j)
	}
	if err != nil {
		if r := (*mailer.SendError)(nil); !errors.As(err, &r) {
			w.disconnect()
		}
		return "", err
	}
	j.begun = j.kept
	if next == nil {
		return w.conn.SendBody(j.mail, nil)
	}
	w.pipelined = next
	return w.conn.SendBody(j.mail, &next.mail)
}

// lookAhead takes the delivery that comes next where it may begin at once. One that
// may not stays the next, but its envelope is not sent before its turn.
func (w *worker) lookAhead() *job {
	if w.health.isProbing() {
		return nil
	}
	w.next = w.dispatcher.try(w.number)
	if w.next == nil || w.next.Key == "" || w.prepare(w.next.run.ctx, w.next) != nil {
		return nil
	}
	return w.next
}

// prepare composes the message, so that nothing is rendered or looked up after its
// envelope.
func (w *worker) prepare(ctx context.Context, j *job) error {
	if err := w.mayBegin(ctx, j); err != nil {
		return err
	}
	j.version = j.run.messages.currentVersion() // before: better composed once too often
	composed, err := j.run.messages.message(ctx, &j.Recipient)
	if err != nil {
		return err
	}
	to, err := w.Tokens.RecipientFields(w.Composer.Sender, j.run.edition, j.Name, j.Address, j.Key)
	j.kept, j.mail = composed.kept, mailer.RecipientMessage{Message: composed.message, Recipient: to}
	return err
}

// beforeBody is asked right before the body of a prepared message: may it begin, and
// does it still say what it should? What was withdrawn since is left out.
func (w *worker) beforeBody(ctx context.Context, j *job) error {
	if err := w.mayBegin(ctx, j); err != nil || j.version == j.run.messages.currentVersion() {
		return err
	}
	return w.prepare(ctx, j)
}

// mayBegin is asked right before a body begins: is the chunk still ours, does the
// process go on, is the contact still subscribed?
func (w *worker) mayBegin(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	left, err := j.run.watch.hasLeft(ctx, j.Contact, j.claim.departures)
	if errors.Is(err, errStopped) {
		j.run.stop(errStopped) // all claims of a run are of one edition
	}
	if err != nil {
		return err
	}
	switch {
	case left:
		return errUnsubscribed
	case j.run.watch.isHeld(j.domain()):
		return errDomainHeld
	}
	if !j.claim.isHeld() {
		return errClaimLost
	}
	return nil
}

func (w *worker) connect(ctx context.Context) (err error) {
	if w.conn == nil {
		w.conn, err = w.Transport.Open(ctx)
	}
	return err
}

func (w *worker) disconnect() {
	if w.conn == nil {
		return
	}
	if err := w.conn.Close(); err != nil {
		w.Log.Debug("connection to the mail server did not close cleanly", "error", err)
	}
	w.conn, w.answered, w.pipelined = nil, 0, nil
}
