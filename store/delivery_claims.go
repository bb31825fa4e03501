package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Claim takes a chunk of the edition that has work due and no living owner,
// for the length of the lease; ok is false where there is none. Chunks whose
// recipients were tried before and whose wait is over come first. owner is the
// name of the node (see Node).
func (v Deliveries) Claim(ctx context.Context, edition int64, owner string, lease time.Duration) (c Chunk, ok bool, err error) {
	if c, ok, err = v.db.claim(ctx, edition, owner, lease); ok || err != nil {
		return c, ok, err
	}
	if err := v.db.Nodes().ReclaimDead(ctx); err != nil {
		return c, false, err
	}
	return v.db.claim(ctx, edition, owner, lease)
}

// claim is one statement, so that nodes pass each other by: the second
// one skips the row that the first holds and takes the next.
func (db *DB) claim(ctx context.Context, edition int64, owner string, lease time.Duration) (c Chunk, ok bool, err error) {
	skip := ""
	if db.postgres {
		skip = ` FOR UPDATE SKIP LOCKED`
	}
	c.Edition = edition
	err = db.inTx(ctx, "claim a chunk", func(tx *sql.Tx) error {
		ok = true
		err := tx.QueryRowContext(ctx, `UPDATE chunks SET owner = $1, lease = `+db.clock()+` + $2, fence = fence + 1
			WHERE (edition, chunk) = (SELECT edition, chunk FROM chunks
				WHERE edition = $3 AND done = 0 AND due <= `+db.clock()+` AND lease <= `+db.clock()+`
				AND EXISTS (SELECT 1 FROM editions e WHERE e.n = $3 AND `+db.mayBeginSQL()+` AND (e.wave = 0 OR chunks.hi <= e.canary_to))
				ORDER BY CASE WHEN due > 0 THEN 0 ELSE 1 END, due, chunk LIMIT 1`+skip+`)
			RETURNING chunk, fence, lo, hi`, owner, lease.Milliseconds(), edition).Scan(&c.Number, &c.Fence, &c.lo, &c.hi)
		if errors.Is(err, sql.ErrNoRows) {
			ok, err = false, nil
		}
		return err
	})
	return c, ok && err == nil, err
}

// Renew lengthens the lease of a chunk; ok is false where another has it now.
func (v Deliveries) Renew(ctx context.Context, c Chunk, lease time.Duration) (ok bool, err error) {
	err = v.db.inTx(ctx, "renew a lease", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE chunks SET lease = `+v.db.clock()+` + $1 WHERE edition = $2 AND chunk = $3 AND fence = $4
			AND EXISTS (SELECT 1 FROM editions e WHERE e.n = $2 AND `+v.db.mayBeginSQL()+`)`,
			lease.Milliseconds(), c.Edition, c.Number, c.Fence)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok, err
}

// ErrInvalidStatus says that deliveries had a status that does not exist. They
// count as failed: whether they were sent is not known.
var ErrInvalidStatus = errors.New("had an invalid status and count as failed: `bantin editions retry --failed` sends them")

// Release gives a chunk back. One without unsettled deliveries is done, and
// its edition with its last one; else it is due when the first of them is. Of
// an edition that was cancelled meanwhile what is left is skipped. A chunk that
// is another's by now is left alone. Deliveries in an impossible state hold
// nothing up; they are reported as ErrInvalidStatus when all is done.
func (v Deliveries) Release(ctx context.Context, c Chunk) error {
	var impossible int64
	err := v.db.write(ctx, "release a chunk", func(tx *sql.Tx) error {
		var ours, cancelled bool
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(CASE WHEN k.fence = $1 THEN 1 ELSE 0 END), 0), COALESCE(MAX(CASE WHEN e.status = 'cancelled' THEN 1 ELSE 0 END), 0)
			FROM chunks k JOIN editions e ON e.n = k.edition WHERE k.edition = $2 AND k.chunk = $3`, c.Fence, c.Edition, c.Number).Scan(&ours, &cancelled)
		if err != nil || !ours {
			return err
		}
		if cancelled {
			if err := v.db.skipChunk(ctx, tx, c); err != nil {
				return err
			}
		}
		if err := v.db.requeueReturned(ctx, tx, c); err != nil {
			return err
		}
		if impossible, err = v.db.recount(ctx, tx, c); err != nil {
			return err
		}
		return v.db.finish(ctx, tx, c.Edition)
	})
	if err == nil && impossible > 0 {
		err = fmt.Errorf("release a chunk: %d deliveries %w", impossible, ErrInvalidStatus)
	}
	return err
}

