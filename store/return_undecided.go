package store

import (
	"context"
	"fmt"
	"time"

	"bantin"
)

// UndecidedReturn is a refusal of a contact that may still end in a suppression.
type UndecidedReturn struct {
	Return
	EditionID string // "" for none
	Held      bool   // its edition, or its domain there, waits for a person
	// Decides is, of a pending one, when it is decided: zero while its edition has not
	// settled. Of a first one it is from when on a second one suppresses.
	Decides time.Time
}

// Undecided gives the refusals of the contact with this key that are pending or wait for
// a second one, the oldest first.
func (v Returns) Undecided(ctx context.Context, contactKey string) ([]UndecidedReturn, error) {
	list, err := collect(ctx, v.db.reader, func(row scanner) (u UndecidedReturn, err error) {
		var digest string
		var number int
		u.Return, err = scanReturn(scanExtra{row, []any{&digest, &number}})
		if digest != "" {
			u.EditionID = bantin.EditionID(digest, number)
		}
		return u, err
	}, `SELECT `+returnSummary+`, COALESCE(e.digest, ''), COALESCE(e.number, 0) FROM returns r LEFT JOIN editions e ON e.n = r.edition
		WHERE r.contact = $1 AND r.done IN ('pending', 'first') ORDER BY r.n`, contactKey)
	if err != nil {
		return nil, fmt.Errorf("look up undecided returns: %w", err)
	}
	for i := range list {
		if err := v.db.decides(ctx, &list[i]); err != nil {
			return nil, fmt.Errorf("look up undecided returns: %w", err)
		}
	}
	return list, nil
}

// decides adds when a return is decided.
func (db *DB) decides(ctx context.Context, u *UndecidedReturn) error {
	if u.Done == DoneFirst {
		u.Decides = u.At.Add(secondAfter)
		return nil
	}
	e, err := loadReturnEdition(ctx, db.reader, u.Edition)
	if err != nil {
		return explain(err)
	}
	u.Held = e.isHeld(domainOf(u.Address)) || e.status == bantin.EditionHeld
	switch {
	case u.Held || !e.isSettled():
	case u.Proof == ProofReply:
		u.Decides = u.At
	default:
		u.Decides = u.At.Add(ReturnDelay)
	}
	return nil
}
