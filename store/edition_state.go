package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"bantin"
)

// EditionAction is what a person does to an edition.
type EditionAction string

// The acts.
const (
	ActionPause  EditionAction = "pause"
	ActionResume EditionAction = "resume"
	ActionCancel EditionAction = "cancel"
	ActionRetry  EditionAction = "retry"
	ActionResend EditionAction = "resend"

	ActionApprove EditionAction = "approve"
)

// StateError says that an act makes no sense where an edition stands.
type StateError struct {
	Edition string
	Status  bantin.EditionStatus
	Act     EditionAction
}

func (e *StateError) Error() string { return "it is " + string(e.Status) }

// ErrNothingFailed says that there is nothing to try again.
var ErrNothingFailed = errors.New("none of its deliveries failed")

// Pause stops an edition: no chunk of it is claimed, and who works on
// one begins no other message within a second. Doing it again changes nothing.
func (v Editions) Pause(ctx context.Context, id string) (bantin.Edition, error) {
	return v.db.transition(ctx, ActionPause, id, func(tx *sql.Tx, n int64, status bantin.EditionStatus) error {
		switch status {
		case bantin.EditionOpen, bantin.EditionSending:
			_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'paused' WHERE n = $1`, n)
			return err
		case bantin.EditionPaused:
			return nil
		}
		return &StateError{id, status, ActionPause}
	})
}

// Resume lets an edition go on that was paused, or is held, or has a domain that is.
// accepted tells that the refusals are right: it is not held for them again. One that
// goes on already is left as it is.
func (v Editions) Resume(ctx context.Context, id string, accepted bool) (bantin.Edition, error) {
	before, err := v.Get(ctx, id)
	if err != nil {
		return before, err
	}
	return v.db.transition(ctx, ActionResume, id, func(tx *sql.Tx, n int64, status bantin.EditionStatus) error {
		switch status {
		case bantin.EditionOpen, bantin.EditionSending, bantin.EditionPaused, bantin.EditionHeld:
			return v.db.resume(ctx, tx, n, before.Counts.Unsettled(), accepted)
		}
		return &StateError{id, status, ActionResume}
	})
}

func (db *DB) resume(ctx context.Context, tx *sql.Tx, n, remaining int64, accepted bool) error {
	held, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM holds WHERE edition = $1 AND ended = 0)`, n)
	if err != nil {
		return err
	}
	if held {
		if err := db.endHolds(ctx, tx, n, remaining, accepted); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET status = CASE WHEN frozen = 1 THEN 'sending' ELSE 'open' END, reason = '', detail = '',
		wave = CASE WHEN status = 'held' AND wave = $1 THEN $2 ELSE wave END WHERE n = $3 AND status IN ('paused', 'held')`, waveOver, waveAll, n)
	if err != nil {
		return err
	}
	return db.finish(ctx, tx, n)
}

// Cancel ends an edition for good: what was not handed over is skipped,
// by Editions.SkipCancelled, and its bulletins are news again.
func (v Editions) Cancel(ctx context.Context, id string) (bantin.Edition, error) {
	return v.db.transition(ctx, ActionCancel, id, func(tx *sql.Tx, n int64, status bantin.EditionStatus) error {
		switch status {
		case bantin.EditionDone:
			return &StateError{id, status, ActionCancel}
		case bantin.EditionCancelled:
			return nil
		}
		_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'cancelled', reason = '', detail = '', done_at = NULL WHERE n = $1`, n)
		if err != nil {
			return err
		}
		return removeCancelledFiles(ctx, tx)
	})
}

// transition changes the state of an edition and gives what it is then.
func (db *DB) transition(ctx context.Context, act EditionAction, id string, do func(tx *sql.Tx, n int64, status bantin.EditionStatus) error) (bantin.Edition, error) {
	err := db.write(ctx, string(act)+" edition "+id, func(tx *sql.Tx) error {
		var n int64
		var status bantin.EditionStatus
		err := tx.QueryRowContext(ctx, `SELECT n, status FROM editions e WHERE e.digest || '-' || e.number = $1`, id).Scan(&n, &status)
		if err != nil {
			return lookedUp(err, "edition", strconv.Quote(id))
		}
		return do(tx, n, status)
	})
	if err != nil {
		return bantin.Edition{}, err
	}
	return db.Editions().Get(ctx, id)
}

// UnsettledCancelled gives the cancelled editions with deliveries to skip.
func (v Editions) UnsettledCancelled(ctx context.Context) (rows []int64, err error) {
	rows, err = collectColumn[int64](ctx, v.db.reader, `SELECT n FROM editions WHERE status = 'cancelled' AND done_at IS NULL ORDER BY n`)
	return rows, wrap(err, "list cancelled editions")
}

