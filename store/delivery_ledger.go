package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bantin"
)

// Deliveries is the delivery ledger: one row a message of an edition.
//
//   - Claim, Renew and Release lease a chunk of it to a node under a fencing token.
//   - DueRecipients reads what is due in a claimed chunk, StoreResults stores the
//     results, SpendBudget shares the rate over all processes.
//   - HoldAll, ResumeAll and HoldReason stop all mailing and let it go on.
//   - Visit, ToContact, ToAddress and VisitReplies read the ledger; Prune removes old rows.
type Deliveries struct{ db *DB }

// Deliveries gives the view of the deliveries.
func (db *DB) Deliveries() Deliveries { return Deliveries{db} }

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
	Reads    string // the places and topics they chose to read of, see SplitReads
	Language bantin.Language
	Why      string // "office" or "signup"
	Attempts int
	Parked   bool   // their domain was held when they were looked at last
	Key      string // of their links; "" where they were erased or left since, or either address is suppressed, theirs now or Address: skip
}

// DeliveryResult is what became of one delivery.
type DeliveryResult struct {
	Chunk       Chunk
	Contact     int64
	Status      bantin.DeliveryStatus
	Attempted   bool   // it was an attempt
	Reply       string // of the server, or why
	NextAttempt time.Time
	Segment     int              // whose body was sent: of SegmentArchive.Store, or OwnMessage; 0: none was
	Personal    *PersonalMessage // of OwnMessage; nil: it is not kept
}

// DueRecipients gives the deliveries of a claimed chunk that may be tried now, in the
// order of the ledger, and those that are parked: the caller leaves them out while their
// domain is held.
func (v Deliveries) DueRecipients(ctx context.Context, c Chunk) ([]Recipient, error) {
	list, err := collectFields(ctx, v.db.reader, func(r *Recipient) []any {
		return []any{&r.Contact, &r.Address, &r.Name, &r.Place, &r.Reads, &r.Language, &r.Why, &r.Attempts, &r.Parked, &r.Key}
	}, `SELECT d.contact, d.address, d.name, d.place, d.reads, d.language, d.why, d.attempts, CASE WHEN d.next_attempt >= $4 THEN 1 ELSE 0 END,
			CASE WHEN `+leftSQL+` THEN '' ELSE c.key END
		FROM deliveries d JOIN editions e ON e.n = d.edition LEFT JOIN contacts c ON c.id = d.contact
		WHERE d.edition = $1 AND d.contact BETWEEN $2 AND $3 AND d.status IN ('queued', 'deferred')
			AND (d.next_attempt <= `+v.db.clock()+` OR d.next_attempt >= $4)
		ORDER BY d.contact`, c.Edition, c.lo, c.hi, int64(parkedFrom))
	return list, wrap(err, "read due deliveries")
}

// WithWork gives the editions, the oldest due first, that somebody who is idle
// should look at: their recipients are not all frozen, or a chunk has work due
// and no owner, or nothing is left to do and it is not said yet.
func (v Editions) WithWork(ctx context.Context) ([]int64, error) {
	list, err := collectColumn[int64](ctx, v.db.reader, `SELECT e.n FROM editions e WHERE e.status = 'open' AND e.frozen = 0
			OR `+v.db.mayBeginSQL()+` AND (
				EXISTS (SELECT 1 FROM chunks k WHERE k.edition = e.n AND k.done = 0 AND (e.wave = 0 OR k.hi <= e.canary_to)
					AND k.due <= `+v.db.clock()+` AND k.lease <= `+v.db.clock()+`)
				OR NOT EXISTS (SELECT 1 FROM chunks k WHERE k.edition = e.n AND k.done = 0)
					AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.edition = e.n AND h.ended = 0))
		ORDER BY e.due, e.n`)
	return list, wrap(err, "look which editions have work")
}

// NextDue gives when an edition has work again, by the clock of this machine;
// ok is false where none is left. While it waits for its hours or its first
// wave that is not before they are over.
func (v Editions) NextDue(ctx context.Context, edition int64) (t time.Time, ok bool, err error) {
	var wait sql.NullInt64
	err = v.db.reader.QueryRowContext(ctx, `SELECT MIN(CASE WHEN e.wave = 2 AND e.wave_ends > k.due THEN e.wave_ends
			WHEN e.opens > k.due THEN e.opens ELSE k.due END) - `+v.db.clock()+`
		FROM chunks k JOIN editions e ON e.n = k.edition
		WHERE k.edition = $1 AND k.done = 0 AND (e.wave <> 1 OR k.hi <= e.canary_to)`, edition).Scan(&wait)
	return fromMillis(millis(v.db.now()) + wait.Int64), wait.Valid, explain(err)
}

// deliveryPageSize bounds the memory of a list, and how long it keeps the
// database from tidying up.
const deliveryPageSize = 1000

// Visit yields the deliveries of an edition in the order of the ledger,
// of one status or, where that is "", all.
func (v Deliveries) Visit(ctx context.Context, e *bantin.Edition, status bantin.DeliveryStatus, yield func(bantin.Delivery) error) error {
	batch := make([]bantin.Delivery, 0, deliveryPageSize)
	for after := int64(-1); ; {
		batch = batch[:0]
		err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
			d := bantin.Delivery{Edition: e.ID}
			err := rows.Scan(&after, &d.Contact, &d.Status, &d.Attempts, &d.Reply)
			batch = append(batch, d)
			return err
		}, `SELECT contact, address, status, attempts, reply FROM deliveries
			WHERE edition = $1 AND contact > $2 AND ($3 = '' OR status = $3) ORDER BY contact LIMIT $4`, e.Row, after, status, deliveryPageSize)
		if err != nil {
			return fmt.Errorf("list deliveries of %s: %w", e.ID, err)
		}
		for _, d := range batch {
			if err := yield(d); err != nil {
				return err
			}
		}
		if len(batch) < deliveryPageSize {
			return nil
		}
	}
}
