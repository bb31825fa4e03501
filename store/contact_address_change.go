package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// RequestAddressChange stores that a contact wants their mail at a new address, and
// queues the mail to it that asks for confirmation. As with a sign-up it tells
// nothing of who is known under the new address.
func (v Contacts) RequestAddressChange(ctx context.Context, nonce, contactKey, email string, expires time.Time, language bantin.Language, limits RequestLimits) error {
	return v.db.withLimits(ctx, "keep new address", limits, func(tx *sql.Tx, at time.Time) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO moves (nonce, contact_key, email, expires_at) VALUES ($1, $2, $3, $4)`,
			nonce, contactKey, email, millis(expires))
		if err != nil {
			return err
		}
		return v.db.addNotice(ctx, tx, Notice{Kind: NoticeAddressChange, Nonce: nonce, Address: email, Language: language, NotBefore: at, About: NoticeAbout{Expires: expires}})
	})
}

// AddressChanged reports whether a request for a new address was confirmed;
// bantin.ErrNotFound.
func (v Contacts) AddressChanged(ctx context.Context, nonce string) (done bool, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT done_at IS NOT NULL FROM moves WHERE nonce = $1`, nonce).Scan(&done)
	return done, lookedUp(err, "new address of this link", "")
}

// ChangeAddress has a contact's mail go to the new address from now on, and tells the
// old one. Who was known under the new address is the same person: what they
// said there of digests is kept where they said nothing here. An import does not
// bring the old address back. A second time changes nothing.
func (v Contacts) ChangeAddress(ctx context.Context, nonce string, secret []byte) error {
	return v.db.write(ctx, "move to new address", func(tx *sql.Tx) error {
		var key, email string
		var done bool
		err := tx.QueryRowContext(ctx, `SELECT contact_key, email, done_at IS NOT NULL FROM moves WHERE nonce = $1`, nonce).Scan(&key, &email, &done)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("new address of this link: %w", bantin.ErrNotFound)
		}
		if err != nil || done {
			return err
		}
		c, own, err := contactByLinkKey(ctx, tx, key)
		if err != nil {
			return err
		}
		if err := v.db.moveContact(ctx, tx, c, own, email, secret); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE moves SET done_at = $1 WHERE nonce = $2`, millis(v.db.now()), nonce); err != nil {
			return err
		}
		return v.db.addNotice(ctx, tx, Notice{Kind: NoticeAddressChanged, Nonce: nonce, Address: c.Email, Language: c.Language})
	})
}

func (db *DB) moveContact(ctx context.Context, tx *sql.Tx, c *bantin.Contact, own map[string]bool, email string, secret []byte) error {
	from, to := bantin.AddressKey(c.Email), bantin.AddressKey(email)
	if from != to {
		if err := db.mergeContact(ctx, tx, c, to); err != nil {
			return err
		}
		if err := db.forgetErased(ctx, tx, secret, to); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO erased (hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, erasedHash(secret, from), millis(db.now()))
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE contacts SET email = $1, address_key = $2 WHERE id = $3`, email, to, c.ID)
	if err != nil {
		return err
	}
	own["email"] = true
	now := *c
	now.Email = email
	return db.saveOwnFields(ctx, tx, c, &now, own)
}
