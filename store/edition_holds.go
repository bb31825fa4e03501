package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"bantin"
)

// hold stops an edition, or one domain of it, and remembers why.
func (db *DB) hold(ctx context.Context, tx *sql.Tx, edition int64, h *bantin.Hold) error {
	detail, err := json.Marshal(h.Detail)
	if err != nil {
		return err
	}
	if h.Since, err = db.time(ctx, tx); err != nil { // returns are compared with it, by the database's clock
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO holds (edition, domain, reason, detail, since) VALUES ($1, $2, $3, $4, $5)`,
		edition, h.Domain, h.Reason, string(detail), millis(h.Since))
	if err != nil {
		return err
	}
	status := `'held'`
	if h.Domain != "" {
		status = `CASE WHEN status = 'done' THEN 'sending' ELSE status END`
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET status = `+status+`, done_at = NULL WHERE n = $1 AND status IN ('open', 'sending', 'paused', 'done')`, edition)
	return err
}

// Hold stops an edition by an alarm, for a person to look at. One that is held
// already stays as it is.
func (v Editions) Hold(ctx context.Context, edition int64, h bantin.Hold) error {
	return v.db.write(ctx, "hold the edition", func(tx *sql.Tx) error {
		goesOn, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM editions WHERE n = $1 AND status IN ('open', 'sending'))`, edition)
		if err != nil || !goesOn {
			return err
		}
		return v.db.hold(ctx, tx, edition, &h)
	})
}

// holds gives what an edition is held for now: the edition first, then domains.
func (db *DB) holds(ctx context.Context, q querier, edition int64) ([]bantin.Hold, error) {
	list, err := collectFields(ctx, q, func(h *bantin.Hold) []any { return []any{&h.Domain, &h.Reason, asJSON(&h.Detail), asTime(&h.Since)} }, `SELECT domain, reason, detail, since FROM holds WHERE edition = $1 AND ended = 0 ORDER BY domain, n`, edition)
	return list, wrap(err, "look what the edition is held for")
}

// HeldDomains gives the receiving domains of an edition that wait for a person.
func (v Editions) HeldDomains(ctx context.Context, edition int64) ([]string, error) {
	return collectColumn[string](ctx, v.db.reader, `SELECT DISTINCT domain FROM holds WHERE edition = $1 AND domain <> '' AND ended = 0`, edition)
}

// endHolds ends what an edition is held for, and begins its outcomes anew: remaining
// are unsettled. accepted tells that the refusals are right: it is not held for them
// again. What waited for a domain is due.
func (db *DB) endHolds(ctx context.Context, tx *sql.Tx, edition, remaining int64, accepted bool) error {
	now, err := db.time(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE holds SET ended = $1, accepted = $2 WHERE edition = $3 AND ended = 0`, millis(now), boolInt(accepted), edition)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET remaining = $1, accepted = CASE WHEN $2 = 1 THEN 1 ELSE accepted END WHERE n = $3`, remaining, boolInt(accepted), edition)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `DELETE FROM outcomes WHERE edition = $1`, edition); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE chunks SET due = 0 WHERE edition = $1 AND done = 0`, edition)
	return err
}

// heldUntil is a time that never comes, in milliseconds: 9999-01-01. A delivery of a
// held domain is parked: it is next then, and the node that claims its chunk looks whether the
// domain is held still. Waits are stored by how long they are, so that what is parked
// lies somewhere behind parkedFrom.
const (
	heldUntil  = 253370764800000
	parkedFrom = heldUntil - 24*60*60*1000
)

// HeldUntil is when a delivery of a held domain is tried next: never, by itself.
func HeldUntil() time.Time { return fromMillis(heldUntil) }
