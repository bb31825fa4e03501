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

// Erase removes a contact, and each address they ever had, from everything
// but a keyed hash, which keeps the next import from bringing them back. Who only
// asked on the page, or is suppressed and no contact, is erased too;
// bantin.ErrNotFound where nothing is known of the address.
func (v Contacts) Erase(ctx context.Context, address string, secret []byte) error {
	key := bantin.AddressKey(address)
	err := v.db.write(ctx, "erase contact", func(tx *sql.Tx) error {
		had, known, err := v.db.eraseWho(ctx, tx, key)
		if err != nil {
			return err
		}
		for _, address := range append(had, key) {
			rows, err := v.db.eraseAddress(ctx, tx, address, secret)
			if err != nil {
				return err
			}
			known = known || rows > 0
		}
		if !known {
			return fmt.Errorf("contact %s: %w", address, bantin.ErrNotFound)
		}
		return nil
	})
	if err == nil && !v.db.postgres {
		v.db.emptyWAL(ctx)
	}
	return err
}

// eraseWho removes the contact with an address, if there is one, and gives those
// that they had before and nobody has now.
func (db *DB) eraseWho(ctx context.Context, tx *sql.Tx, key string) (had []string, known bool, err error) {
	c, _, err := contactByAddress(ctx, tx, key)
	if is, err := found(err); !is {
		return nil, false, err
	}
	record, err := recordEntries(ctx, tx, c.ID)
	if err != nil {
		return nil, false, err
	}
	numbers, err := contactIDs(ctx, tx, c.ID)
	if err != nil {
		return nil, false, err
	}
	for _, number := range numbers {
		if err := db.eraseInLedger(ctx, tx, number); err != nil {
			return nil, false, err
		}
	}
	for query, who := range map[string]any{
		`DELETE FROM returns WHERE contact = $1`:       c.Key,
		`DELETE FROM moves WHERE contact_key = $1`:     c.Key,
		`DELETE FROM subscriptions WHERE contact = $1`: c.ID,
		`DELETE FROM record WHERE contact = $1`:        c.ID,
		`DELETE FROM joined WHERE contact = $1`:        c.ID,
		`DELETE FROM contacts WHERE id = $1`:           c.ID,
	} {
		if _, err := tx.ExecContext(ctx, query, who); err != nil {
			return nil, false, err
		}
	}
	had, err = pastAddresses(ctx, tx, record)
	return had, true, err
}

// pastAddresses are those of a record that no contact has now.
func pastAddresses(ctx context.Context, tx *sql.Tx, record []bantin.AuditEntry) (had []string, err error) {
	for i := range record {
		key := bantin.AddressKey(record[i].Before["email"])
		if key == "" {
			continue
		}
		_, _, err := contactByAddress(ctx, tx, key)
		if errors.Is(err, sql.ErrNoRows) {
			had = append(had, key)
		} else if err != nil {
			return nil, err
		}
	}
	return had, nil
}

// eraseInLedger leaves of a contact's deliveries what is counted, and tells
// senders that the contact left. An edition that waited for them alone is done.
func (db *DB) eraseInLedger(ctx context.Context, tx *sql.Tx, contact int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO departures (contact, digest, at) VALUES ($1, '', $2)`, contact, millis(db.now()))
	if err != nil {
		return err
	}
	if err := db.skipContact(ctx, tx, contact, `1 = 1`); err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM segments WHERE edition IN (SELECT n FROM editions) AND number = -CAST($1 AS BIGINT)`,
		`UPDATE deliveries SET address = '', name = '', reply = '',
			status = CASE WHEN status IN ('queued', 'deferred') THEN 'skipped' ELSE status END
			WHERE edition IN (SELECT n FROM editions) AND contact = $1`,
		`UPDATE chunks SET counted = -1 WHERE done = 0 AND $1 BETWEEN lo AND hi`,
	} {
		if _, err := tx.ExecContext(ctx, query, contact); err != nil {
			return err
		}
	}
	return nil
}

// eraseAddress removes what is known of an address beside contacts, keeps its
// hash, and tells how many rows there were.
func (db *DB) eraseAddress(ctx context.Context, tx *sql.Tx, key string, secret []byte) (rows int64, err error) {
	for _, query := range []string{
		`DELETE FROM notices WHERE address_key = $1`,
		`DELETE FROM signups WHERE address_key = $1`,
		`DELETE FROM moves WHERE LOWER(email) = $1`,
		`DELETE FROM suppressions WHERE address_key = $1`,
		`UPDATE actions SET object = '' WHERE object <> '' AND LOWER(object) = $1`,
		`UPDATE actions SET note = '' WHERE note <> '' AND LOWER(note) LIKE '%' || CAST($1 AS TEXT) || '%'`, // an error may name it; _ matches more than itself
	} {
		n, err := execCount(ctx, tx, query, key)
		if err != nil {
			return 0, err
		}
		rows += n
	}
	n, err := eraseRequests(ctx, tx, key, db.now())
	if err != nil {
		return 0, err
	}
	rows += n
	_, err = tx.ExecContext(ctx, `INSERT INTO erased (hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, erasedHash(secret, key), millis(db.now()))
	return rows, err
}

// IsErased reports whether who had an address was erased, or has another one now.
func (v Contacts) IsErased(ctx context.Context, address string, secret []byte) (bool, error) {
	key := bantin.AddressKey(address)
	erased, err := v.db.erasedAmong(ctx, v.db.reader, []string{key}, secret)
	return erased[key], err
}

// UseFormerErasedKeys has hashes count that were made with other keys, before the database
// is used by several goroutines. New ones are made with the key that callers give.
func (db *DB) UseFormerErasedKeys(keys [][]byte) { db.erasedKeys = keys }

// erasedHashes are all hashes that an address may have.
func (db *DB) erasedHashes(secret []byte, addressKey string) []string {
	hashes := []string{erasedHash(secret, addressKey)}
	for _, key := range db.erasedKeys {
		hashes = append(hashes, erasedHash(key, addressKey))
	}
	return hashes
}

// forgetErased forgets that an address was erased: it comes back by its owner's own will.
func (db *DB) forgetErased(ctx context.Context, tx *sql.Tx, secret []byte, addressKey string) error {
	for _, hash := range db.erasedHashes(secret, addressKey) {
		if _, err := tx.ExecContext(ctx, `DELETE FROM erased WHERE hash = $1`, hash); err != nil {
			return err
		}
	}
	return nil
}

func erasedHash(secret []byte, addressKey string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("bantin erased address\x00" + addressKey))
	return hex.EncodeToString(mac.Sum(nil))
}
