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

// line is one connection of a run and what it is doing.
//
// A delivery goes through it in this order, which is the promise: prepare the
// message; offer it; may it begin?; send its body, and the offer of the next one
// behind it; make the answer durable; only then look at what came of that offer.
type line struct {
	*run
	number int
	conn   mailer.Conn
	served int  // messages that this connection had an answer for
	next   *job // looked ahead at; it comes before all others
	along  *job // whose offer travelled with the last message
	done   chan verdict
}

func newLine(r *run, number int) *line {
	return &line{run: r, number: number, done: make(chan verdict, 1)}
}

// work delivers until the desk is closed.
func (l *line) work(ctx context.Context) {
	defer l.hangUp()
	for {
		j, ok := l.next, true
		if l.next = nil; j == nil {
			j, ok = l.desk.take(l.number, l.hangUp)
		}
		if !ok {
			return
		}
		l.job(ctx, j)
	}
}

// lineRest is how long a line that could not connect leaves the relay to others.
const lineRest = 50 * time.Millisecond

// fate is what becomes of a delivery after an attempt.
type fate int

const (
	settled fate = iota // its result is to be stored
	waiting             // nothing is known of it: it goes back to the desk
	again               // the same, and this line tries it again at once
	dropped             // it is not ours to send, or not now
)

// job tries a delivery once and returns when its result is durable.
func (l *line) job(ctx context.Context, j *job) {
	result, fate := l.deliver(ctx, j)
	switch fate {
	case waiting:
		l.desk.back(j)
		_ = schedule.Sleep(ctx, lineRest) // others may take it meanwhile; where ctx ended, the desk is closed
		return
	case again:
		if l.next != nil {
			l.desk.back(l.next)
		}
		l.next = j
		return
	case settled:
		l.settle(j, result)
	}
	j.claim.open.Done()
}

func (l *line) settle(j *job, result store.DeliveryResult) {
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
	case l.Refused != nil && result.Status == bantin.DeliveryFailed:
		err := l.Refused(context.Background(), l.edition.Row, j.Key, j.Address, result.Reply)
		if err != nil {
			l.Log.Warn("a refusal cannot be kept: the address is tried again by the next edition", "edition", l.edition.ID, "contact", j.Contact, "error", err)
		}
	}
}

func (l *line) deliver(ctx context.Context, j *job) (store.DeliveryResult, fate) {
	if j.Key == "" {
		return skipped(), settled
	}
	reply, err := l.attempt(ctx, j)
	var refusal *mailer.SendError
	switch {
	case err == nil:
		l.served++
		l.health().took()
		return store.DeliveryResult{Status: bantin.DeliverySent, Attempted: true, Reply: usual(reply)}, settled
	case errors.As(err, &refusal):
		return l.refused(ctx, j, refusal)
	case errors.Is(err, errLeft):
		return skipped(), settled
	case errors.Is(err, errNothing):
		return store.DeliveryResult{Status: bantin.DeliverySkipped, Reply: errNothing.Error()}, settled
	case errors.Is(err, errLost) || ctx.Err() != nil:
		return store.DeliveryResult{}, dropped
	}
	return l.unmade(ctx, j, err), settled
}

func skipped() store.DeliveryResult {
	return store.DeliveryResult{Status: bantin.DeliverySkipped, Reply: "left before her message was sent"}
}

// unmade puts a message off that could not be made for a reason of our own: a
// template that fails, a database that does not answer. It costs no attempt.
func (l *line) unmade(ctx context.Context, j *job, err error) store.DeliveryResult {
	const soon = time.Minute
	segment := (*segmentError)(nil)
	if errors.As(err, &segment) {
		segment.told.Do(func() { l.tellSegment(ctx, segment) })
	} else {
		l.Log.Error("a message cannot be made", "edition", l.edition.ID, "contact", j.Contact, "error", err)
	}
	return store.DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: l.Now().Add(soon), Reply: err.Error()}
}

