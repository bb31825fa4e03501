package store

import (
	"context"
	"database/sql"
	"errors"

	"bantin"
)

// mergeContact merges the contact who is known under an address into c: what
// they said of digests where c said nothing, their audit record, their returns.
// Links that were mailed to them work for c from now on.
func (db *DB) mergeContact(ctx context.Context, tx *sql.Tx, c *bantin.Contact, addressKey string) error {
	other, _, err := contactByAddress(ctx, tx, addressKey)
	if is, err := found(err); !is {
		return err
	}
	// The import that brought them stands in their row, which is deleted.
	brought := bantin.AuditEntry{What: bantin.AuditAdded, By: bantin.ByImport}
	var at int64
	err = tx.QueryRowContext(ctx, `SELECT i.n, i.who, i.at FROM contacts c JOIN imports i ON i.n = c.import WHERE c.id = $1`, other.ID).
		Scan(&brought.Import, &brought.Who, &at)
	if err == nil {
		brought.At = fromMillis(at)
		err = db.record(ctx, tx, c.ID, brought)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO subscriptions (contact, digest, status, since)
			SELECT $1, digest, status, since FROM subscriptions WHERE contact = $2 ON CONFLICT (contact, digest) DO NOTHING`, []any{c.ID, other.ID}},
		{`UPDATE record SET contact = $1 WHERE contact = $2`, []any{c.ID, other.ID}},
		{`UPDATE returns SET contact = $1 WHERE contact = $2`, []any{c.Key, other.Key}},
		{`UPDATE joined SET contact = $1 WHERE contact = $2`, []any{c.ID, other.ID}},
		{`INSERT INTO joined (key, number, contact) VALUES ($1, $2, $3)`, []any{other.Key, other.ID, c.ID}},
		{`DELETE FROM subscriptions WHERE contact = $1`, []any{other.ID}},
		{`DELETE FROM contacts WHERE id = $1`, []any{other.ID}},
		{`INSERT INTO departures (contact, digest, at) VALUES ($1, '', $2)`, []any{other.ID, millis(db.now())}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	if err := db.skipLeft(ctx, tx, other.ID); err != nil {
		return err
	}
	return db.record(ctx, tx, c.ID, bantin.AuditEntry{What: bantin.AuditMerged, By: bantin.ByContact})
}

// contactIDs gives the ids that the ledger knows a contact by: their own, and
// those of contacts that were merged into them.
func contactIDs(ctx context.Context, q querier, contact int64) ([]int64, error) {
	numbers := []int64{contact}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		numbers = append(numbers, n)
		return err
	}, `SELECT number FROM joined WHERE contact = $1 ORDER BY number`, contact)
	return numbers, wrap(err, "look up who became part of a contact")
}

// hasKeySQL is the condition that a contact c has the key $1, or that one merged
// into c had it.
const hasKeySQL = `(c.key = $1 OR c.id = (SELECT j.contact FROM joined j WHERE j.key = $1))`

// contactByLinkKey finds the contact of a link; bantin.ErrNotFound where they
// were erased since.
func contactByLinkKey(ctx context.Context, q querier, key string) (*bantin.Contact, map[string]bool, error) {
	c, own, err := scanContact(q.QueryRowContext(ctx, `SELECT `+contactColumns+` FROM contacts c WHERE `+hasKeySQL, key))
	return c, own, lookedUp(err, "contact of this link", "")
}
