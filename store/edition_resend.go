package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bantin"
)

// ResendRefusal says why a delivery is not sent again.
type ResendRefusal string

// Why a delivery is not sent again.
const (
	ResendQueued     ResendRefusal = "queued"     // it is sent anyway
	ResendSuppressed ResendRefusal = "suppressed" // nothing may be mailed to the address
	ResendLeft       ResendRefusal = "left"       // the contact left the digest
	ResendGone       ResendRefusal = "gone"       // the contact was erased or removed
	ResendMoved      ResendRefusal = "moved"      // the contact has another address now
	ResendMerged     ResendRefusal = "merged"     // the contact became part of another
)

// ResendError says that a delivery is not sent again.
type ResendError struct {
	Edition, Address string
	Why              ResendRefusal
}

func (e *ResendError) Error() string {
	return map[ResendRefusal]string{
		ResendQueued:     "the delivery is not finished yet: it will be sent without this",
		ResendSuppressed: "the address is suppressed: nothing is mailed to it; `bantin suppressions list` says why",
		ResendLeft:       "the contact has left this digest",
		ResendGone:       "the contact was erased or removed",
		ResendMerged:     "the contact has become one with another since, who has their own delivery",
		ResendMoved:      "the contact has another address now, and this edition went to the old one",
	}[e.Why]
}

// Resend queues the delivery to one contact again, as if it had never been tried, and
// under the same Message-ID. An edition that was done is sending until it is settled. It
// is written down in the contact's audit record. A *ResendError where it may not be sent,
// a *StateError where the edition was cancelled, bantin.ErrNotFound where the edition has
// no such recipient.
func (v Editions) Resend(ctx context.Context, id, address, who string) (bantin.Edition, error) {
	return v.db.transition(ctx, ActionResend, id, func(tx *sql.Tx, n int64, status bantin.EditionStatus) error {
		if status == bantin.EditionCancelled {
			return &StateError{id, status, ActionResend}
		}
		d, err := deliveryTo(ctx, tx, n, address, true)
		if err != nil {
			return err
		}
		why, err := resendRefusal(ctx, tx, n, &d)
		if err != nil {
			return err
		}
		if why != "" {
			return &ResendError{id, d.Address, why}
		}
		if err := v.db.requeueDelivery(ctx, tx, n, d.Contact); err != nil {
			return err
		}
		return v.db.record(ctx, tx, d.Contact, bantin.AuditEntry{What: bantin.AuditResent, By: bantin.ByOffice, Who: who, Note: id})
	})
}

// resendRefusal gives why a delivery may not be sent again; "" where it may.
func resendRefusal(ctx context.Context, tx *sql.Tx, edition int64, d *RecipientDelivery) (why ResendRefusal, err error) {
	var isQueued, isMoved, isSuppressed, isLeft bool
	err = tx.QueryRowContext(ctx, `SELECT d.status IN ('queued', 'deferred'), LOWER(d.address) <> c.address_key, `+isSuppressedSQL+`, `+hasLeftSQL+`
		FROM deliveries d JOIN editions e ON e.n = d.edition JOIN contacts c ON c.id = d.contact
		WHERE d.edition = $1 AND d.contact = $2`, edition, d.Contact).Scan(&isQueued, &isMoved, &isSuppressed, &isLeft)
	switch {
	case errors.Is(err, sql.ErrNoRows) && d.Key != "":
		return ResendMerged, nil
	case errors.Is(err, sql.ErrNoRows):
		return ResendGone, nil
	case err != nil:
		return "", err
	case isQueued:
		return ResendQueued, nil
	case isSuppressed:
		return ResendSuppressed, nil
	case isLeft:
		return ResendLeft, nil
	case isMoved:
		return ResendMoved, nil
	}
	return "", nil
}

// requeueDelivery queues a delivery, opens its chunk and its edition. Who works on the
// chunk keeps it, and finds the delivery when it gives the chunk back.
func (db *DB) requeueDelivery(ctx context.Context, tx *sql.Tx, edition, contact int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET status = 'queued', attempts = 0, next_attempt = 0, updated_at = $1, reply = ''
		WHERE edition = $2 AND contact = $3`, millis(db.now()), edition, contact)
	if err != nil {
		return err
	}
	if n, err := execCount(ctx, tx, `UPDATE chunks SET done = 0, due = 0, counted = -1 WHERE edition = $1 AND $2 BETWEEN lo AND hi`, edition, contact); err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("edition %d: no chunk has the delivery of contact %d", edition, contact))
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET status = CASE WHEN status = 'done' THEN 'sending' ELSE status END, done_at = NULL WHERE n = $1`, edition)
	return err
}
