package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"bantin"
)

// Import tells what an import did with a batch of contacts.
type Import struct {
	Added, Changed, Untouched int
	Erased                    int // were erased once and do not come back
	Left                      int // left a digest or are suppressed: kept as they are
}

// Plus adds up two batches.
func (i Import) Plus(j Import) Import {
	return Import{i.Added + j.Added, i.Changed + j.Changed, i.Untouched + j.Untouched, i.Erased + j.Erased, i.Left + j.Left}
}

// ImportContacts adds and updates a small batch of contacts by address in one
// transaction. It leaves alone who was erased, and each field that a contact
// set herself; an empty field of the list changes nothing. With dry set the
// counts are told and nothing is kept.
func (db *DB) ImportContacts(ctx context.Context, batch []bantin.Contact, origin bantin.Origin, secret []byte, dry bool) (Import, error) {
	if dry {
		sum, _, err := db.TryImport(ctx, batch, origin, secret, nil)
		return sum, err
	}
	var sum Import
	err := db.write(ctx, "import contacts", func(tx *sql.Tx) error {
		return db.importAll(ctx, tx, batch, origin, secret, &sum)
	})
	return sum, err
}

// Reach asks how many of some addresses would get a digest.
type Reach struct {
	Digest    string
	Audience  Audience
	Addresses []string // in the form of bantin.AddressKey
}

