package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// ReturnDelay is how long a message that came back waits to be decided, if its edition
// settled long ago: bounces are read every few minutes, in batches, and a wave of
// them must be seen as a wave before the first of them counts. Three readings at the
// default schedule. What our own connections heard needs no delay: when the edition
// has settled, all of it is in.
const ReturnDelay = 15 * time.Minute

// settleBatchSize is how many returns are decided in one transaction.
const settleBatchSize = 40

// SettledReturns is what Settle did.
type SettledReturns struct {
	Suppressed int // addresses
	First      int // refusals that wait for a second one
	Dropped    int // refusals that say nothing about the address, or no longer
	Restored   int // addresses whose suppression was removed: their edition was held within a day
}

// Settle decides what follows from pending returns whose edition has settled, a few
// of them in a transaction; see judge for the rules. First it removes the
// suppressions of editions that were held after they had settled. Any number of
// nodes may call it at once: each return is decided by one of them.
func (v Returns) Settle(ctx context.Context, limits bantin.HoldLimits) (sum SettledReturns, err error) {
	if sum.Restored, err = v.db.restoreWaves(ctx); err != nil {
		return sum, err
	}
	editions, err := collectColumn[int64](ctx, v.db.reader, `SELECT DISTINCT edition FROM returns WHERE done = 'pending' ORDER BY edition`)
	if err != nil {
		return sum, fmt.Errorf("look for undecided returns: %w", err)
	}
	for _, n := range editions {
		if err := v.db.settleEdition(ctx, n, limits, &sum); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// settleEdition decides what can be decided of one edition. It writes nothing where
// that is nothing.
func (db *DB) settleEdition(ctx context.Context, edition int64, limits bantin.HoldLimits, sum *SettledReturns) error {
	for after := int64(0); ; {
		e, list, err := db.undecided(ctx, db.reader, edition, after, 1<<62)
		if err != nil {
			return fmt.Errorf("look for undecided returns: %w", explain(err))
		}
		if len(list) == 0 {
			return nil
		}
		last := list[len(list)-1].N
		if slices.ContainsFunc(list, e.mayDecide) {
			var part SettledReturns
			err := db.write(ctx, "decide what follows from refusals", func(tx *sql.Tx) error {
				part = SettledReturns{}
				return db.settleBatch(ctx, tx, edition, after, last, limits, &part)
			})
			if err != nil {
				return err
			}
			sum.Suppressed, sum.First, sum.Dropped = sum.Suppressed+part.Suppressed, sum.First+part.First, sum.Dropped+part.Dropped
		}
		after = last
	}
}

// settleBatch decides the returns of an edition with numbers above after, up to last.
// What was undecided a moment ago may be decided by now.
func (db *DB) settleBatch(ctx context.Context, tx *sql.Tx, edition, after, last int64, limits bantin.HoldLimits, sum *SettledReturns) error {
	e, list, err := db.undecided(ctx, tx, edition, after, last)
	if err != nil {
		return err
	}
	now, err := db.time(ctx, tx)
	if err != nil {
		return err
	}
	for i := range list {
		done, err := db.settleReturn(ctx, tx, e, &list[i], limits, now)
		if err != nil {
			return err
		}
		switch done {
		case DoneSuppressed:
			sum.Suppressed++
		case DoneFirst:
			sum.First++
		case DonePending:
		default:
			sum.Dropped++
		}
	}
	return nil
}

// undecided gives the next pending returns of an edition that are old enough, and how
// the edition stands; none while it has not settled or is held altogether.
func (db *DB) undecided(ctx context.Context, q querier, edition, after, last int64) (e returnEdition, list []Return, err error) {
	if e, err = loadReturnEdition(ctx, q, edition); err != nil || !e.isSettled() || e.isHeld("") {
		return e, nil, err
	}
	now, err := db.time(ctx, q)
	if err != nil {
		return e, nil, err
	}
	list, err = collect(ctx, q, scanReturn, `SELECT `+returnSummary+` FROM returns r WHERE r.done = 'pending' AND r.edition = $1 AND r.n > $2 AND r.n <= $3
		AND (r.proof = 'reply' OR r.at <= $4) ORDER BY r.n LIMIT $5`, edition, after, last, millis(now.Add(-ReturnDelay)), settleBatchSize)
	return e, list, err
}

// settleReturn decides one return and does what follows.
func (db *DB) settleReturn(ctx context.Context, tx *sql.Tx, e returnEdition, r *Return, limits bantin.HoldLimits, now time.Time) (done string, err error) {
	who, err := returnContactByKey(ctx, tx, r.Contact)
	switch {
	case errors.Is(err, bantin.ErrNotFound): // removed since
		done = DoneNothing
	case err != nil:
		return "", err
	default:
		past, err := loadAddressHistory(ctx, tx, who, r)
		if err != nil {
			return "", err
		}
		done = judge(r, &e, &past, limits)
	}
	if done == DonePending {
		return done, nil
	}
	if done == DoneSuppressed {
		address := bantin.AddressKey(r.Address)
		address = cmp.Or(address, who.addressKey)
		added, err := db.suppressReturned(ctx, tx, who, Suppression{Address: address, Reason: r.Reason, At: now, Origin: r.Kind, returned: r.N})
		if err != nil {
			return "", err
		}
		if !added {
			done = DoneNoted // somebody else suppressed it, and who undoes that does not mean this one
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE returns SET done = $1 WHERE n = $2`, done, r.N)
	return done, err
}
