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
		w.Log.Error("delivery result lost; the message may be repeated under its Message-ID",
			"edition", w.edition.ID, "contact", j.Contact, "status", result.Status, "error", c.err)
	case !c.stored:
		j.claim.markLost()
		w.Log.Warn("result came too late: another node took over the chunk", "edition", w.edition.ID, "chunk", j.claim.Number)
	case w.Refused != nil && result.Status == bantin.DeliveryFailed:
		err := w.Refused(context.Background(), w.edition.Row, j.Key, j.Address, result.Reply)
		if err != nil {
			w.Log.Warn("refusal cannot be stored; the next edition tries the address again", "edition", w.edition.ID, "contact", j.Contact, "error", err)
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
		w.Log.Error("message cannot be composed", "edition", w.edition.ID, "contact", j.Contact, "error", err)
	}
	return store.DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: w.Now().Add(shortDelay), Reply: err.Error()}
}

// reportSegment tells of a segment whose messages cannot be made: in the log each
// time it is tried, by mail once.
func (w *worker) reportSegment(ctx context.Context, s *segmentError) {
	w.Log.Error("messages of a segment cannot be composed; other segments continue", "edition", w.edition.ID,
		"place", s.Place, "language", s.Language, "error", s.err)
	ctx = context.WithoutCancel(ctx)
	now, err := w.DB.Editions().Get(ctx, w.edition.ID)
	if err == nil {
		r := store.NewReport(&now, store.ReportBroken)
		r.Detail = mailer.OneLine(s.err.Error())
		err = w.DB.Notices().ReportEdition(ctx, now.Row, r, w.Composer.Site.Language)
	}
	if err != nil {
		w.Log.Error("report cannot be stored", "edition", w.edition.ID, "error", err)
	}
}
