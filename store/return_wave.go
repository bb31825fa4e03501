package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// How long after a suppression the wave that it was part of may be found, and how long
// a hold is looked at for it: a machine may be off for a weekend.
const (
	waveFoundWithin = 24 * time.Hour
	waveLookback    = 7 * 24 * time.Hour
)

// wave is a return that was decided before its edition, or its domain, was held.
type wave struct {
	returned int64
	address  string
	domain   string // of the hold; "": the edition
	since    time.Time
}

// restoreWaves makes returns pending again that were decided too early: bounces that
// came after their edition was done have shown since that it reached nobody, and it
// is held. It gives how many suppressions were removed for that.
func (db *DB) restoreWaves(ctx context.Context) (restored int, err error) {
	for {
		list, err := db.waves(ctx)
		if err != nil || len(list) == 0 {
			return restored, err
		}
		var n int
		err = db.write(ctx, "remove the suppressions of a held edition", func(tx *sql.Tx) (err error) {
			n = 0
			for _, w := range list {
				removed, err := db.restoreWave(ctx, tx, w)
				if err != nil {
					return err
				}
				n += boolInt(removed)
			}
			return nil
		})
		if err != nil {
			return restored, err
		}
		restored += n
	}
}

// waves gives the next such returns. What was suppressed more than a day before the
// hold stays so: `suppressions undo` is for a person to say.
func (db *DB) waves(ctx context.Context) (list []wave, err error) {
	now, err := db.time(ctx, db.reader)
	if err != nil {
		return nil, fmt.Errorf("look for waves of refusals: %w", explain(err))
	}
	err = each(ctx, db.reader, func(rows *sql.Rows) error {
		var w wave
		err := rows.Scan(&w.returned, &w.address, &w.domain, asTime(&w.since))
		if len(list) < settleBatchSize && (w.domain == "" || w.domain == domainOf(w.address)) {
			list = append(list, w)
		}
		return err
	}, `SELECT r.n, r.address, h.domain, h.since FROM holds h CROSS JOIN returns r
			LEFT JOIN suppressions s ON s.address_key = LOWER(r.address) AND s.returned = r.n
		WHERE r.edition = h.edition AND h.accepted = 0 AND h.since >= $1 AND r.kind IN ('hard', 'soft') AND (h.ended = 0 OR r.at <= h.ended)
			AND (r.done = 'first' OR r.done = 'suppressed' AND s.at >= h.since - $2) ORDER BY r.n`,
		millis(now.Add(-waveLookback)), waveFoundWithin.Milliseconds())
	return list, wrap(err, "look for waves of refusals")
}

// restoreWave makes one return pending again, unless somebody was faster.
func (db *DB) restoreWave(ctx context.Context, tx *sql.Tx, w wave) (removed bool, err error) {
	s, err := scanSuppression(tx.QueryRowContext(ctx, `SELECT `+suppressionColumns+` FROM suppressions s WHERE s.address_key = $1 AND s.returned = $2`,
		bantin.AddressKey(w.address), w.returned))
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, err
	default:
		removed = true
		if err := db.unsuppress(ctx, tx, s, bantin.AuditEntry{By: bantin.ByBounce, Note: NoteWave}); err != nil {
			return false, err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE returns SET done = 'pending' WHERE n = $1 AND done IN ('first', 'suppressed')`, w.returned)
	return removed, err
}

// NoteWave is the note of the audit record where a suppression was removed because its
// edition was held.
const NoteWave = "wave"
