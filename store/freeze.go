package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// Freeze writes the next batch of an edition's recipients, and their chunk of
// the ledger, in one transaction; done tells that all are in and the edition
// is sendable. Any number of nodes may call it for the same edition.
func (db *DB) Freeze(ctx context.Context, edition int64, chunk int) (done bool, err error) {
	err = db.write(ctx, "freeze recipients", func(tx *sql.Tx) error {
		var (
			digest, audienceText string
			after                int64
			a                    Audience
		)
		err := tx.QueryRowContext(ctx, `SELECT digest, audience, frozen_to, CASE WHEN status = 'cancelled' THEN 1 ELSE frozen END
			FROM editions WHERE n = $1`, edition).Scan(&digest, &audienceText, &after, &done)
		if err != nil || done {
			return err
		}
		if err := json.Unmarshal([]byte(audienceText), &a); err != nil {
			return fmt.Errorf("audience of the edition: %w", err)
		}
		done, err = db.freezeBatch(ctx, tx, edition, digest, a, after, chunk)
		return err
	})
	return done, err
}

func (db *DB) freezeBatch(ctx context.Context, tx *sql.Tx, edition int64, digest string, a Audience, after int64, chunk int) (done bool, err error) {
	// The batch is bounded by contacts looked at, so that an audience of few
	// among millions does not hold the database up.
	var to int64
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM contacts WHERE id > $1 ORDER BY id LIMIT $2) AS batch`,
		after, chunk*4).Scan(&to)
	if err != nil {
		return false, err
	}
	if to == 0 {
		_, err := tx.ExecContext(ctx, `UPDATE editions SET frozen = 1, status = CASE WHEN status = 'open' THEN 'sending' ELSE status END WHERE n = $1`, edition)
		return true, err
	}
	if to, err = db.endOfWave(ctx, tx, edition, digest, a, after, to); err != nil {
		return false, err
	}
	var args params
	args.add(edition)
	query := `INSERT INTO deliveries (edition, contact, address, name, place, reads, language, why, status, attempts, next_attempt, updated_at, reply)
		SELECT $1, c.id, c.email, c.name, c.place, c.reads, CASE WHEN c.language = '' THEN ` + args.add(a.Site) + ` ELSE c.language END,
			CASE WHEN s.status = 'active' THEN 'signup' ELSE 'office' END, 'queued', 0, 0, ` + args.add(millis(db.now())) + `, ''
		` + a.from(&args, digest) + ` AND c.id > ` + args.add(after) + ` AND c.id <= ` + args.add(to)
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	if n > 0 {
		_, err = tx.ExecContext(ctx, `INSERT INTO chunks (edition, chunk, lo, hi)
			VALUES ($1, (SELECT COALESCE(MAX(chunk), 0) + 1 FROM chunks WHERE edition = $1), $2, $3)`, edition, after+1, to)
		if err != nil {
			return false, err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET frozen_to = $1, recipients = recipients + $2,
		canary_to = CASE WHEN recipients < canary THEN $1 ELSE canary_to END WHERE n = $3`, to, n, edition)
	return false, err
}

// endOfWave ends a batch with the last recipient of the first wave, so that
// this wave is chunks of its own; to where the batch does not reach that far.
func (db *DB) endOfWave(ctx context.Context, tx *sql.Tx, edition int64, digest string, a Audience, after, to int64) (int64, error) {
	var left int64
	err := tx.QueryRowContext(ctx, `SELECT canary - recipients FROM editions WHERE n = $1`, edition).Scan(&left)
	if err != nil || left <= 0 {
		return to, err
	}
	var args params
	query := `SELECT COUNT(*), COALESCE(MAX(id), 0) FROM (SELECT c.id ` + a.from(&args, digest) +
		` AND c.id > ` + args.add(after) + ` AND c.id <= ` + args.add(to) + ` ORDER BY c.id LIMIT ` + args.add(left) + `) AS wave`
	var n, last int64
	err = tx.QueryRowContext(ctx, query, args...).Scan(&n, &last)
	if n == left {
		to = last
	}
	return to, err
}
