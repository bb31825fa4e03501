package store

import (
	"context"
	"database/sql"
	"fmt"
)

// chunksPerBatch is how many chunks are frozen in one transaction: some tens of
// milliseconds, in which a statement and a flush to disk are little.
const chunksPerBatch = 10

// freezer is an edition whose recipients are being written down.
type freezer struct {
	edition  int64
	digest   string
	audience Audience
	to       int64 // the last contact that was looked at
}

// Freeze writes the next recipients of an edition, and their chunks of the
// ledger, in one transaction; done tells that all are in and the edition is
// sendable, and that this is on disk. Any number of nodes may call it for the
// same edition.
func (v Editions) Freeze(ctx context.Context, edition int64, chunk int) (done bool, err error) {
	err = v.db.write(ctx, "freeze recipients", func(tx *sql.Tx) error {
		f := freezer{edition: edition}
		err := tx.QueryRowContext(ctx, `SELECT digest, audience, frozen_to, CASE WHEN status IN ('cancelled', 'draft', 'scheduled') THEN 1 ELSE frozen END
			FROM editions WHERE n = $1`, edition).Scan(&f.digest, asJSON(&f.audience), &f.to, &done)
		if err != nil || done {
			return err
		}
		done, err = v.db.freezeBatch(ctx, tx, f, chunk)
		return err
	})
	if done && err == nil {
		err = v.db.analyze(ctx)
	}
	return done && err == nil, err
}

// analyze tells PostgreSQL what is in the ledger now. Without it the statement
// that settles reads all of it: measured, a tenth of the messages a second.
func (db *DB) analyze(ctx context.Context) error {
	if !db.postgres {
		return nil
	}
	return db.inTx(ctx, "analyze the ledger", func(tx *sql.Tx) error {
		// A tenth of the usual sample is enough to know how many rows there are.
		_, err := tx.ExecContext(ctx, `SET LOCAL default_statistics_target = 10`)
		if err == nil {
			_, err = tx.ExecContext(ctx, `ANALYZE deliveries, chunks`)
		}
		return err
	})
}

func (db *DB) freezeBatch(ctx context.Context, tx *sql.Tx, f freezer, chunk int) (done bool, err error) {
	// The batch is bounded by contacts looked at, so that an audience of few
	// among millions does not hold the database up.
	ends, err := batchEnds(ctx, tx, f.to, 4*chunk)
	if err != nil {
		return false, err
	}
	if len(ends) == 0 {
		_, err := tx.ExecContext(ctx, `UPDATE editions SET frozen = 1, status = CASE WHEN status = 'open' THEN 'sending' ELSE status END WHERE n = $1`, f.edition)
		return true, err
	}
	if db.postgres {
		// Nothing is sent before the last transaction, which is flushed with all
		// before it; what a crash takes of them is frozen again.
		if _, err := tx.ExecContext(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
			return false, err
		}
	}
	in := contactRange{f.to, ends[len(ends)-1]}
	if in.to, err = f.endOfWave(ctx, tx, in); err != nil {
		return false, err
	}
	n, err := f.addRecipients(ctx, tx, in, millis(db.now()))
	if err != nil {
		return false, err
	}
	if err := f.addChunks(ctx, tx, in, ends); err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET frozen_to = $1, recipients = recipients + $2,
		canary_to = CASE WHEN recipients < canary THEN $1 ELSE canary_to END WHERE n = $3`, in.to, n, f.edition)
	return false, err
}

// batchEnds gives the last contact of each of the next chunks, where one is so
// many contacts; none where there are no more. It steps through their ids alone:
// these have gaps, of people who were erased and imports that were undone.
func batchEnds(ctx context.Context, tx *sql.Tx, after int64, size int) (ends []int64, err error) {
	ends, err = collectColumn[int64](ctx, tx, `WITH RECURSIVE ends (id, n) AS (SELECT CAST($1 AS BIGINT), 0 UNION ALL
			SELECT COALESCE((SELECT c.id FROM contacts c WHERE c.id > ends.id ORDER BY c.id LIMIT 1 OFFSET $2),
				(SELECT MAX(c.id) FROM contacts c WHERE c.id > ends.id)), n + 1 FROM ends WHERE id IS NOT NULL AND n < $3)
		SELECT id FROM ends WHERE n > 0 AND id IS NOT NULL ORDER BY id`, after, size-1, chunksPerBatch)
	return ends, err
}

// addRecipients writes those of a span down and gives how many they are.
func (f *freezer) addRecipients(ctx context.Context, tx *sql.Tx, in contactRange, now int64) (int64, error) {
	var args params
	query := `INSERT INTO deliveries (edition, contact, address, name, place, reads, language, why, status, attempts, next_attempt, updated_at, reply)
		SELECT ` + args.add(f.edition) + `, c.id, c.email, c.name, c.place, c.reads, CASE WHEN c.language = '' THEN ` + args.add(f.audience.Site) + ` ELSE c.language END,
			CASE WHEN ` + in.signedUpSQL(&args, f.digest) + ` THEN 'signup' ELSE 'office' END, 'queued', 0, 0, ` + args.add(now) + `, ''
		` + f.audience.recipientsSQL(&args, f.digest, in)
	return execCount(ctx, tx, query, args...)
}

// addChunks makes a chunk of each range between the ends that has recipients.
// It does not ask for them by EXISTS: PostgreSQL makes a join of that, and may
// read the editions of all times for it.
func (f *freezer) addChunks(ctx context.Context, tx *sql.Tx, in contactRange, ends []int64) error {
	var args params
	query := `INSERT INTO chunks (edition, chunk, lo, hi)
		SELECT CAST(` + args.add(f.edition) + ` AS BIGINT), (SELECT COALESCE(MAX(chunk), 0) FROM chunks WHERE edition = $1) + r.column1, r.column2, r.column3
		FROM (VALUES `
	for i, end := range ends {
		if i > 0 {
			query += `, `
		}
		end = min(end, in.to)
		query += fmt.Sprintf(`(%d, CAST(%s AS BIGINT), CAST(%s AS BIGINT))`, i+1, args.add(in.after+1), args.add(end))
		if in.after = end; end == in.to {
			break
		}
	}
	_, err := tx.ExecContext(ctx, query+`) r
		WHERE (SELECT d.contact FROM deliveries d WHERE d.edition = $1 AND d.contact BETWEEN r.column2 AND r.column3 LIMIT 1) IS NOT NULL`, args...)
	return err
}

// endOfWave ends a batch with the last recipient of the first wave, so that
// this wave is chunks of its own; where the batch does, if it does not reach
// that far.
func (f *freezer) endOfWave(ctx context.Context, tx *sql.Tx, in contactRange) (int64, error) {
	left, err := get[int64](ctx, tx, `SELECT canary - recipients FROM editions WHERE n = $1`, f.edition)
	if err != nil || left <= 0 {
		return in.to, err
	}
	var args params
	query := `SELECT COUNT(*), COALESCE(MAX(id), 0) FROM (SELECT c.id ` + f.audience.recipientsSQL(&args, f.digest, in) + ` ORDER BY c.id LIMIT ` + args.add(left) + `) AS wave`
	var n, last int64
	err = tx.QueryRowContext(ctx, query, args...).Scan(&n, &last)
	if n == left {
		in.to = last
	}
	return in.to, err
}