// TryImport tells what ImportContacts would do with a batch, and how many
// contacts each question would count then. Nothing is kept.
func (db *DB) TryImport(ctx context.Context, batch []bantin.Contact, origin bantin.Origin, secret []byte, questions []Reach) (Import, []int, error) {
	var sum Import
	counts := make([]int, len(questions))
	err := db.write(ctx, "try to import contacts", func(tx *sql.Tx) error {
		if err := db.importAll(ctx, tx, batch, origin, secret, &sum); err != nil {
			return err
		}
		for i, q := range questions {
			n, err := countAudience(ctx, tx, q.Digest, q.Audience, q.Addresses)
			if err != nil {
				return err
			}
			counts[i] = n
		}
		return errDry
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return sum, counts, err
}

var errDry = errors.New("nothing is kept")

func (db *DB) importAll(ctx context.Context, tx *sql.Tx, batch []bantin.Contact, origin bantin.Origin, secret []byte, sum *Import) error {
	for i := range batch {
		if err := db.importOne(ctx, tx, &batch[i], origin, secret, sum); err != nil {
			return fmt.Errorf("contact %d of the batch: %w", i+1, err)
		}
	}
	return nil
}

func (db *DB) importOne(ctx context.Context, tx *sql.Tx, c *bantin.Contact, origin bantin.Origin, secret []byte, sum *Import) error {
	key := bantin.AddressKey(c.Email)
	var erased int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM erased WHERE hash = $1`, erasedHash(secret, key)).Scan(&erased)
	if err != nil {
		return err
	}
	if erased > 0 {
		sum.Erased++
		return nil
	}
	was, own, err := contactByAddress(ctx, tx, key)
	if errors.Is(err, sql.ErrNoRows) {
		sum.Added++
		return db.addContact(ctx, tx, c, origin)
	}
	if err != nil {
		return err
	}
	left, err := hasLeft(ctx, tx, was.ID, key)
	if err != nil {
		return err
	}
	if left {
		sum.Left++
	}
	now := overlay(was, c, own)
	if sameFields(was, now) {
		sum.Untouched++
		return nil
	}
	sum.Changed++
	_, err = tx.ExecContext(ctx, `UPDATE contacts SET email = $1, name = $2, place = $3, level = $4, language = $5, tags = $6, updated_at = $7
		WHERE id = $8`, now.Email, now.Name, now.Place, now.Level, now.Language, joinTags(now.Tags), millis(db.now()), was.ID)
	return err
}

// overlay puts what a list says over what is known, field by field.
func overlay(was, list *bantin.Contact, own map[string]bool) *bantin.Contact {
	now := *was
	set := func(field string, to *string, v string) {
		if v != "" && !own[field] {
			*to = v
		}
	}
	set("email", &now.Email, list.Email)
	set("name", &now.Name, list.Name)
	set("place", &now.Place, list.Place)
	set("level", (*string)(&now.Level), string(list.Level))
	set("language", (*string)(&now.Language), string(list.Language))
	if len(list.Tags) > 0 && !own["tags"] {
		now.Tags = list.Tags
	}
	return &now
}

func sameFields(a, b *bantin.Contact) bool {
	return a.Email == b.Email && a.Name == b.Name && a.Place == b.Place && a.Level == b.Level &&
		a.Language == b.Language && joinTags(a.Tags) == joinTags(b.Tags)
}

func (db *DB) addContact(ctx context.Context, tx *sql.Tx, c *bantin.Contact, origin bantin.Origin) error {
	now := millis(db.now())
	_, err := tx.ExecContext(ctx, `INSERT INTO contacts (address_key, email, name, place, level, language, tags, origin, key, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`, bantin.AddressKey(c.Email), c.Email, c.Name, c.Place,
		c.Level, c.Language, joinTags(c.Tags), origin, newKey(), now)
	return err
}

// newKey makes what stands for a contact in her links: 128 random bits.
func newKey() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

func erasedHash(secret []byte, addressKey string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("bantin erased address\x00" + addressKey))
	return hex.EncodeToString(mac.Sum(nil))
}

// Tags are stored as |a|b|, so that one LIKE finds one on both databases.
func joinTags(tags []string) string {
	if len(tags) == 0 {
		return ""
	}
	return "|" + strings.Join(tags, "|") + "|"
}

func splitTags(s string) []string {
	if s = strings.Trim(s, "|"); s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

func hasLeft(ctx context.Context, q querier, contact int64, addressKey string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM subscriptions WHERE contact = $1 AND status = $2)
		+ (SELECT COUNT(*) FROM suppressions WHERE address_key = $3)`, contact, bantin.SubscriptionUnsubscribed, addressKey).Scan(&n)
	return n > 0, err
}

const contactColumns = `c.id, c.email, c.name, c.place, c.level, c.language, c.tags, c.origin, c.key, c.paused_until, c.own`

func scanContact(row interface{ Scan(...any) error }) (*bantin.Contact, map[string]bool, error) {
	var (
		c               bantin.Contact
		tags, own, till string
	)
	if err := row.Scan(&c.ID, &c.Email, &c.Name, &c.Place, &c.Level, &c.Language, &tags, &c.Origin, &c.Key, &till, &own); err != nil {
		return nil, nil, err
	}
	c.Tags = splitTags(tags)
	fields := map[string]bool{}
	for _, f := range splitTags(own) {
		fields[f] = true
	}
	return &c, fields, c.PausedUntil.UnmarshalText([]byte(till))
}

func contactByAddress(ctx context.Context, q querier, addressKey string) (*bantin.Contact, map[string]bool, error) {
	return scanContact(q.QueryRowContext(ctx, `SELECT `+contactColumns+` FROM contacts c WHERE c.address_key = $1`, addressKey))
}

// Contact gives the contact with this address and what she said of each
// digest; bantin.ErrNotFound.
func (db *DB) Contact(ctx context.Context, address string) (bantin.Contact, error) {
	key := bantin.AddressKey(address)
	c, _, err := contactByAddress(ctx, db.reader, key)
	if errors.Is(err, sql.ErrNoRows) {
		return bantin.Contact{}, fmt.Errorf("contact %s: %w", address, bantin.ErrNotFound)
	}
	if err != nil {
		return bantin.Contact{}, fmt.Errorf("look up contact: %w", explain(err))
	}
	return *c, db.addSubscriptions(ctx, c, key)
}

func (db *DB) addSubscriptions(ctx context.Context, c *bantin.Contact, key string) error {
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var s bantin.SubscriptionOfHers
		var since int64
		err := rows.Scan(&s.Digest, &s.Status, &since)
		s.Since = moment(since)
		c.Subscriptions = append(c.Subscriptions, s)
		return err
	}, `SELECT digest, status, since FROM subscriptions WHERE contact = $1 ORDER BY digest`, c.ID)
	if err != nil {
		return fmt.Errorf("look up subscriptions: %w", err)
	}
	err = db.reader.QueryRowContext(ctx, `SELECT reason FROM suppressions WHERE address_key = $1`, key).Scan(&c.Suppressed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look up suppression: %w", explain(err))
	}
	return nil
}

