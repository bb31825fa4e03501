package store

import (
	"context"
	"database/sql"
	"errors"

	"bantin"
)

// LeftReply is the reply of a delivery that was skipped because the contact gets no
// more of the digest.
const LeftReply = "unsubscribed before the message was sent"

// leftSQL is the condition that the contact c of a delivery d gets no message of its
// edition e any more: they were erased, they left, or an address is suppressed,
// theirs now or that of the delivery.
const leftSQL = `(c.key IS NULL OR ` + hasLeftSQL + ` OR ` + isSuppressedSQL + `)`

// hasLeftSQL and isSuppressedSQL are its parts that can be undone.
const (
	hasLeftSQL = `EXISTS (SELECT 1 FROM subscriptions s WHERE s.contact = d.contact AND s.digest IN (e.digest, '') AND s.status = 'unsubscribed'
		AND (s.digest <> '' OR NOT EXISTS (SELECT 1 FROM subscriptions a
			WHERE a.contact = d.contact AND a.digest = e.digest AND a.status = 'active')))`
	isSuppressedSQL = `EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key IN (c.address_key, LOWER(d.address)))`
)

// unsettledEditionSQL is the condition that an edition e is under way.
const unsettledEditionSQL = `e.status IN ('open', 'sending', 'paused', 'held')`

// deliveryOf is the delivery of one contact in a chunk.
type deliveryOf struct {
	Chunk
	contact int64
}

// deliveriesOf finds the deliveries d of a contact in editions e under way, with their
// chunk k, for which a condition holds. CROSS JOIN has SQLite look at the few editions
// first: it would read all deliveries there ever were.
func deliveriesOf(ctx context.Context, q querier, contact int64, cond string, args ...any) (list []deliveryOf, err error) {
	list, err = collectFields(ctx, q, func(d *deliveryOf) []any { return []any{&d.contact, &d.Edition, &d.Number, &d.Fence, &d.lo, &d.hi} }, `SELECT d.contact, k.edition, k.chunk, k.fence, k.lo, k.hi FROM editions e CROSS JOIN deliveries d CROSS JOIN chunks k LEFT JOIN contacts c ON c.id = d.contact
		WHERE `+unsettledEditionSQL+` AND d.edition = e.n AND d.contact = $1 AND k.edition = e.n AND k.lo <= d.contact AND k.hi >= d.contact AND `+cond+` ORDER BY k.edition`, append([]any{contact}, args...)...)
	return list, err
}

// skipLeft settles what editions under way still have for a contact who left them, so
// that none waits hours for the next attempt at somebody who gets nothing. It belongs
// into the transaction in which they left.
func (db *DB) skipLeft(ctx context.Context, tx *sql.Tx, contact int64) error {
	return db.skipContact(ctx, tx, contact, leftSQL)
}

// skipContact skips the unsettled deliveries of a contact for which a condition holds.
func (db *DB) skipContact(ctx context.Context, tx *sql.Tx, contact int64, cond string) error {
	list, err := deliveriesOf(ctx, tx, contact, `d.`+unsettledSQL+` AND `+cond)
	if err != nil {
		return err
	}
	for _, d := range list {
		if err := db.skipDelivery(ctx, tx, d); err != nil {
			return err
		}
	}
	return nil
}

// skipDelivery takes the chunk as a claim does, so that nobody else does meanwhile. One
// that a node works on is the node's: it learns of the departure, and when it gives
// the chunk back what is left of them is due at once, and skipped.
func (db *DB) skipDelivery(ctx context.Context, tx *sql.Tx, d deliveryOf) error {
	err := tx.QueryRowContext(ctx, `UPDATE chunks SET fence = fence + 1 WHERE edition = $1 AND chunk = $2 AND lease <= `+db.clock()+` RETURNING fence`,
		d.Edition, d.Number).Scan(&d.Fence)
	if errors.Is(err, sql.ErrNoRows) {
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET next_attempt = 0 WHERE edition = $1 AND contact = $2 AND `+unsettledSQL, d.Edition, d.contact)
		return err
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE deliveries SET status = $1, next_attempt = 0, updated_at = $2, reply = $3
		WHERE edition = $4 AND contact = $5 AND `+unsettledSQL, bantin.DeliverySkipped, millis(db.now()), LeftReply, d.Edition, d.contact)
	if err != nil {
		return err
	}
	if _, err := db.recount(ctx, tx, d.Chunk); err != nil {
		return err
	}
	return db.finish(ctx, tx, d.Edition)
}

// requeueContact has editions under way reach a contact after all who had left and
// gets their digest again. It belongs into the transaction in which they come back.
func (db *DB) requeueContact(ctx context.Context, tx *sql.Tx, contact int64) error {
	list, err := deliveriesOf(ctx, tx, contact, `d.status = 'skipped' AND d.reply = $2 AND NOT `+leftSQL, LeftReply)
	if err != nil {
		return err
	}
	for _, d := range list {
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET status = 'queued', next_attempt = 0, updated_at = $1, reply = ''
			WHERE edition = $2 AND contact = $3 AND status = 'skipped'`, millis(db.now()), d.Edition, contact)
		if err != nil {
			return err
		}
		// Who works on the chunk keeps it, and finds the delivery when it gives it back.
		_, err = tx.ExecContext(ctx, `UPDATE chunks SET done = 0, due = 0, skipped = 0, counted = -1 WHERE edition = $1 AND chunk = $2`, d.Edition, d.Number)
		if err != nil {
			return err
		}
	}
	return nil
}

// requeueReturned queues deliveries of a chunk again that its owner skipped because the
// contact had left when the chunk was read, and who has not any more: a
// suppression that was removed meanwhile costs nobody their message.
func (db *DB) requeueReturned(ctx context.Context, tx *sql.Tx, c Chunk) error {
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET status = 'queued', next_attempt = 0, updated_at = $1, reply = ''
		WHERE edition = $2 AND contact BETWEEN $3 AND $4 AND status = 'skipped' AND contact IN (
			SELECT d.contact FROM deliveries d JOIN editions e ON e.n = d.edition AND `+unsettledEditionSQL+` LEFT JOIN contacts c ON c.id = d.contact
			WHERE d.edition = $2 AND d.contact BETWEEN $3 AND $4 AND d.status = 'skipped' AND d.reply = $5 AND NOT `+leftSQL+`)`,
		millis(db.now()), c.Edition, c.lo, c.hi, LeftReply)
	return err
}
