package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"bantin"
)

// applyImport writes what was planned.
func (db *DB) applyImport(ctx context.Context, tx *sql.Tx, b *ImportBatch, results []ImportResult) error {
	var added []*bantin.Contact
	changed := false
	for i := range results {
		f := &results[i]
		switch f.Is {
		case ContactAdded:
			added = append(added, &f.Contact)
		case ContactChanged:
			if err := db.changeContact(ctx, tx, b, f); err != nil {
				return fmt.Errorf("contact %d of the batch: %w", i+1, err)
			}
		case ContactUntouched, ContactErased:
			continue
		}
		changed = true
	}
	if changed && b.Import != 0 {
		if err := markRunning(ctx, tx, b.Import); err != nil {
			return err
		}
	}
	if b.Origin != bantin.OriginOffice {
		return db.addContacts(ctx, tx, b, added) // contacts.import says who brought them
	}
	for _, c := range added {
		if err := db.addContact(ctx, tx, c, b.Origin); err != nil {
			return err
		}
		now, _, err := contactByAddress(ctx, tx, bantin.AddressKey(c.Email))
		if err != nil {
			return err
		}
		if err := db.record(ctx, tx, now.ID, bantin.AuditEntry{What: bantin.AuditAdded, By: bantin.ByOffice, Who: b.Who}); err != nil {
			return err
		}
	}
	return nil
}

// changeContact writes the new fields and enters both, so that an undo knows the old.
func (db *DB) changeContact(ctx context.Context, tx *sql.Tx, b *ImportBatch, f *ImportResult) error {
	if err := db.setFields(ctx, tx, &f.Contact); err != nil {
		return err
	}
	before, after := differences(f.was, &f.Contact)
	by := bantin.ByImport
	if b.Import == 0 {
		by = bantin.ByOffice
	}
	return db.record(ctx, tx, f.Contact.ID, bantin.AuditEntry{What: bantin.AuditChanged, By: by, Who: b.Who, Import: b.Import, Before: before, After: after})
}

func (db *DB) setFields(ctx context.Context, tx *sql.Tx, c *bantin.Contact) error {
	_, err := tx.ExecContext(ctx, `UPDATE contacts SET email = $1, name = $2, place = $3, level = $4, language = $5, tags = $6, origin = $7, updated_at = $8
		WHERE id = $9`, c.Email, c.Name, c.Place, c.Level, c.Language, joinTags(c.Tags), c.Origin, millis(db.now()), c.ID)
	return err
}

// field is a field of a contact that a list can set.
type field struct {
	name string
	get  func(*bantin.Contact) string
	set  func(*bantin.Contact, string)
}

// fields are those that a list can set (their origin by being complete without them),
// each under the name by which a contact
// makes it their own.
func fields() []field {
	return []field{
		{"email", func(c *bantin.Contact) string { return c.Email }, func(c *bantin.Contact, v string) { c.Email = v }},
		{"name", func(c *bantin.Contact) string { return c.Name }, func(c *bantin.Contact, v string) { c.Name = v }},
		{"place", func(c *bantin.Contact) string { return c.Place }, func(c *bantin.Contact, v string) { c.Place = v }},
		{"level", func(c *bantin.Contact) string { return string(c.Level) }, func(c *bantin.Contact, v string) { c.Level = bantin.Level(v) }},
		{"language", func(c *bantin.Contact) string { return string(c.Language) }, func(c *bantin.Contact, v string) { c.Language = bantin.Language(v) }},
		{"origin", func(c *bantin.Contact) string { return string(c.Origin) }, func(c *bantin.Contact, v string) { c.Origin = bantin.Origin(v) }},
		{"tags", func(c *bantin.Contact) string { return joinTags(c.Tags) }, func(c *bantin.Contact, v string) { c.Tags = splitTags(v) }},
	}
}

// overlay puts what a list says over what is known, field by field.
func overlay(was, list *bantin.Contact, own map[string]bool) *bantin.Contact {
	now := *was
	for _, f := range fields() {
		if v := f.get(list); v != "" && !own[f.name] {
			f.set(&now, v)
		}
	}
	return &now
}

func sameFields(a, b *bantin.Contact) bool {
	for _, f := range fields() {
		if f.get(a) != f.get(b) {
			return false
		}
	}
	return true
}

// differences gives the fields in which two contacts differ.
func differences(was, now *bantin.Contact) (before, after map[string]string) {
	before, after = map[string]string{}, map[string]string{}
	for _, f := range fields() {
		if a, b := f.get(was), f.get(now); a != b {
			before[f.name], after[f.name] = a, b
		}
	}
	return before, after
}

// insertBatchSize is how many contacts one statement adds.
const insertBatchSize = 25

func (db *DB) addContacts(ctx context.Context, tx *sql.Tx, b *ImportBatch, contacts []*bantin.Contact) error {
	now := db.now()
	for _, at := range []int{insertBatchSize, 1} {
		if len(contacts) < at {
			continue
		}
		insert, err := tx.PrepareContext(ctx, db.insertContacts(at, fmt.Sprintf(`'%s', %d, %d, %d`, b.Origin, b.Import, millis(now), millis(now))))
		if err != nil {
			return err
		}
		defer insert.Close()
		args := make([]any, 0, at*len(ownFields()))
		for ; len(contacts) >= at; contacts = contacts[at:] {
			args = args[:0]
			for _, c := range contacts[:at] {
				args = append(args, bantin.AddressKey(c.Email), c.Email, c.Name, c.Place, string(c.Level), string(c.Language), joinTags(c.Tags), newKey(now))
			}
			if _, err := insert.ExecContext(ctx, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// ownFields are the columns of a new contact, and commonFields those that a batch of them
// has in common: they stand in the statement, since each parameter costs as much as a column.
func ownFields() []string {
	return []string{"address_key", "email", "name", "place", "level", "language", "tags", "key"}
}

const commonFields = `origin, import, created_at, updated_at`

// insertContacts is the statement that adds some contacts. SQLite looks every
// numbered parameter up among all of them, so that there they have no numbers.
func (db *DB) insertContacts(rows int, common string) string {
	var args params
	values := make([]string, rows)
	for i := range values {
		own := inList(&args, ownFields())
		if !db.postgres {
			own = `(?` + strings.Repeat(`, ?`, len(ownFields())-1) + `)`
		}
		values[i] = strings.TrimSuffix(own, `)`) + `, ` + common + `)`
	}
	insert := `INSERT`
	if !db.postgres {
		insert = `INSERT OR FAIL` // an error ends the transaction: SQLite need not keep how each page was before the statement
	}
	return insert + ` INTO contacts (` + strings.Join(ownFields(), `, `) + `, ` + commonFields + `) VALUES ` + strings.Join(values, `, `)
}

func (db *DB) addContact(ctx context.Context, tx *sql.Tx, c *bantin.Contact, origin bantin.Origin) error {
	return db.addContacts(ctx, tx, &ImportBatch{Origin: origin}, []*bantin.Contact{c})
}

// newKey makes what stands for a contact in their links: 80 random bits, and
// before them the millisecond, so that the keys of an import of millions are put
// into their index batch behind batch.
func newKey(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}