// SkipCancelled skips what a cancelled edition leaves, a chunk in a
// transaction; done is false while somebody has messages of it in hand: their
// results come first, and who has them skips the rest of the chunk.
func (v Editions) SkipCancelled(ctx context.Context, edition int64) (done bool, err error) {
	if err := v.db.Nodes().ReclaimDead(ctx); err != nil {
		return false, err
	}
	for more := true; more; {
		err := v.db.write(ctx, "skip what was cancelled", func(tx *sql.Tx) error {
			// Taken first, as a claim takes it, so that nobody else does, and a
			// node that had it and stalled can store no other result.
			c := Chunk{Edition: edition}
			err := tx.QueryRowContext(ctx, `UPDATE chunks SET fence = fence + 1
				WHERE (edition, chunk) = (SELECT k.edition, k.chunk FROM chunks k JOIN editions e ON e.n = k.edition
					WHERE k.edition = $1 AND k.done = 0 AND k.lease <= `+v.db.clock()+` AND e.status = 'cancelled' ORDER BY k.chunk LIMIT 1)
				AND lease <= `+v.db.clock()+` RETURNING chunk, fence, lo, hi`, edition).Scan(&c.Number, &c.Fence, &c.lo, &c.hi)
			if more = err == nil; errors.Is(err, sql.ErrNoRows) {
				return v.db.finish(ctx, tx, edition)
			}
			if err != nil {
				return err
			}
			if err := v.db.skipChunk(ctx, tx, c); err != nil {
				return err
			}
			_, err = v.db.recount(ctx, tx, c)
			return err
		})
		if err != nil {
			return false, err
		}
	}
	err = v.db.reader.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM chunks WHERE edition = $1 AND done = 0)`, edition).Scan(&done)
	return done, explain(err)
}

// CancelledReply is the reply of a delivery that was skipped so.
const CancelledReply = "the edition was cancelled"

func (db *DB) skipChunk(ctx context.Context, tx *sql.Tx, c Chunk) error {
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET status = 'skipped', next_attempt = 0, updated_at = $1, reply = $2
		WHERE edition = $3 AND contact BETWEEN $4 AND $5 AND `+unsettledSQL, millis(db.now()), CancelledReply, c.Edition, c.lo, c.hi)
	return err
}

// ErrFailedSuppressed says that what failed may not be tried again.
var ErrFailedSuppressed = errors.New("all that failed was to addresses that must not be mailed")

// RetryFailed queues the failed deliveries of an edition again, a chunk in a
// transaction: as if they had never been tried, and under the same Message-ID. Those
// whose address is suppressed are left out. An edition that was done is sending again,
// and so is one that was held, whether anybody failed or not. It tells how many there
// are; ErrNothingFailed or ErrFailedSuppressed where none, and nothing is held.
func (v Editions) RetryFailed(ctx context.Context, id string) (e bantin.Edition, again int64, err error) {
	if e, err = v.Get(ctx, id); err != nil {
		return e, 0, err
	}
	if e.Status == bantin.EditionCancelled {
		return e, 0, fmt.Errorf("retry edition %s: %w", id, &StateError{id, e.Status, ActionRetry})
	}
	for after := 0; ; {
		var n int64
		err := v.db.write(ctx, "retry edition "+id, func(tx *sql.Tx) (err error) {
			after, n, err = v.db.retryChunk(ctx, tx, e.Row, after)
			return err
		})
		if err != nil {
			return e, again, err
		}
		if again += n; after == 0 {
			break
		}
	}
	if again == 0 {
		why := ErrNothingFailed
		if e.Counts.Failed > 0 {
			why = ErrFailedSuppressed
		}
		if holds, err := v.db.holds(ctx, v.db.reader, e.Row); err != nil || len(holds) == 0 {
			return e, 0, fmt.Errorf("retry edition %s: %w", id, cmp.Or(err, why))
		}
	}
	err = v.db.write(ctx, "resume edition "+id, func(tx *sql.Tx) error {
		if err := v.db.endHolds(ctx, tx, e.Row, e.Counts.Unsettled()+again, false); err != nil || e.Status == bantin.EditionPaused {
			return err
		}
		return v.db.resume(ctx, tx, e.Row, 0, false)
	})
	if err != nil {
		return e, again, err
	}
	e, err = v.Get(ctx, id)
	return e, again, err
}

// retryChunk queues the failed deliveries of the first chunk after the one
// given that may have any, and gives its number: 0 where there is none.
func (db *DB) retryChunk(ctx context.Context, tx *sql.Tx, edition int64, after int) (next int, n int64, err error) {
	c := Chunk{Edition: edition}
	err = tx.QueryRowContext(ctx, `SELECT chunk, lo, hi FROM chunks
		WHERE edition = $1 AND chunk > $2 AND (failed > 0 OR done = 0 AND counted <> fence) ORDER BY chunk LIMIT 1`, edition, after).
		Scan(&c.Number, &c.lo, &c.hi)
	if is, err := found(err); !is {
		return 0, 0, err
	}
	if n, err = execCount(ctx, tx, `UPDATE deliveries SET status = 'queued', attempts = 0, next_attempt = 0, updated_at = $1, reply = ''
		WHERE edition = $2 AND contact BETWEEN $3 AND $4 AND status = 'failed'
			AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key = LOWER(deliveries.address))`, millis(db.now()), edition, c.lo, c.hi); err != nil || n == 0 {
		return c.Number, 0, err
	}
	// Who works on the chunk keeps it, and finds them when it gives it back.
	_, err = tx.ExecContext(ctx, `UPDATE chunks SET done = 0, due = 0, failed = 0, counted = -1 WHERE edition = $1 AND chunk = $2`, edition, c.Number)
	if err != nil {
		return 0, 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET status = CASE WHEN status = 'done' THEN 'sending' ELSE status END, done_at = NULL WHERE n = $1`, edition)
	return c.Number, n, err
}
