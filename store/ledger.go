package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bantin"
)

// Chunk is a part of an edition's ledger that one node has claimed. The fence
// tells this claim from all others: results under an older one are refused.
type Chunk struct {
	Edition int64
	Number  int
	Fence   int64
	lo, hi  int64
}

// Recipient is one delivery of a claimed chunk that is due.
type Recipient struct {
	Contact  int64
	Address  string
	Name     string
	Place    string
	Language bantin.Language
	Why      string // "office" or "signup"
	Attempts int
	Key      string // of her links; "" where she was erased or left since: skip
}

// Result is what became of one delivery.
type Result struct {
	Chunk   Chunk
	Contact int64
	Status  bantin.DeliveryStatus
	Tried   bool   // it was an attempt
	Reply   string // of the server, or why
	Next    time.Time
}

// Claim takes a chunk of the edition that has work due and no living owner,
// for the length of the lease; ok is false where there is none. owner is the
// name of the node (see Node).
func (db *DB) Claim(ctx context.Context, edition int64, owner string, lease time.Duration) (c Chunk, ok bool, err error) {
	now := db.now()
	c.Edition = edition
	err = db.write(ctx, "claim a chunk", func(tx *sql.Tx) error {
		candidates, err := claimable(ctx, tx, edition, millis(now))
		if err != nil {
			return err
		}
		for _, cand := range candidates {
			if cand.lease > millis(now) && nodeLives(db.dir, cand.owner) {
				continue
			}
			ok = true
			return tx.QueryRowContext(ctx, `UPDATE chunks SET owner = $1, lease = $2, fence = fence + 1
				WHERE edition = $3 AND chunk = $4 RETURNING chunk, fence, lo, hi`,
				owner, millis(now.Add(lease)), edition, cand.chunk).Scan(&c.Number, &c.Fence, &c.lo, &c.hi)
		}
		return nil
	})
	return c, ok, err
}

type candidate struct {
	chunk int
	owner string
	lease int64
}

// claimable gives the first chunks that have work due: a few, since all that
// precede a free one are owned by living nodes.
func claimable(ctx context.Context, tx *sql.Tx, edition, now int64) ([]candidate, error) {
	var list []candidate
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var c candidate
		err := rows.Scan(&c.chunk, &c.owner, &c.lease)
		list = append(list, c)
		return err
	}, `SELECT chunk, owner, lease FROM chunks WHERE edition = $1 AND done = 0 AND due <= $2
		AND EXISTS (SELECT 1 FROM editions e WHERE e.n = $1 AND e.status = 'sending')
		ORDER BY chunk LIMIT 200`, edition, now)
	return list, err
}

// Renew lengthens the lease of a chunk; ok is false where another has it now.
func (db *DB) Renew(ctx context.Context, c Chunk, lease time.Duration) (ok bool, err error) {
	err = db.write(ctx, "renew a lease", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE chunks SET lease = $1 WHERE edition = $2 AND chunk = $3 AND fence = $4
			AND EXISTS (SELECT 1 FROM editions e WHERE e.n = $2 AND e.status = 'sending')`,
			millis(db.now().Add(lease)), c.Edition, c.Number, c.Fence)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok, err
}

// Due gives the deliveries of a claimed chunk that may be tried now, in the
// order of the ledger.
func (db *DB) Due(ctx context.Context, c Chunk) ([]Recipient, error) {
	var list []Recipient
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var r Recipient
		err := rows.Scan(&r.Contact, &r.Address, &r.Name, &r.Place, &r.Language, &r.Why, &r.Attempts, &r.Key)
		list = append(list, r)
		return err
	}, `SELECT d.contact, d.address, d.name, d.place, d.language, d.why, d.attempts,
			CASE WHEN c.key IS NULL
				OR EXISTS (SELECT 1 FROM subscriptions s WHERE s.contact = d.contact AND s.digest = e.digest AND s.status = 'unsubscribed')
				OR EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key = c.address_key)
			THEN '' ELSE c.key END
		FROM deliveries d JOIN editions e ON e.n = d.edition LEFT JOIN contacts c ON c.id = d.contact
		WHERE d.edition = $1 AND d.contact BETWEEN $2 AND $3 AND d.status IN ('queued', 'deferred') AND d.next_attempt <= $4
		ORDER BY d.contact`, c.Edition, c.lo, c.hi, millis(db.now()))
	if err != nil {
		return nil, fmt.Errorf("read due deliveries: %w", err)
	}
	return list, nil
}

// Settle stores results in one transaction. taken[i] is false where result i
// was refused: its chunk is another's by now, or the delivery was settled.
func (db *DB) Settle(ctx context.Context, results []Result) (taken []bool, err error) {
	taken = make([]bool, len(results))
	err = db.write(ctx, "store results", func(tx *sql.Tx) error {
		update, err := tx.PrepareContext(ctx, `UPDATE deliveries SET status = $1, attempts = attempts + $2, next_attempt = $3, updated_at = $4, reply = $5
			WHERE edition = $6 AND contact = $7 AND status IN ('queued', 'deferred')
			AND (SELECT fence FROM chunks WHERE edition = $6 AND chunk = $8) = $9`)
		if err != nil {
			return err
		}
		defer update.Close()
		now := millis(db.now())
		for i, r := range results {
			var next int64
			if !r.Next.IsZero() {
				next = millis(r.Next)
			}
			res, err := update.ExecContext(ctx, r.Status, flag(r.Tried), next, now, r.Reply, r.Chunk.Edition, r.Contact, r.Chunk.Number, r.Chunk.Fence)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			taken[i] = n == 1
		}
		return nil
	})
	return taken, err
}

// Release gives a chunk back. One without unsettled deliveries is done, and
// its edition with its last one; else it is due when the first of them is.
// A chunk that is another's by now is left alone.
func (db *DB) Release(ctx context.Context, c Chunk) error {
	return db.write(ctx, "release a chunk", func(tx *sql.Tx) error {
		var sent, failed, skipped, left, next int64
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(status = 'sent'), 0), COALESCE(SUM(status = 'failed'), 0), COALESCE(SUM(status = 'skipped'), 0),
			COALESCE(SUM(status IN ('queued', 'deferred')), 0), COALESCE(MIN(CASE WHEN status IN ('queued', 'deferred') THEN next_attempt END), 0)
			FROM deliveries WHERE edition = $1 AND contact BETWEEN $2 AND $3`, c.Edition, c.lo, c.hi).Scan(&sent, &failed, &skipped, &left, &next)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE chunks SET owner = '', lease = 0, due = $1, done = $2, sent = $3, failed = $4, skipped = $5
			WHERE edition = $6 AND chunk = $7 AND fence = $8`, next, flag(left == 0), sent, failed, skipped, c.Edition, c.Number, c.Fence)
		if err != nil {
			return err
		}
		return db.finish(ctx, tx, c.Edition)
	})
}

// finish marks an edition done whose chunks all are.
func (db *DB) finish(ctx context.Context, tx *sql.Tx, edition int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'done', done_at = $1
		WHERE n = $2 AND frozen = 1 AND status = 'sending'
		AND NOT EXISTS (SELECT 1 FROM chunks WHERE edition = $2 AND done = 0)`, millis(db.now()), edition)
	return err
}

