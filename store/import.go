package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

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
		sum = Import{}
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
		sum = Import{}
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

func hasLeft(ctx context.Context, q querier, contact int64, addressKey string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM subscriptions WHERE contact = $1 AND status = $2)
		+ (SELECT COUNT(*) FROM suppressions WHERE address_key = $3)`, contact, bantin.SubscriptionUnsubscribed, addressKey).Scan(&n)
	return n > 0, err
}
