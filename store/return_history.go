package store

import (
	"context"
	"database/sql"

	"bantin"
)

// addressHistory is what is known of the address of a return: the messages that
// servers accepted for it, the latest edition first, and the refusals that wait for a
// second one.
type addressHistory struct {
	accepted []acceptedMessage
	firsts   []Return
}

// acceptedMessage is a message of an edition that a server accepted.
type acceptedMessage struct {
	edition  int64
	at       int64
	returned bool // it came back later: the address was not reached
}

// reached is the last message that reached the address; nil for none.
func (h *addressHistory) reached() *acceptedMessage {
	for i := range h.accepted {
		if !h.accepted[i].returned {
			return &h.accepted[i]
		}
	}
	return nil
}

// reachedSince reports whether a message reached the address that is later than the one
// that a return is about, or the same one when it was tried again.
func (h *addressHistory) reachedSince(r *Return) bool {
	m := h.reached()
	if m == nil {
		return false
	}
	if r.Edition == 0 {
		return m.at > millis(r.At)
	}
	return m.edition >= r.Edition
}

// hasFirst reports whether a return is the second one: another was in an earlier
// edition, long enough ago, and nothing reached the address in between.
func (h *addressHistory) hasFirst(r *Return) bool {
	m := h.reached()
	for i := range h.firsts {
		f := &h.firsts[i]
		earlier := f.Edition < r.Edition || f.Edition == 0 || r.Edition == 0
		since := m == nil || f.Edition > m.edition || f.Edition == 0 && millis(f.At) > m.at
		if earlier && since && !f.At.Add(secondAfter).After(r.At) {
			return true
		}
	}
	return false
}

// said is when the message of a return was refused or accepted: a bounce may be hours
// younger than its message, and says of the world what was true then.
func (h *addressHistory) said(r *Return) int64 {
	at := millis(r.At)
	if r.Proof == ProofReply {
		return at
	}
	for _, m := range h.accepted {
		if m.edition == r.Edition {
			return min(at, m.at)
		}
	}
	return at
}

// maxHistory is how many editions back an address is looked up.
const maxHistory = 60

// loadAddressHistory reads what is known of the address of a return, and not of others
// that the contact has now or had.
func loadAddressHistory(ctx context.Context, q querier, who returnContact, r *Return) (h addressHistory, err error) {
	numbers, err := contactIDs(ctx, q, who.id)
	if err != nil {
		return h, err
	}
	isSame := func(address string) bool { return bantin.AddressKey(address) == bantin.AddressKey(r.Address) }
	var args params
	key := args.add(who.key)
	err = each(ctx, q, func(rows *sql.Rows) error {
		var m acceptedMessage
		var address string
		err := rows.Scan(&m.edition, &address, &m.at, &m.returned)
		if isSame(address) {
			h.accepted = append(h.accepted, m)
		}
		return err
	}, `SELECT e.n, d.address, d.updated_at, EXISTS (SELECT 1 FROM returns r
			WHERE r.edition = e.n AND r.contact = `+key+` AND r.kind IN ('hard', 'soft') AND r.proof <> 'reply' AND r.done <> 'nothing')
		FROM editions e CROSS JOIN deliveries d
		WHERE d.edition = e.n AND d.contact IN `+inList(&args, numbers)+` AND d.status = 'sent' ORDER BY e.n DESC LIMIT `+args.add(maxHistory), args...)
	if err != nil {
		return h, err
	}
	err = each(ctx, q, func(rows *sql.Rows) error {
		f, err := scanReturn(rows)
		if isSame(f.Address) {
			h.firsts = append(h.firsts, f)
		}
		return err
	}, `SELECT `+returnSummary+` FROM returns r WHERE r.contact = $1 AND r.done = 'first'`, who.key)
	return h, err
}
