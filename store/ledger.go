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
	Reads    string // the places she chose to read of, see Slugs
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

// Due gives the deliveries of a claimed chunk that may be tried now, in the
// order of the ledger.
func (db *DB) Due(ctx context.Context, c Chunk) ([]Recipient, error) {
	var list []Recipient
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var r Recipient
		err := rows.Scan(&r.Contact, &r.Address, &r.Name, &r.Place, &r.Reads, &r.Language, &r.Why, &r.Attempts, &r.Key)
		list = append(list, r)
		return err
	}, `SELECT d.contact, d.address, d.name, d.place, d.reads, d.language, d.why, d.attempts,
			CASE WHEN c.key IS NULL
				OR EXISTS (SELECT 1 FROM subscriptions s WHERE s.contact = d.contact AND s.digest = e.digest AND s.status = 'unsubscribed')
				OR EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key = c.address_key)
			THEN '' ELSE c.key END
		FROM deliveries d JOIN editions e ON e.n = d.edition LEFT JOIN contacts c ON c.id = d.contact
		WHERE d.edition = $1 AND d.contact BETWEEN $2 AND $3 AND d.status IN ('queued', 'deferred') AND d.next_attempt <= `+db.clock()+`
		ORDER BY d.contact`, c.Edition, c.lo, c.hi)
	if err != nil {
		return nil, fmt.Errorf("read due deliveries: %w", err)
	}
	return list, nil
}

// NextDue gives when an edition has work again, by the clock of this machine;
// ok is false where none is left.
func (db *DB) NextDue(ctx context.Context, edition int64) (t time.Time, ok bool, err error) {
	var wait sql.NullInt64
	err = db.reader.QueryRowContext(ctx, `SELECT MIN(due) - `+db.clock()+` FROM chunks WHERE edition = $1 AND done = 0`, edition).Scan(&wait)
	return moment(millis(db.now()) + wait.Int64), wait.Valid, explain(err)
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
	}, `SELECT d.status, k.lease > `+db.clock()+`, COUNT(*)
		FROM chunks k JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi
		WHERE k.edition = $1 AND k.done = 0 GROUP BY 1, 2`, edition)
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
