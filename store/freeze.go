package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// chunksAtOnce is how many chunks are frozen in one transaction: some tens of
// milliseconds, in which a statement and a flush to disk are little.
const chunksAtOnce = 5

// Freeze writes the next recipients of an edition, and their chunks of the
// ledger, in one transaction; done tells that all are in and the edition is
// sendable. Any number of nodes may call it for the same edition.
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
	if done && err == nil {
		err = db.analyze(ctx)
	}
	return done, err
}

// analyze tells PostgreSQL what is in the ledger now. Without it the statement
// that settles reads all of it: measured, a tenth of the messages a second.
func (db *DB) analyze(ctx context.Context) error {
	if !db.postgres {
		return nil
	}
	_, err := db.writer.ExecContext(ctx, `ANALYZE deliveries, chunks`)
	if err != nil {
		return fmt.Errorf("analyze the ledger: %w", explain(err))
	}
	return nil
}

func (db *DB) freezeBatch(ctx context.Context, tx *sql.Tx, edition int64, digest string, a Audience, after int64, chunk int) (done bool, err error) {
	// The batch is bounded by contacts looked at, so that an audience of few
	// among millions does not hold the database up.
	ends, err := batchEnds(ctx, tx, after, 4*chunk)
	if err != nil {
		return false, err
	}
	if len(ends) == 0 {
		_, err := tx.ExecContext(ctx, `UPDATE editions SET frozen = 1, status = CASE WHEN status = 'open' THEN 'sending' ELSE status END WHERE n = $1`, edition)
		return true, err
	}
	to, err := db.endOfWave(ctx, tx, edition, digest, a, after, ends[len(ends)-1])
	if err != nil {
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
	if err := addChunks(ctx, tx, edition, after, to, ends); err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET frozen_to = $1, recipients = recipients + $2,
		canary_to = CASE WHEN recipients < canary THEN $1 ELSE canary_to END WHERE n = $3`, to, n, edition)
	return false, err
}

// batchEnds gives the last contact of each of the next chunks, where one is so
// many contacts; none where there are no more.
func batchEnds(ctx context.Context, tx *sql.Tx, after int64, size int) (ends []int64, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ends = append(ends, id)
		return err
	}, `SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS r, COUNT(*) OVER () AS n
			FROM (SELECT id FROM contacts WHERE id > $1 ORDER BY id LIMIT $2) AS batch) AS numbered
		WHERE r % $3 = 0 OR r = n ORDER BY id`, after, size*chunksAtOnce, size)
	return ends, err
}

// addChunks makes a chunk of each range between the ends that has recipients.
func addChunks(ctx context.Context, tx *sql.Tx, edition, after, to int64, ends []int64) error {
	for _, end := range ends {
		end = min(end, to)
		_, err := tx.ExecContext(ctx, `INSERT INTO chunks (edition, chunk, lo, hi)
			SELECT CAST($1 AS BIGINT), COALESCE(MAX(chunk), 0) + 1, CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM chunks WHERE edition = $1
			HAVING EXISTS (SELECT 1 FROM deliveries WHERE edition = $1 AND contact BETWEEN $2 AND $3)`, edition, after+1, end)
		if err != nil || end == to {
			return err
		}
		after = end
	}
	return nil
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
