package delivery

import (
	"context"
	"errors"
	"time"

	"bantin"
	"bantin/store"
)

// storeResult makes the result of a delivery durable, counts it, and tells of a
// recipient who was refused for good.
func (w *worker) storeResult(j *job, result store.DeliveryResult) {
	result.Chunk, result.Contact = j.claim.Chunk, j.Contact
	result.Segment, result.Personal = j.begun.segment, j.begun.personal
	c := w.committer.commit(result, w.sent(j, result.Status), w.committed)
	switch {
	case c.err != nil:
		j.claim.markLost()
		w.Log.Error("delivery result lost; the message may be repeated under its Message-ID",
			"edition", j.run.edition.ID, "contact", j.Contact, "status", result.Status, "error", c.err)
	case !c.stored:
		j.claim.markLost()
		w.Log.Warn("result came too late: another node took over the chunk", "edition", j.run.edition.ID, "chunk", j.claim.Number)
	default:
		w.count(j, result.Status)
		if result.Status == bantin.DeliveryFailed {
			w.tellRefused(j, result.Reply)
		}
	}
}

// sent is what the journal keeps of a delivery that was handed over.
func (w *worker) sent(j *job, status bantin.DeliveryStatus) store.Sent {
	if status != bantin.DeliverySent || w.Journal == nil {
		return store.Sent{}
	}
	return store.Sent{Edition: j.run.edition, Hash: w.Journal.Hash(j.Address)}
}

// tellRefused tells of a recipient who was refused for good.
func (w *worker) tellRefused(j *job, reply string) {
	if w.Refused == nil {
		return
	}
	if err := w.Refused(context.Background(), j.run.edition.Row, j.Key, j.Address, reply); err != nil {
		w.Log.Warn("refusal cannot be stored; the next edition tries the address again", "edition", j.run.edition.ID, "contact", j.Contact, "error", err)
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
		segment.reported.Do(func() { j.run.reportSegment(ctx, segment) })
	} else {
		w.Log.Error("message cannot be composed", "edition", j.run.edition.ID, "contact", j.Contact, "error", err)
	}
	return store.DeliveryResult{Status: bantin.DeliveryDeferred, NextAttempt: w.Now().Add(shortDelay), Reply: err.Error()}
}

// reportSegment tells of a segment whose messages cannot be made: in the log each
// time it is tried, by mail once.
func (r *deliveryRun) reportSegment(ctx context.Context, s *segmentError) {
	r.Log.Error("messages of a segment cannot be composed; other segments continue", "edition", r.edition.ID,
		"place", s.Place, "language", s.Language, "error", s.err)
	ctx = context.WithoutCancel(ctx)
	now, err := r.DB.Editions().Get(ctx, r.edition.ID)
	if err == nil {
		report := store.NewReport(&now, store.ReportBroken)
		report.Detail = bantin.OneLine(s.err.Error())
		err = r.DB.Notices().ReportEdition(ctx, now.Row, report, store.DueReport{}, r.Composer.Site.Language)
	}
	if err != nil {
		r.Log.Error("report cannot be stored", "edition", r.edition.ID, "error", err)
	}
}
