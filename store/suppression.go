package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// Suppressions is the list of addresses that must not be mailed. Returns adds to
// it as well: Returns.Store for complaints, Returns.Settle for refusals. Undo removes
// many that refusals led to.
type Suppressions struct{ db *DB }

// Suppressions gives the view of the suppressions.
func (db *DB) Suppressions() Suppressions { return Suppressions{db} }

// Suppression is an address that must not be mailed.
type Suppression struct {
	Address string // in the form of bantin.AddressKey
	Reason  string
	At      time.Time
	Origin  string  // office, or the kind of the return that led there
	Message *Return // that led there; nil for none
	Edition string  // that Message is about; "" for none

	returned int64
}

// OriginOffice is the origin of a suppression by hand.
const OriginOffice = "office"

// Add puts an address on the list by hand, and tells every sender; one
// that is on it stays as it is, and added is false.
func (v Suppressions) Add(ctx context.Context, address, reason string, at time.Time) (added bool, err error) {
	key := bantin.AddressKey(address)
	err = v.db.write(ctx, "suppress "+address, func(tx *sql.Tx) error {
		var err error
		added, err = suppress(ctx, tx, Suppression{Address: key, Reason: reason, At: at, Origin: OriginOffice})
		if err != nil || !added {
			return err
		}
		if err := v.db.departAddress(ctx, tx, key, at); err != nil {
			return err
		}
		return v.db.recordFor(ctx, tx, key, bantin.AuditEntry{At: at, What: bantin.AuditSuppressed, By: bantin.ByOffice, Note: reason})
	})
	return added, err
}

// suppress inserts a row. A complaint overrides what is there: it must not be
// undone as lightly as a bounce.
func suppress(ctx context.Context, tx *sql.Tx, s Suppression) (added bool, err error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO suppressions (address_key, reason, at, origin, returned) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (address_key) DO UPDATE SET reason = excluded.reason, at = excluded.at, origin = excluded.origin, returned = excluded.returned
		WHERE excluded.origin = 'complaint' AND suppressions.origin <> 'complaint'`,
		s.Address, s.Reason, millis(s.At), s.Origin, s.returned)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// departAddress tells senders that the contact with an address gets nothing from now
// on.
func (db *DB) departAddress(ctx context.Context, tx *sql.Tx, key string, at time.Time) error {
	contact, err := get[int64](ctx, tx, `INSERT INTO departures (contact, digest, at) SELECT id, '', CAST($2 AS BIGINT) FROM contacts WHERE address_key = $1
		RETURNING contact`, key, millis(at))
	if is, err := found(err); !is {
		return err
	}
	return db.skipLeft(ctx, tx, contact)
}

// Remove takes an address off the list and forgets what came back of it, so that it
// begins anew; bantin.ErrNotFound. Editions under way that left it out since reach
// it after all. Who complained stays unsubscribed.
func (v Suppressions) Remove(ctx context.Context, address string) error {
	key := bantin.AddressKey(address)
	return v.db.write(ctx, "take "+address+" off the suppressions", func(tx *sql.Tx) error {
		s, err := scanSuppression(tx.QueryRowContext(ctx, `SELECT `+suppressionColumns+` FROM suppressions s WHERE s.address_key = $1`, key))
		if errors.Is(err, sql.ErrNoRows) {
			return bantin.ErrNotFound
		}
		if err != nil {
			return err
		}
		if err := v.db.unsuppress(ctx, tx, s, bantin.AuditEntry{By: bantin.ByOffice}); err != nil {
			return err
		}
		return forgetReturns(ctx, tx, s)
	})
}

// unsuppress takes an address off the list, and writes the audit record.
func (db *DB) unsuppress(ctx context.Context, tx *sql.Tx, s Suppression, entry bantin.AuditEntry) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM suppressions WHERE address_key = $1`, s.Address); err != nil {
		return err
	}
	contact, err := get[int64](ctx, tx, `SELECT id FROM contacts WHERE address_key = $1`, s.Address)
	if is, err := found(err); !is {
		return err
	}
	if err := db.requeueContact(ctx, tx, contact); err != nil {
		return err
	}
	entry.What = bantin.AuditUnsuppressed
	return db.record(ctx, tx, contact, entry)
}

// forgetReturns forgets what came back of an address: soft ones no longer add up, and
// no refusal waits for a second one.
func forgetReturns(ctx context.Context, tx *sql.Tx, s Suppression) error {
	_, err := tx.ExecContext(ctx, `UPDATE returns SET counts = 0 WHERE contact IN (SELECT key FROM contacts WHERE address_key = $1)`, s.Address)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE returns SET done = 'undone' WHERE kind IN ('hard', 'soft') AND done IN ('pending', 'first', 'suppressed')
		AND contact IN (SELECT key FROM contacts WHERE address_key = $1 UNION SELECT contact FROM returns WHERE n = $2)
		AND LOWER(address) IN ($1, '')`, s.Address, s.returned)
	return err
}

// Get gives one suppression with the message that led there;
// bantin.ErrNotFound.
func (v Suppressions) Get(ctx context.Context, address string) (Suppression, error) {
	s, err := scanSuppression(v.db.reader.QueryRowContext(ctx, `SELECT `+suppressionColumns+` FROM suppressions s WHERE s.address_key = $1`, bantin.AddressKey(address)))
	if err != nil {
		return s, lookedUp(err, "suppression", "of "+address)
	}
	return s, v.db.addReturn(ctx, &s)
}

// Visit calls yield for every suppression, by address.
func (v Suppressions) Visit(ctx context.Context, yield func(Suppression) error) error {
	const page = 500
	for after := ""; ; {
		list, err := collect(ctx, v.db.reader, scanSuppression, `SELECT `+suppressionColumns+` FROM suppressions s WHERE s.address_key > $1 ORDER BY s.address_key LIMIT $2`, after, page)
		if err != nil {
			return fmt.Errorf("list suppressions: %w", err)
		}
		for i := range list {
			if err := v.db.addReturn(ctx, &list[i]); err != nil {
				return err
			}
			if err := yield(list[i]); err != nil {
				return err
			}
			after = list[i].Address
		}
		if len(list) < page {
			return nil
		}
	}
}

const suppressionColumns = `s.address_key, s.reason, s.at, s.origin, s.returned`

func scanSuppression(row scanner) (Suppression, error) {
	var s Suppression
	err := row.Scan(&s.Address, &s.Reason, asTime(&s.At), &s.Origin, &s.returned)
	if err != nil {
		return Suppression{}, err
	}
	return s, nil
}

func (db *DB) addReturn(ctx context.Context, s *Suppression) error {
	if s.returned == 0 {
		return nil
	}
	var digest string
	var number int
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		r, err := scanReturn(scanExtra{rows, []any{&digest, &number}})
		s.Message = &r
		return err
	}, `SELECT `+returnColumns+`, COALESCE(e.digest, ''), COALESCE(e.number, 0) FROM returns r LEFT JOIN editions e ON e.n = r.edition WHERE r.n = $1`, s.returned)
	if err != nil {
		return fmt.Errorf("look up what came back: %w", err)
	}
	if digest != "" {
		s.Edition = bantin.EditionID(digest, number)
	}
	return nil
}
