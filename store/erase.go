package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"bantin"
)

// EraseContact removes a contact and her address from everything but a keyed
// hash, which keeps the next import from bringing her back.
func (db *DB) EraseContact(ctx context.Context, address string, secret []byte) error {
	key := bantin.AddressKey(address)
	return db.write(ctx, "erase contact", func(tx *sql.Tx) error {
		c, _, err := contactByAddress(ctx, tx, key)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("contact %s: %w", address, bantin.ErrNotFound)
		}
		if err != nil {
			return err
		}
		now := millis(db.now())
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`INSERT INTO erased (hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, []any{erasedHash(secret, key), now}},
			{`INSERT INTO departures (contact, digest, at) VALUES ($1, '', $2)`, []any{c.ID, now}},
			{`UPDATE deliveries SET address = '', name = '', reply = '',
				status = CASE WHEN status IN ('queued', 'deferred') THEN 'skipped' ELSE status END
				WHERE edition IN (SELECT n FROM editions) AND contact = $1`, []any{c.ID}},
			{`DELETE FROM returns WHERE contact = $1`, []any{c.Key}},
			{`DELETE FROM notices WHERE address_key = $1`, []any{key}},
			{`DELETE FROM signups WHERE address_key = $1`, []any{key}},
			{`DELETE FROM moves WHERE contact_key = $1`, []any{c.Key}},
			{`UPDATE chunks SET counted = -1 WHERE done = 0 AND $1 BETWEEN lo AND hi`, []any{c.ID}},
			{`DELETE FROM subscriptions WHERE contact = $1`, []any{c.ID}},
			{`DELETE FROM record WHERE contact = $1`, []any{c.ID}},
			{`DELETE FROM suppressions WHERE address_key = $1`, []any{key}},
			{`DELETE FROM contacts WHERE id = $1`, []any{c.ID}},
		} {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

func erasedHash(secret []byte, addressKey string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("bantin erased address\x00" + addressKey))
	return hex.EncodeToString(mac.Sum(nil))
}
