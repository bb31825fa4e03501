package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"bantin"
)

// Returns keeps bounces, complaints and refusals. Store keeps one with what
// follows from it at once, and Settle decides later what follows from a refusal;
// Mailings, RecipientAddress, RecipientKey and PastDeliveries tell whom one is about
// and what came before; Undecided tells of one contact what is still to be decided;
// Alarms lists what receivers say against our server; Prune empties old ones.
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

// What was done about a return. One that may end in a suppression is pending first;
// see Returns.Settle.
const (
	DoneNothing      = "nothing"
	DoneNoted        = "noted"
	DoneAlarm        = "alarm"   // it is about our server
	DonePending      = "pending" // decided when its edition has settled
	DoneFirst        = "first"   // a second one, of a later edition, suppresses
	DoneHeld         = "held"    // its edition was held: it said nothing of the address
	DoneSuppressed   = "suppressed"
	DoneUndone       = "undone" // a person removed the suppression, or forgot it before there was one
	DoneUnsubscribed = "unsubscribed"
	DoneAnswered     = "answered" // they get the mail with the button to leave by
)

// ProofReply is the proof of a refusal that our own connection heard.
const ProofReply = "reply"

// ReturnAction is what a return does to its contact.
type ReturnAction struct {
	Suppress       string // the reason; "" for no suppression
	Address        string // to suppress; "" for the one they have now
	Unsubscribe    string // a digest that they leave
	UnsubscribeAll bool   // they leave all, also digests of later days
	Answer         string // a digest that they asked to leave: they get the button to do so
}

// Store keeps a return and does what follows from it, in one transaction;
// fresh is false, and nothing is done, where the message was taken before. A
// refusal that our own connection heard is the last one of its edition: the
// attempt that `editions retry` leads to counts, unless the one before it was
// decided already. Of a contact who was erased nothing is kept but the hash of the
// message. What came back of one message more than maxReturns times is not kept.
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
		if flooded, err := isFlooded(ctx, tx, r); err != nil || flooded {
			return err
		}
		if r.Done == DonePending {
			// Compared with the times of holds: a node whose clock is wrong changes nothing.
			if r.At, err = v.db.time(ctx, tx); err != nil {
				return err
			}
		}
		n, err := insertReturn(ctx, tx, r)
		if is, err := found(err); !is {
			return err
		}
		fresh = true
		if err := v.db.countReturn(ctx, tx, who, r); err != nil {
			return err
		}
		return v.db.applyReturn(ctx, tx, who, n, r, c)
	})
	return fresh, err
}

// maxReturns is how many messages that came back of one message of ours are kept: anyone
// who has its return path can send more of them. maxErasedReturns is so of all messages to
// contacts who were erased, of which a hash is kept.
const (
	maxReturns       = 20
	maxErasedReturns = 1000
)

// isFlooded reports whether so much came back of one message that this one adds nothing:
// it is not kept. What acts at once does so all the same, the first time.
func isFlooded(ctx context.Context, q querier, r Return) (bool, error) {
	if r.Proof == ProofReply {
		return false, nil
	}
	most := maxReturns
	if r.Contact == "" {
		most = maxErasedReturns
	}
	n, acted := 0, false
	err := each(ctx, q, func(rows *sql.Rows) error {
		var done string
		err := rows.Scan(&done)
		n, acted = n+1, acted || done == r.Done
		return err
	}, `SELECT done FROM returns WHERE edition = $1 AND contact = $2 LIMIT $3`, r.Edition, r.Contact, 2*most)
	actsAtOnce := r.Done == DoneSuppressed || r.Done == DoneUnsubscribed || r.Done == DoneAnswered
	return n >= most && (acted || !actsAtOnce), err
}

// countReturn counts a message that came back for good among the outcomes of its
// edition, where it stood as sent, and judges the edition by them. A message from
// before a resume says nothing new.
func (db *DB) countReturn(ctx context.Context, tx *sql.Tx, who returnContact, r Return) error {
	if r.Kind != "hard" || r.Proof == ProofReply || r.Edition == 0 || r.Done == DoneNothing {
		return nil
	}
	e, err := loadReturnEdition(ctx, tx, r.Edition)
	if err != nil {
		return err
	}
	past, err := loadAddressHistory(ctx, tx, who, &r)
	if err != nil || e.wasHeld(domainOf(r.Address), past.said(&r)) {
		return err
	}
	if more, err := cameBefore(ctx, tx, r); err != nil || more {
		return err
	}
	o := Outcomes{Edition: r.Edition, Domain: domainOf(r.Address), Sent: -1, Refused: 1}
	if r.Reason == "user-unknown" || r.Reason == "host-unknown" {
		o.Unknown = 1
	}
	if err := addOutcomes(ctx, tx, "returned", o); err != nil {
		return err
	}
	_, err = db.judge(ctx, tx, r.Edition, "")
	return err
}

