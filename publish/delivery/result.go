package delivery

import (
	"context"
	"errors"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// storeResult makes the result of a delivery durable, and tells of a recipient who
// was refused for good.
func (w *worker) storeResult(j *job, result store.DeliveryResult) {
	result.Chunk, result.Contact = j.claim.Chunk, j.Contact
	c := w.committer.commit(result, w.committed)
	switch {
	case c.err != nil:
		j.claim.markLost()
		w.Log.Error("the result of a delivery is lost; the message may be repeated under its Message-ID",
			"edition", w.edition.ID, "contact", j.Contact, "status", result.Status, "error", c.err)
	case !c.stored:
		j.claim.markLost()
		w.Log.Warn("a result came too late: the chunk was taken over", "edition", w.edition.ID, "chunk", j.claim.Number)
	case w.Refused != nil && result.Status == bantin.DeliveryFailed:
		err := w.Refused(context.Background(), w.edition.Row, j.Key, j.Address, result.Reply)
		if err != nil {
			w.Log.Warn("a refusal cannot be kept: the address is tried again by the next edition", "edition", w.edition.ID, "contact", j.Contact, "error", err)
		}
	}
}

// standardReply keeps the ledger small: the reply of nearly every server is not
// stored.
func standardReply(reply string) string {
	if reply == "250 OK" || reply == "250 2.0.0 OK" {
		return ""
	}
	return reply
}

// cannotCompose defers a message that could not be made for a reason of our own: a
// template that fails, a database that does not answer. It costs no attempt.
func (w *worker) cannotCompose(ctx context.Context, j *job, err error) store.DeliveryResult {
	const shortDelay = time.Minute
	segment := (*segmentError)(nil)
	if errors.As(err, &segment) {
		segment.reported.Do(func() { w.reportSegment(ctx, segment) })
	} else {
		w.Log.Error("a message cannot be made", "edition", w.edition.ID, "contact", j.Contact, "error", err)
	}
	return store.DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: w.Now().Add(shortDelay), Reply: err.Error()}
}

// reportSegment tells of a segment whose messages cannot be made: in the log each
// time it is tried, by mail once.
func (w *worker) reportSegment(ctx context.Context, s *segmentError) {
	w.Log.Error("the messages of a segment cannot be made; the others go out", "edition", w.edition.ID,
		"place", s.Place, "language", s.Language, "error", s.err)
	ctx = context.WithoutCancel(ctx)
	now, err := w.DB.Editions().Get(ctx, w.edition.ID)
	if err == nil {
		r := store.NewReport(&now, store.ReportBroken)
		r.Detail = mailer.OneLine(s.err.Error())
		err = w.DB.Notices().ReportEdition(ctx, now.Row, r, w.Composer.Site.Language)
	}
	if err != nil {
		w.Log.Error("a report cannot be written", "edition", w.edition.ID, "error", err)
	}
}