// Contacts yields all contacts in the order of their arrival, reading a
// thousand at a time so that no transaction lasts.
func (db *DB) Contacts(ctx context.Context) iter.Seq2[bantin.Contact, error] {
	return func(yield func(bantin.Contact, error) bool) {
		for last := int64(0); ; {
			page, err := db.contactsAfter(ctx, last, 1000)
			if err != nil {
				yield(bantin.Contact{}, err)
				return
			}
			for _, c := range page {
				if !yield(c, nil) {
					return
				}
				last = c.ID
			}
			if len(page) == 0 {
				return
			}
		}
	}
}

func (db *DB) contactsAfter(ctx context.Context, id int64, limit int) ([]bantin.Contact, error) {
	var page []bantin.Contact
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		c, _, err := scanContact(rows)
		if err == nil {
			page = append(page, *c)
		}
		return err
	}, `SELECT `+contactColumns+` FROM contacts c WHERE c.id > $1 ORDER BY c.id LIMIT $2`, id, limit)
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	for i := range page {
		if err := db.addSubscriptions(ctx, &page[i], bantin.AddressKey(page[i].Email)); err != nil {
			return nil, err
		}
	}
	return page, nil
}

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
			{`DELETE FROM subscriptions WHERE contact = $1`, []any{c.ID}},
			{`DELETE FROM contacts WHERE id = $1`, []any{c.ID}},
		} {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unsubscribe notes that the contact with this key left a digest, and tells
// every sender. Doing it again changes nothing. bantin.ErrNotFound where the
// contact was erased since: she gets nothing either way.
func (db *DB) Unsubscribe(ctx context.Context, contactKey, digest string, at time.Time) error {
	return db.write(ctx, "unsubscribe", func(tx *sql.Tx) error {
		var contact int64
		err := tx.QueryRowContext(ctx, `SELECT id FROM contacts WHERE key = $1`, contactKey).Scan(&contact)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("contact of this link: %w", bantin.ErrNotFound)
		}
		if err != nil {
			return err
		}
		var status bantin.SubscriptionStatus
		err = tx.QueryRowContext(ctx, `SELECT status FROM subscriptions WHERE contact = $1 AND digest = $2`, contact, digest).Scan(&status)
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
		return err
	})
}

// Departure is one contact leaving one digest, or all where Digest is "".
type Departure struct {
	Version int64
	Contact int64
	Digest  string
}

// Departures gives who left after the version given, oldest first.
func (db *DB) Departures(ctx context.Context, after int64) ([]Departure, error) {
	var list []Departure
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var d Departure
		err := rows.Scan(&d.Version, &d.Contact, &d.Digest)
		list = append(list, d)
		return err
	}, `SELECT version, contact, digest FROM departures WHERE version > $1 ORDER BY version`, after)
	if err != nil {
		return nil, fmt.Errorf("list departures: %w", err)
	}
	return list, nil
}

// LastDeparture gives the newest version of Departures.
func (db *DB) LastDeparture(ctx context.Context) (int64, error) {
	var v int64
	err := db.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM departures`).Scan(&v)
	return v, explain(err)
}
