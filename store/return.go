package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// Returns keeps bounces, complaints and refusals. Store keeps one with what
// follows from it; Mailings, RecipientAddress, RecipientKey and PastDeliveries
// tell whom one is about and what came before; Alarms lists what receivers say
// against our server; Prune empties old ones.
type Returns struct{ db *DB }

// Returns gives the view of the returns.
func (db *DB) Returns() Returns { return Returns{db} }

// Return is a message that came back, or a refusal while one was sent, as it
// is kept.
type Return struct {
	N          int64
	Message    string // a hash of what was received: the same message is taken once
	At         time.Time
	Contact    string // the contact's key, proved by a signature; "" for nobody
	Edition    int64  // row; 0 for none
	Address    string
	Kind       string
	Reason     string
	Status     string // RFC 3463
	Diagnostic string
	Proof      string // where the signature stood
	Done       string // what was done about it
	Counts     bool   // a soft one that adds up with others
	Raw        []byte // its beginning; empty for a refusal and once it is old
}

// What was done about a return.
const (
	DoneNothing      = "nothing"
	DoneNoted        = "noted"
	DoneAlarm        = "alarm" // it is about our server
	DoneSuppressed   = "suppressed"
	DoneUnsubscribed = "unsubscribed"
)

// ProofReply is the proof of a refusal that our own connection heard.
const ProofReply = "reply"

// ReturnAction is what a return does to its contact.
type ReturnAction struct {
	Suppress       string // the reason; "" for no suppression
	Address        string // to suppress; "" for the one they have now
	Unsubscribe    string // a digest that they leave
	UnsubscribeAll bool   // they leave all, also digests of later days
}

// Store keeps a return and does what follows from it, in one transaction;
// fresh is false, and nothing is done, where the message was taken before. Of
// a contact who was erased nothing is kept but the hash of the message.
func (v Returns) Store(ctx context.Context, r Return, c ReturnAction) (fresh bool, err error) {
	err = v.db.write(ctx, "keep what came back", func(tx *sql.Tx) error {
		fresh = false
		who, err := returnContactByKey(ctx, tx, r.Contact)
		switch {
		case errors.Is(err, bantin.ErrNotFound):
			r = Return{Message: r.Message, At: r.At, Kind: r.Kind, Reason: r.Reason, Proof: r.Proof, Done: DoneNothing}
			c = ReturnAction{}
		case err != nil:
			return err
		default:
			r.Contact = who.key
		}
		n, err := insertReturn(ctx, tx, r)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		fresh = true
		return v.db.applyReturn(ctx, tx, who, n, r, c)
	})
	return fresh, err
}

func insertReturn(ctx context.Context, tx *sql.Tx, r Return) (n int64, err error) {
	raw := r.Raw
	if raw == nil {
		raw = []byte{}
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO returns (message, at, contact, edition, address, kind, reason, status, diagnostic, proof, done, counts, raw)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (message) DO NOTHING RETURNING n`,
		r.Message, millis(r.At), r.Contact, r.Edition, plainText(r.Address), r.Kind, r.Reason, r.Status, plainText(r.Diagnostic), r.Proof, r.Done, boolInt(r.Counts), raw).Scan(&n)
	return n, err
}

// returnContact is the contact of a return.
type returnContact struct {
	id         int64
	key        string // theirs now, where the signed one was that of a contact merged into them
	addressKey string
}

func returnContactByKey(ctx context.Context, q querier, key string) (w returnContact, err error) {
	err = q.QueryRowContext(ctx, `SELECT c.id, c.key, c.address_key FROM contacts c WHERE `+hasKeySQL, key).Scan(&w.id, &w.key, &w.addressKey)
	if errors.Is(err, sql.ErrNoRows) {
		return w, fmt.Errorf("contact of a signed address: %w", bantin.ErrNotFound)
	}
	return w, err
}

// applyReturn does what a return leads to. Departures tell those who are sending
// right now.
func (db *DB) applyReturn(ctx context.Context, tx *sql.Tx, who returnContact, n int64, r Return, c ReturnAction) error {
	if c.Suppress != "" {
		address := bantin.AddressKey(c.Address)
		if address == "" {
			address = who.addressKey
		}
		if _, err := suppress(ctx, tx, Suppression{Address: address, Reason: c.Suppress, At: r.At, Origin: r.Kind, returned: n}); err != nil {
			return err
		}
		if err := db.recordSuppression(ctx, tx, who, address, r.At, c.Suppress); err != nil {
			return err
		}
	}
	var digests []string
	switch {
	case c.UnsubscribeAll:
		var err error
		if digests, err = knownDigests(ctx, tx); err != nil {
			return err
		}
		digests = append(digests, allDigests)
	case c.Unsubscribe != "":
		digests = []string{c.Unsubscribe}
	}
	for _, digest := range digests {
		if err := db.unsubscribe(ctx, tx, who.id, digest, r.At); err != nil {
			return err
		}
	}
	return nil
}

// recordSuppression tells senders, and writes the audit record. An address that
// the contact had before they moved is no longer theirs: what is under way to the
// new one goes on.
func (db *DB) recordSuppression(ctx context.Context, tx *sql.Tx, who returnContact, address string, at time.Time, reason string) error {
	entry := bantin.AuditEntry{At: at, What: bantin.AuditReturned, By: bantin.ByBounce, Note: reason}
	if address == who.addressKey {
		entry.What = bantin.AuditSuppressed
		if _, err := tx.ExecContext(ctx, `INSERT INTO departures (contact, digest, at) VALUES ($1, '', $2)`, who.id, millis(at)); err != nil {
			return err
		}
		if err := db.skipLeft(ctx, tx, who.id); err != nil {
			return err
		}
	}
	return db.record(ctx, tx, who.id, entry)
}

func knownDigests(ctx context.Context, q querier) ([]string, error) {
	var list []string
	err := each(ctx, q, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		list = append(list, id)
		return err
	}, `SELECT id FROM digests UNION SELECT digest FROM editions UNION SELECT digest FROM subscriptions WHERE digest <> '' ORDER BY 1`)
	return list, err
}

// IDs gives every digest that anybody can have had.
func (v Digests) IDs(ctx context.Context) ([]string, error) {
	list, err := knownDigests(ctx, v.db.reader)
	if err != nil {
		return nil, fmt.Errorf("list digests: %w", err)
	}
	return list, nil
}

const returnColumns = `r.n, r.message, r.at, r.contact, r.edition, r.address, r.kind, r.reason, r.status, r.diagnostic, r.proof, r.done, r.counts, r.raw`

func scanReturn(row interface{ Scan(...any) error }) (Return, error) {
	var r Return
	var at int64
	err := row.Scan(&r.N, &r.Message, &at, &r.Contact, &r.Edition, &r.Address, &r.Kind, &r.Reason, &r.Status, &r.Diagnostic, &r.Proof, &r.Done, &r.Counts, &r.Raw)
	if err != nil {
		return Return{}, err
	}
	r.At = fromMillis(at)
	return r, nil
}

// countReturned counts the recipients of an edition whose message came back later.
func countReturned(ctx context.Context, q querier, edition int64) (n int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(DISTINCT contact) FROM returns
		WHERE edition = $1 AND kind IN ('hard', 'soft') AND proof <> $2 AND done <> $3`, edition, ProofReply, DoneNothing).Scan(&n)
	return n, explain(err)
}