// tellSegment tells of a segment whose messages cannot be made: in the log each
// time it is tried, by mail once.
func (l *line) tellSegment(ctx context.Context, s *segmentError) {
	l.Log.Error("the messages of a segment cannot be made; the others go out", "edition", l.edition.ID,
		"place", s.Place, "language", s.Language, "error", s.err)
	ctx = context.WithoutCancel(ctx)
	now, err := l.DB.Editions().Get(ctx, l.edition.ID)
	if err == nil {
		r := store.NewReport(&now, store.ReportBroken)
		r.Detail = mailer.OneLine(s.err.Error())
		err = l.DB.Notices().ReportEdition(ctx, now.Row, r, l.Press.Site.Language)
	}
	if err != nil {
		l.Log.Error("a report cannot be written", "edition", l.edition.ID, "error", err)
	}
}

// usual keeps the ledger small: what nearly every server says is not kept.
func usual(reply string) string {
	if reply == "250 OK" || reply == "250 2.0.0 OK" {
		return ""
	}
	return reply
}

// attempt hands the message over. Where it ends between the offer and the body,
// the connection must be closed: a lone dot would deliver an empty message.
func (l *line) attempt(ctx context.Context, j *job) (string, error) {
	if l.along != j {
		if err := l.prepare(ctx, j); err != nil {
			return "", err
		}
	}
	l.along = nil
	if err := l.open(ctx); err != nil {
		return "", err
	}
	err := l.conn.SendEnvelope(ctx, j.mail)
	var next *job
	if err == nil {
		next = l.lookAhead(ctx)
		err = l.ready(ctx, j)
	}
	if err != nil {
		if r := (*mailer.SendError)(nil); !errors.As(err, &r) {
			l.hangUp()
		}
		return "", err
	}
	if next == nil {
		return l.conn.SendBody(j.mail, nil)
	}
	l.along = next
	return l.conn.SendBody(j.mail, &next.mail)
}

// lookAhead takes the delivery that comes next where it may begin at once. One
// that may not stays the next, but is not offered before its turn.
func (l *line) lookAhead(ctx context.Context) *job {
	l.next = l.desk.try(l.number)
	if l.next == nil || l.next.Key == "" || l.prepare(ctx, l.next) != nil {
		return nil
	}
	return l.next
}

// prepare makes the message, so that nothing is rendered or looked up after its
// offer.
func (l *line) prepare(ctx context.Context, j *job) error {
	if err := l.may(ctx, j); err != nil {
		return err
	}
	j.version = l.letters.current() // before: better made once too often
	letter, err := l.letters.letter(&j.Recipient)
	if err != nil {
		return err
	}
	to, err := l.Tokens.RecipientFields(l.Press.Sender, l.edition, j.Name, j.Address, j.Key)
	j.mail = mailer.RecipientMessage{Message: letter, Recipient: to}
	return err
}

// ready is asked right before the body of a prepared message: may it begin, and
// does it still say what it should? What was withdrawn since is left out.
func (l *line) ready(ctx context.Context, j *job) error {
	if err := l.may(ctx, j); err != nil || j.version == l.letters.current() {
		return err
	}
	return l.prepare(ctx, j)
}

// may is asked right before a body begins: is the chunk still ours, does the
// process go on, is she still there.
func (l *line) may(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	left, err := l.watch.gone(ctx, j.Contact)
	if errors.Is(err, errStopped) {
		l.stop(errStopped) // all claims of a run are of one edition
	}
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

func (l *line) open(ctx context.Context) (err error) {
	if l.conn == nil {
		l.conn, err = l.Transport.Open(ctx)
	}
	return err
}

func (l *line) hangUp() {
	if l.conn == nil {
		return
	}
	if err := l.conn.Close(); err != nil {
		l.Log.Debug("the mail server did not say goodbye", "error", err)
	}
	l.conn, l.served, l.along = nil, 0, nil
}
