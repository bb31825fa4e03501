package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bantin"
)

// Unsubscribe notes that the contact with this key left a digest, and tells
// every sender. Doing it again changes nothing. bantin.ErrNotFound where the
// contact was erased since: they get nothing either way.
func (v Contacts) Unsubscribe(ctx context.Context, contactKey, digest string, at time.Time) error {
	return v.db.write(ctx, "unsubscribe", func(tx *sql.Tx) error {
		contact, err := get[int64](ctx, tx, `SELECT c.id FROM contacts c WHERE `+hasKeySQL, contactKey)
		if err != nil {
			return lookedUp(err, "contact of this link", "")
		}
		return v.db.unsubscribe(ctx, tx, contact, digest, at)
	})
}

// allDigests stands for a digest in the subscription of a contact who left all:
// each that there is, and each that will be made later. A subscription to one
// digest goes before it.
const allDigests = ""

// unsubscribe records that a contact left a digest, and settles what editions under way
// still have for them; a second time changes nothing.
func (db *DB) unsubscribe(ctx context.Context, tx *sql.Tx, contact int64, digest string, at time.Time) error {
	status, err := get[bantin.SubscriptionStatus](ctx, tx, `SELECT status FROM subscriptions WHERE contact = $1 AND digest = $2`, contact, digest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if status == bantin.SubscriptionUnsubscribed {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO subscriptions (contact, digest, status, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (contact, digest) DO UPDATE SET status = excluded.status, since = excluded.since`,
		contact, digest, bantin.SubscriptionUnsubscribed, millis(at))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO departures (contact, digest, at) VALUES ($1, $2, $3)`, contact, digest, millis(at))
	if err != nil {
		return err
	}
	if err := db.skipLeft(ctx, tx, contact); err != nil {
		return err
	}
	return db.record(ctx, tx, contact, bantin.AuditEntry{At: at, What: bantin.AuditUnsubscribed, By: bantin.ByContact, Digest: digest})
}

// Departure is one contact leaving one digest, or all where Digest is "".
type Departure struct {
	Version int64
	Contact int64
	Digest  string
}

// Departures gives who left after the version given, oldest first.
func (v Contacts) Departures(ctx context.Context, after int64) ([]Departure, error) {
	list, err := collectFields(ctx, v.db.reader, func(d *Departure) []any { return []any{&d.Version, &d.Contact, &d.Digest} }, `SELECT version, contact, digest FROM departures WHERE version > $1 ORDER BY version`, after)
	return list, wrap(err, "list departures")
}

// LastDeparture gives the newest version of Departures.
func (v Contacts) LastDeparture(ctx context.Context) (int64, error) {
	n, err := get[int64](ctx, v.db.reader, `SELECT COALESCE(MAX(version), 0) FROM departures`)
	return n, explain(err)
}