// FinishEdition marks an edition done that has nobody to send to.
func (db *DB) FinishEdition(ctx context.Context, edition int64) error {
	return db.write(ctx, "finish edition", func(tx *sql.Tx) error { return db.finish(ctx, tx, edition) })
}

// NextDue gives when an edition has work again; ok is false where none is left.
func (db *DB) NextDue(ctx context.Context, edition int64) (t time.Time, ok bool, err error) {
	var due sql.NullInt64
	err = db.reader.QueryRowContext(ctx, `SELECT MIN(due) FROM chunks WHERE edition = $1 AND done = 0`, edition).Scan(&due)
	return moment(due.Int64), due.Valid, explain(err)
}

// counts adds the counters of finished chunks to a look at the open ones.
func (db *DB) counts(ctx context.Context, edition int64) (bantin.Counts, error) {
	var c bantin.Counts
	err := db.reader.QueryRowContext(ctx, `SELECT COALESCE(SUM(sent), 0), COALESCE(SUM(failed), 0), COALESCE(SUM(skipped), 0)
		FROM chunks WHERE edition = $1 AND done = 1`, edition).Scan(&c.Sent, &c.Failed, &c.Skipped)
	if err != nil {
		return c, fmt.Errorf("count deliveries: %w", explain(err))
	}
	err = each(ctx, db.reader, func(rows *sql.Rows) error {
		var status bantin.DeliveryStatus
		var claimed bool
		var n int64
		if err := rows.Scan(&status, &claimed, &n); err != nil {
			return err
		}
		c = tally(c, status, claimed, n)
		return nil
	}, `SELECT d.status, k.lease > $2, COUNT(*)
		FROM chunks k JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi
		WHERE k.edition = $1 AND k.done = 0 GROUP BY 1, 2`, edition, millis(db.now()))
	if err != nil {
		return c, fmt.Errorf("count deliveries: %w", err)
	}
	return c, nil
}

func tally(c bantin.Counts, status bantin.DeliveryStatus, claimed bool, n int64) bantin.Counts {
	switch {
	case status == bantin.DeliverySent:
		c.Sent += n
	case status == bantin.DeliveryFailed:
		c.Failed += n
	case status == bantin.DeliverySkipped:
		c.Skipped += n
	case status == bantin.DeliveryDeferred:
		c.Deferred += n
	case claimed:
		c.Sending += n
	default:
		c.Queued += n
	}
	return c
}

// Deliveries yields the deliveries of an edition in the order of the ledger,
// of one status or, where that is "", all.
func (db *DB) Deliveries(ctx context.Context, e *bantin.Edition, status bantin.DeliveryStatus, yield func(bantin.Delivery) error) error {
	for after := int64(-1); ; {
		last := after
		err := each(ctx, db.reader, func(rows *sql.Rows) error {
			d := bantin.Delivery{Edition: e.ID}
			if err := rows.Scan(&last, &d.Contact, &d.Status, &d.Attempts, &d.Reply); err != nil {
				return err
			}
			return yield(d)
		}, `SELECT contact, address, status, attempts, reply FROM deliveries
			WHERE edition = $1 AND contact > $2 AND ($3 = '' OR status = $3) ORDER BY contact LIMIT 1000`, e.Row, after, status)
		if err != nil {
			return fmt.Errorf("list deliveries of %s: %w", e.ID, err)
		}
		if last == after {
			return nil
		}
		after = last
	}
}