// cameBefore reports whether the message of a return came back before: some providers tell
// both by mail and by HTTP.
func cameBefore(ctx context.Context, q querier, r Return) (before bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM returns WHERE edition = $1 AND contact = $2 AND kind = 'hard'
		AND proof <> $3 AND done <> $4 AND message <> $5)`, r.Edition, r.Contact, ProofReply, DoneNothing, r.Message).Scan(&before)
	return before, err
}

func insertReturn(ctx context.Context, tx *sql.Tx, r Return) (n int64, err error) {
	raw := r.Raw
	if raw == nil {
		raw = []byte{}
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO returns (message, at, contact, edition, address, kind, reason, status, diagnostic, proof, done, counts, raw)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (message) DO UPDATE
			SET at = excluded.at, address = excluded.address, kind = excluded.kind, reason = excluded.reason, status = excluded.status,
				diagnostic = excluded.diagnostic, done = excluded.done, counts = excluded.counts
			WHERE excluded.proof = 'reply' AND excluded.contact = returns.contact AND returns.done NOT IN ('first', 'suppressed')
		RETURNING n`,
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
	return w, lookedUp(err, "contact of a signed address", "")
}

// applyReturn does what a return leads to at once.
func (db *DB) applyReturn(ctx context.Context, tx *sql.Tx, who returnContact, n int64, r Return, c ReturnAction) error {
	if c.Suppress != "" {
		address := bantin.AddressKey(c.Address)
		address = cmp.Or(address, who.addressKey)
		s := Suppression{Address: address, Reason: c.Suppress, At: r.At, Origin: r.Kind, returned: n}
		if _, err := db.suppressReturned(ctx, tx, who, s); err != nil {
			return err
		}
	}
	if c.Answer != "" {
		if err := db.answer(ctx, tx, who, c.Answer); err != nil {
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

// suppressReturned suppresses an address because of a return, tells senders, and writes
// the audit record; added is false where it was suppressed already. An address that
// the contact had before they moved is no longer theirs: what is under way to the
// new one goes on.
func (db *DB) suppressReturned(ctx context.Context, tx *sql.Tx, who returnContact, s Suppression) (added bool, err error) {
	if added, err = suppress(ctx, tx, s); err != nil || !added {
		return added, err
	}
	entry := bantin.AuditEntry{At: s.At, What: bantin.AuditReturned, By: bantin.ByBounce, Note: s.Reason}
	if s.Address == who.addressKey {
		entry.What = bantin.AuditSuppressed
		if _, err := tx.ExecContext(ctx, `INSERT INTO departures (contact, digest, at) VALUES ($1, '', $2)`, who.id, millis(s.At)); err != nil {
			return false, err
		}
		if err := db.skipLeft(ctx, tx, who.id); err != nil {
			return false, err
		}
	}
	return true, db.record(ctx, tx, who.id, entry)
}

func knownDigests(ctx context.Context, q querier) ([]string, error) {
	list, err := collectColumn[string](ctx, q, `SELECT id FROM digests UNION SELECT digest FROM editions UNION SELECT digest FROM subscriptions WHERE digest <> '' ORDER BY 1`)
	return list, err
}

// IDs gives every digest that anybody can have had.
func (v Digests) IDs(ctx context.Context) ([]string, error) {
	list, err := knownDigests(ctx, v.db.reader)
	return list, wrap(err, "list digests")
}

// returnSummary is returnColumns without the message itself.
const (
	returnSummary = `r.n, r.message, r.at, r.contact, r.edition, r.address, r.kind, r.reason, r.status, r.diagnostic, r.proof, r.done, r.counts, ''`
	returnColumns = `r.n, r.message, r.at, r.contact, r.edition, r.address, r.kind, r.reason, r.status, r.diagnostic, r.proof, r.done, r.counts, r.raw`
)

func scanReturn(row scanner) (Return, error) {
	var r Return
	err := row.Scan(&r.N, &r.Message, asTime(&r.At), &r.Contact, &r.Edition, &r.Address, &r.Kind, &r.Reason, &r.Status, &r.Diagnostic, &r.Proof, &r.Done, &r.Counts, &r.Raw)
	if err != nil {
		return Return{}, err
	}
	return r, nil
}

// countReturned counts the recipients of an edition whose message came back later.
func countReturned(ctx context.Context, q querier, edition int64) (n int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(DISTINCT contact) FROM returns
		WHERE edition = $1 AND kind IN ('hard', 'soft') AND proof <> $2 AND done <> $3`, edition, ProofReply, DoneNothing).Scan(&n)
	return n, explain(err)
}