// recount frees a chunk and takes its counts anew, unless somebody claimed it
// meanwhile: claims do not wait for the writers' lock. What stands in an
// impossible state fails first.
func (db *DB) recount(ctx context.Context, tx *sql.Tx, c Chunk) (impossible int64, err error) {
	res, err := tx.ExecContext(ctx, `UPDATE deliveries SET reply = 'impossible state "' || status || '"', status = 'failed', updated_at = $1
		WHERE edition = $2 AND contact BETWEEN $3 AND $4 AND status NOT IN ('queued', 'sent', 'deferred', 'failed', 'skipped')`,
		millis(db.now()), c.Edition, c.lo, c.hi)
	if err != nil {
		return 0, err
	}
	if impossible, err = res.RowsAffected(); err != nil {
		return 0, err
	}
	var sent, failed, skipped, deferred, left, next int64
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(CASE WHEN status = 'sent' THEN 1 END), 0),
			COALESCE(SUM(CASE WHEN status = 'failed' THEN 1 END), 0), COALESCE(SUM(CASE WHEN status = 'skipped' THEN 1 END), 0),
			COALESCE(SUM(CASE WHEN status = 'deferred' THEN 1 END), 0), COALESCE(SUM(CASE WHEN status IN ('queued', 'deferred') THEN 1 END), 0),
			COALESCE(MIN(CASE WHEN status IN ('queued', 'deferred') THEN `+parkedSQL+` END), 0)
		FROM deliveries WHERE edition = $1 AND contact BETWEEN $2 AND $3`, c.Edition, c.lo, c.hi, int64(parkedFrom)).
		Scan(&sent, &failed, &skipped, &deferred, &left, &next)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE chunks SET owner = '', lease = 0, due = $1, done = $2, sent = $3, failed = $4, skipped = $5, deferred = $6,
		counted = fence WHERE edition = $7 AND chunk = $8 AND fence = $9`, next, boolInt(left == 0), sent, failed, skipped, deferred, c.Edition, c.Number, c.Fence)
	return impossible, err
}

// parkedSQL is when a delivery is tried next. One that is parked is due where no domain
// is held any more: it was resumed while somebody had the chunk.
const parkedSQL = `CASE WHEN next_attempt >= $4 AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.edition = $1 AND h.ended = 0) THEN 0 ELSE next_attempt END`

// finish marks an edition done whose chunks all are, unless its refusals hold it or
// a domain of it; one that was cancelled keeps its status and gets the time.
func (db *DB) finish(ctx context.Context, tx *sql.Tx, edition int64) error {
	tried, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM editions WHERE n = $1 AND frozen = 1 AND status = 'sending')
		AND NOT EXISTS (SELECT 1 FROM chunks WHERE edition = $1 AND done = 0)`, edition)
	if err != nil {
		return err
	}
	if tried {
		for more := true; more; { // a domain first, then perhaps another
			held, err := db.judge(ctx, tx, edition, "")
			if err != nil {
				return err
			}
			more = held != nil && held.Domain != ""
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET status = CASE WHEN status = 'sending' THEN 'done' ELSE status END, done_at = $1,
			unaccounted = recipients - (SELECT COALESCE(SUM(sent + failed + skipped), 0) FROM chunks WHERE edition = $2)
		WHERE n = $2 AND (frozen = 1 AND status = 'sending' OR status = 'cancelled' AND done_at IS NULL)
		AND NOT EXISTS (SELECT 1 FROM chunks WHERE edition = $2 AND done = 0)
		AND (status = 'cancelled' OR NOT EXISTS (SELECT 1 FROM holds WHERE edition = $2 AND ended = 0))`, millis(db.now()), edition)
	return err
}

// Finish marks an edition done that has nobody to send to.
func (v Editions) Finish(ctx context.Context, edition int64) error {
	return v.db.write(ctx, "finish edition", func(tx *sql.Tx) error { return v.db.finish(ctx, tx, edition) })
}
