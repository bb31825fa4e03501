package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"bantin"
)

// SignUp is what somebody asked for on the page. It changes nothing before it
// is confirmed.
type SignUp struct {
	Nonce   string         // random, 32 hexadecimal digits; in the link of the mail
	Contact bantin.Contact // Email, and of the others what they gave
	Digests []string
	Titles  []string // of the digests, for the mail
	Expires time.Time
}

// RequestSignUp keeps a sign-up and queues the mail that asks to confirm it.
// What it does and how long that takes does not depend on whether the address
// is known.
func (v Contacts) RequestSignUp(ctx context.Context, s SignUp, limits RequestLimits) error {
	return v.db.withLimits(ctx, "keep sign-up", limits, func(tx *sql.Tx, at time.Time) error {
		c := &s.Contact
		_, err := tx.ExecContext(ctx, `INSERT INTO signups (nonce, address_key, email, name, place, level, language, reads, digests, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, s.Nonce, bantin.AddressKey(c.Email), c.Email, c.Name, c.Place,
			c.Level, c.Language, JoinReads(c.Reads, c.Topics), joinTags(s.Digests), millis(s.Expires))
		if err != nil {
			return err
		}
		return v.db.addNotice(ctx, tx, Notice{Kind: NoticeConfirm, Nonce: s.Nonce, Address: c.Email, Language: c.Language, NotBefore: at,
			About: NoticeAbout{Expires: s.Expires, Titles: s.Titles}})
	})
}

// withLimits runs do within limits. It gives do the time at which the mail may go.
func (db *DB) withLimits(ctx context.Context, act string, limits RequestLimits, do func(*sql.Tx, time.Time) error) error {
	now := db.now()
	if spent, err := areUsedUp(ctx, db.reader, limits.Refuse, now); err != nil || spent {
		return errors.Join(err, requestLimitError(spent))
	}
	if spent, err := areUsedUp(ctx, db.reader, limits.Ignore, now); err != nil || spent {
		return err
	}
	return db.write(ctx, act, func(tx *sql.Tx) error {
		free, err := takeAll(ctx, tx, limits.Refuse, now)
		if err != nil || !free {
			return errors.Join(err, requestLimitError(!free))
		}
		if free, err = takeAll(ctx, tx, limits.Ignore, now); err != nil || !free {
			return err
		}
		at, err := firstFree(ctx, tx, limits.Delay, now)
		if err != nil {
			return err
		}
		return do(tx, at)
	})
}

func requestLimitError(yes bool) error {
	if yes {
		return ErrRequestLimit
	}
	return nil
}

// ConfirmedSignUp is a sign-up that was confirmed.
type ConfirmedSignUp struct {
	ContactKey string // "" where they were erased since
	Digests    []string
}

// SignUpState gives the digests that a sign-up asks for, and whether it was
// confirmed; bantin.ErrNotFound.
func (v Contacts) SignUpState(ctx context.Context, nonce string) (digests []string, confirmed bool, err error) {
	var list string
	err = v.db.reader.QueryRowContext(ctx, `SELECT digests, confirmed_at IS NOT NULL FROM signups WHERE nonce = $1`, nonce).Scan(&list, &confirmed)
	if err != nil {
		return nil, false, lookedUp(err, "sign-up of this link", "")
	}
	return splitTags(list), confirmed, nil
}

// ConfirmSignUp applies a sign-up: they are a contact, get what they chose, and no
// import changes what they said; of what they did not get before, w is queued. A second
// time changes nothing, whatever they did meanwhile. Who was erased once comes back by
// this alone; secret is what hashes of erased addresses are keyed with. bantin.ErrNotFound.
func (v Contacts) ConfirmSignUp(ctx context.Context, nonce string, secret []byte, w Welcome) (ConfirmedSignUp, error) {
	var done ConfirmedSignUp
	err := v.db.write(ctx, "confirm sign-up", func(tx *sql.Tx) error {
		s, confirmed, err := loadSignUp(ctx, tx, nonce)
		if err != nil {
			return err
		}
		done.Digests = s.Digests
		key := bantin.AddressKey(s.Contact.Email)
		var begun []string
		if !confirmed {
			if begun, err = v.db.addSignedUp(ctx, tx, s, secret); err != nil {
				return err
			}
		}
		err = tx.QueryRowContext(ctx, `SELECT key FROM contacts WHERE address_key = $1`, key).Scan(&done.ContactKey)
		if is, err := found(err); !is {
			return err
		}
		return v.db.welcome(ctx, tx, &s, done.ContactKey, w.of(begun))
	})
	return done, err
}

func loadSignUp(ctx context.Context, tx *sql.Tx, nonce string) (s SignUp, confirmed bool, err error) {
	var reads, digests string
	c := &s.Contact
	err = tx.QueryRowContext(ctx, `SELECT email, name, place, level, language, reads, digests, confirmed_at IS NOT NULL FROM signups WHERE nonce = $1`, nonce).
		Scan(&c.Email, &c.Name, &c.Place, &c.Level, &c.Language, &reads, &digests, &confirmed)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, fmt.Errorf("sign-up of this link: %w", bantin.ErrNotFound)
	}
	s.Nonce, s.Digests = nonce, splitTags(digests)
	c.Reads, c.Topics = SplitReads(reads)
	return s, confirmed, err
}

// addSignedUp makes them a contact who gets what they chose, and gives the digests of
// these that they did not choose before.
func (db *DB) addSignedUp(ctx context.Context, tx *sql.Tx, s SignUp, secret []byte) (begun []string, err error) {
	key, now := bantin.AddressKey(s.Contact.Email), millis(db.now())
	c, own, err := contactByAddress(ctx, tx, key)
	if errors.Is(err, sql.ErrNoRows) {
		if err = db.addContact(ctx, tx, &s.Contact, bantin.OriginSignUp); err != nil {
			return nil, err
		}
		if c, own, err = contactByAddress(ctx, tx, key); err == nil {
			c.Reads, c.Topics = s.Contact.Reads, s.Contact.Topics // fields of their own that no list has
			err = db.record(ctx, tx, c.ID, bantin.AuditEntry{What: bantin.AuditAdded, By: bantin.ByContact, Note: NoteConfirmed})
		}
	}
	if err != nil {
		return nil, err
	}
	if err := db.setOwnFields(ctx, tx, c, own, &s.Contact); err != nil {
		return nil, err
	}
	for _, digest := range s.Digests {
		isNew, err := db.subscribe(ctx, tx, c.ID, digest, NoteConfirmed)
		if err != nil {
			return nil, err
		}
		if isNew {
			begun = append(begun, digest)
		}
	}
	if err := db.forgetErased(ctx, tx, secret, key); err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE signups SET confirmed_at = $1 WHERE nonce = $2`, now, s.Nonce)
	return begun, err
}

// Notes of the record.
const (
	NoteConfirmed = "confirmed by the link of a mail" // a sign-up: who has the mailbox pressed the button
	NoteEnded     = "ended"                           // a pause
)

// subscribe records that a contact wants a digest; a second time changes nothing, and
// isNew is false.
func (db *DB) subscribe(ctx context.Context, tx *sql.Tx, contact int64, digest, note string) (isNew bool, err error) {
	var status bantin.SubscriptionStatus
	err = tx.QueryRowContext(ctx, `SELECT status FROM subscriptions WHERE contact = $1 AND digest = $2`, contact, digest).Scan(&status)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || status == bantin.SubscriptionActive {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO subscriptions (contact, digest, status, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (contact, digest) DO UPDATE SET status = excluded.status, since = excluded.since`,
		contact, digest, bantin.SubscriptionActive, millis(db.now()))
	if err != nil {
		return false, err
	}
	if err := db.requeueContact(ctx, tx, contact); err != nil {
		return false, err
	}
	return true, db.record(ctx, tx, contact, bantin.AuditEntry{What: bantin.AuditSubscribed, By: bantin.ByContact, Digest: digest, Note: note})
}

// setOwnFields stores what a contact says of themselves, field by field where
// they say something, and marks each as their own: no import changes it.
func (db *DB) setOwnFields(ctx context.Context, tx *sql.Tx, c *bantin.Contact, own map[string]bool, says *bantin.Contact) error {
	was := *c
	c.PausedUntil = bantin.Day{} // returnContact asks for mail wants it now
	set := func(field string, to *string, v string) {
		if v != "" {
			*to, own[field] = v, true
		}
	}
	set("name", &c.Name, says.Name)
	set("place", &c.Place, says.Place)
	set("level", (*string)(&c.Level), string(says.Level))
	set("language", (*string)(&c.Language), string(says.Language))
	if len(says.Reads) > 0 {
		c.Reads, own["reads"] = says.Reads, true
	}
	if len(says.Topics) > 0 {
		c.Topics, own["reads"] = says.Topics, true
	}
	return db.saveOwnFields(ctx, tx, &was, c, own)
}

// saveOwnFields writes the fields that a contact may set themselves, and what changed
// into the audit record.
func (db *DB) saveOwnFields(ctx context.Context, tx *sql.Tx, was, c *bantin.Contact, own map[string]bool) error {
	maps.DeleteFunc(own, func(_ string, isOwn bool) bool { return !isOwn })
	fields := slices.Sorted(maps.Keys(own))
	_, err := tx.ExecContext(ctx, `UPDATE contacts SET name = $1, place = $2, level = $3, language = $4, reads = $5, paused_until = $6, own = $7, updated_at = $8
		WHERE id = $9`, c.Name, c.Place, c.Level, c.Language, JoinReads(c.Reads, c.Topics), c.PausedUntil.String(), joinTags(fields), millis(db.now()), c.ID)
	if err != nil {
		return err
	}
	before, after := differences(was, c)
	if a, b := JoinReads(was.Reads, was.Topics), JoinReads(c.Reads, c.Topics); a != b {
		before["reads"], after["reads"] = a, b
	}
	if len(after) > 0 {
		if err := db.record(ctx, tx, c.ID, bantin.AuditEntry{What: bantin.AuditChanged, By: bantin.ByContact, Before: before, After: after}); err != nil {
			return err
		}
	}
	if was.PausedUntil == c.PausedUntil {
		return nil
	}
	return db.record(ctx, tx, c.ID, bantin.AuditEntry{What: bantin.AuditPaused, By: bantin.ByContact, Note: cmp.Or(c.PausedUntil.String(), NoteEnded)})
}
