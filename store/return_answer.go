package store

import (
	"context"
	"database/sql"
	"errors"

	"bantin"
)

// answerNonce names the answer to a contact about a digest: there is one for ever.
func answerNonce(contactKey, digest string) string { return contactKey + " " + digest }

// MayAnswer reports whether a contact who asked to leave a digest is to be told how: they
// were not yet, and did not leave it already.
func (v Returns) MayAnswer(ctx context.Context, contactKey, digest string) (ok bool, err error) {
	who, err := returnContactByKey(ctx, v.db.reader, contactKey)
	if errors.Is(err, bantin.ErrNotFound) {
		return false, nil // they were erased
	}
	if err == nil {
		err = v.db.reader.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM notices WHERE kind = $1 AND nonce = $2)
			AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE contact = $3 AND digest IN ($4, $5) AND status = $6)`,
			NoticeHowToLeave, answerNonce(who.key, digest), who.id, digest, allDigests, bantin.SubscriptionUnsubscribed).Scan(&ok)
	}
	return ok, wrap(explain(err), "look whether a contact was answered")
}

// answer queues the mail with the button to leave a digest by, to the address that the
// contact has now.
func (db *DB) answer(ctx context.Context, tx *sql.Tx, who returnContact, digest string) error {
	n := Notice{Kind: NoticeHowToLeave, Nonce: answerNonce(who.key, digest), About: NoticeAbout{ContactKey: who.key, Digest: digest}}
	var title string
	err := tx.QueryRowContext(ctx, `SELECT email, language FROM contacts WHERE id = $1`, who.id).Scan(&n.Address, &n.Language)
	if err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, `SELECT title FROM editions WHERE digest = $1 ORDER BY n DESC LIMIT 1`, digest).Scan(&title)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if title != "" {
		n.About.Titles = []string{title}
	}
	return db.addNotice(ctx, tx, n)
}
