package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"bantin"
)

// record adds to the record of a contact. It belongs into the transaction of
// what it tells. At is set where it is zero.
func (db *DB) record(ctx context.Context, tx *sql.Tx, contact int64, e bantin.AuditEntry) error {
	if e.At.IsZero() {
		e.At = db.now()
	}
	fields, err := joinFields(changes{e.Before, e.After})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO record (contact, at, what, source, who, import, digest, note, fields)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, contact, millis(e.At), e.What, e.By, e.Who, e.Import, e.Digest, e.Note, fields)
	return err
}

// recordFor adds to the audit record of the contact with the address; an address
// without a contact has none.
func (db *DB) recordFor(ctx context.Context, tx *sql.Tx, addressKey string, e bantin.AuditEntry) error {
	contact, err := get[int64](ctx, tx, `SELECT id FROM contacts WHERE address_key = $1`, addressKey)
	if is, err := found(err); !is {
		return err
	}
	return db.record(ctx, tx, contact, e)
}

// changes are the fields of an entry, as they are stored.
type changes struct {
	Before map[string]string `json:"before,omitempty"`
	After  map[string]string `json:"after,omitempty"`
}

func joinFields(c changes) (string, error) {
	if len(c.Before) == 0 && len(c.After) == 0 {
		return "", nil
	}
	text, err := json.Marshal(c)
	return string(text), err
}

func splitFields(text string) (c changes, err error) {
	return c, asJSON(&c).Scan(text)
}
