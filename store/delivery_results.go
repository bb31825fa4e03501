package store

import (
	"context"
	"database/sql"
	"slices"
)

// unsettledSQL is the condition that a delivery is not final.
const unsettledSQL = `status IN ('queued', 'deferred')`

// StoreResults stores results in one transaction. taken[i] is false where result i
// was refused: its chunk is another's by now, or the delivery ended otherwise.
// A result that is there already is taken once more and changes nothing, so
// that one whose answer was lost may be given again.
func (v Deliveries) StoreResults(ctx context.Context, results []DeliveryResult) (taken []bool, err error) {
	if v.db.postgres {
		taken, err = v.db.storeResultsAtOnce(ctx, results)
	} else {
		taken, err = v.db.storeEachResult(ctx, results)
	}
	for i, ok := range taken {
		if err != nil {
			return nil, err
		}
		if !ok {
			taken[i], err = v.db.hasResult(ctx, results[i])
		}
	}
	return taken, err
}

// storeResultSQL stores one result under its fence.
const storeResultSQL = `UPDATE deliveries SET status = $1, attempts = attempts + $2, next_attempt = $3, updated_at = $4, reply = $5,
		segment = CASE WHEN $10 <> 0 THEN $10 ELSE segment END
	WHERE edition = $6 AND contact = $7 AND ` + unsettledSQL + `
	AND (SELECT fence FROM chunks WHERE edition = $6 AND chunk = $8) = $9`

// storeEachResult is the fastest there is on SQLite: an update a result, parsed when
// the database was opened (to parse it takes as long as to run it).
func (db *DB) storeEachResult(ctx context.Context, results []DeliveryResult) (taken []bool, err error) {
	err = db.inTx(ctx, "store results", func(tx *sql.Tx) error {
		taken = make([]bool, len(results))
		update := tx.StmtContext(ctx, db.storeResult)
		defer update.Close()
		now := millis(db.now())
		for i, r := range results {
			next := db.retryDelay(r)
			if next > 0 {
				next += now
			}
			res, err := update.ExecContext(ctx, r.Status, boolInt(r.Attempted), next, now, r.Reply, r.Chunk.Edition, r.Contact, r.Chunk.Number, r.Chunk.Fence, r.Segment)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if taken[i] = n == 1; taken[i] {
				if err := keepPersonal(ctx, tx, &results[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return taken, err
}

// storeResultsAtOnce is the fastest there is on PostgreSQL: one statement for all
// results and one round trip, committed by itself. Messages that are kept for one
// contact are stored with their results.
func (db *DB) storeResultsAtOnce(ctx context.Context, results []DeliveryResult) (taken []bool, err error) {
	if !slices.ContainsFunc(results, func(r DeliveryResult) bool { return r.Personal != nil }) {
		err = db.retry(ctx, func() error {
			taken, err = db.updateResults(ctx, db.writer, results)
			return err
		})
		return taken, wrap(explain(err), "store results")
	}
	err = db.inTx(ctx, "store results", func(tx *sql.Tx) error {
		if taken, err = db.updateResults(ctx, tx, results); err != nil {
			return err
		}
		for i := range results {
			if taken[i] {
				if err := keepPersonal(ctx, tx, &results[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return taken, err
}

// updateResults is the statement of storeResultsAtOnce.
func (db *DB) updateResults(ctx context.Context, q querier, results []DeliveryResult) (taken []bool, err error) {
	var c resultColumns
	for _, r := range results {
		c.add(r, db.retryDelay(r))
	}
	at := make(map[deliveryKey]int, len(results))
	for i, r := range results {
		at[deliveryKey{r.Chunk.Edition, r.Contact}] = i
	}
	taken = make([]bool, len(results))
	err = each(ctx, q, func(rows *sql.Rows) error {
		var d deliveryKey
		err := rows.Scan(&d.edition, &d.contact)
		taken[at[d]] = true
		return err
	}, `UPDATE deliveries d SET status = u.status, attempts = d.attempts + u.tried, reply = u.reply, updated_at = t.now,
			next_attempt = CASE WHEN u.wait > 0 THEN t.now + u.wait ELSE 0 END, segment = CASE WHEN u.segment <> 0 THEN u.segment ELSE d.segment END
		FROM (SELECT `+db.clock()+` AS now) t,
			unnest($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::TEXT[], $6::BIGINT[], $7::BIGINT[], $8::TEXT[], $9::INTEGER[])
				u (edition, contact, chunk, fence, status, tried, wait, reply, segment)
			JOIN chunks c ON c.edition = u.edition AND c.chunk = u.chunk AND c.fence = u.fence
		WHERE d.edition = u.edition AND d.contact = u.contact AND d.`+unsettledSQL+`
		RETURNING d.edition, d.contact`,
		c.editions, c.contacts, c.chunks, c.fences, c.statuses, c.tried, c.waits, c.replies, c.segments)
	return taken, err
}

type deliveryKey struct{ edition, contact int64 }

// resultColumns are results as PostgreSQL's unnest takes them.
type resultColumns struct {
	editions, contacts, chunks, fences, tried, waits []int64
	statuses, replies                                []string
	segments                                         []int32
}

func (c *resultColumns) add(r DeliveryResult, wait int64) {
	c.editions, c.contacts = append(c.editions, r.Chunk.Edition), append(c.contacts, r.Contact)
	c.chunks, c.fences = append(c.chunks, int64(r.Chunk.Number)), append(c.fences, r.Chunk.Fence)
	c.statuses, c.replies = append(c.statuses, string(r.Status)), append(c.replies, plainText(r.Reply))
	c.tried, c.waits = append(c.tried, int64(boolInt(r.Attempted))), append(c.waits, wait)
	c.segments = append(c.segments, int32(r.Segment))
}

// retryDelay is how many milliseconds from now a result wants to be tried again, by
// the clock of who says so; 0 for never.
func (db *DB) retryDelay(r DeliveryResult) int64 {
	if r.NextAttempt.IsZero() {
		return 0
	}
	return max(1, millis(r.NextAttempt)-millis(db.now()))
}

// hasResult reports whether a result is in the ledger already, by the claim
// that it was made under.
func (db *DB) hasResult(ctx context.Context, r DeliveryResult) (yes bool, err error) {
	err = db.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM deliveries d JOIN chunks c ON c.edition = d.edition
		WHERE d.edition = $1 AND d.contact = $2 AND d.status = $3 AND c.chunk = $4 AND c.fence = $5)`,
		r.Chunk.Edition, r.Contact, r.Status, r.Chunk.Number, r.Chunk.Fence).Scan(&yes)
	return yes, wrap(explain(err), "look up a result")
}
