package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// These bound a transaction of forgetting, so that nobody waits for it; what
// came back has up to 64 KB each.
const (
	pruneBatchSize = 500
	rawBatchSize   = 50
)

// Prune removes the deliveries and the messages of editions that ended and were due
// before a time, and addresses and words from returns of that age but those
// that a suppression stands on or that are not decided yet: a batch at a time, until none is left. Counts
// of editions stay. It gives how many deliveries went.
func (v Deliveries) Prune(ctx context.Context, before time.Time) (forgotten int64, err error) {
	editions, err := collectColumn[int64](ctx, v.db.reader, `SELECT e.n FROM editions e WHERE e.status IN ('done', 'cancelled') AND e.due < $1 AND e.created_at < $1
		AND (EXISTS (SELECT 1 FROM deliveries d WHERE d.edition = e.n) OR EXISTS (SELECT 1 FROM segments s WHERE s.edition = e.n)) ORDER BY e.n`, millis(before))
	if err != nil {
		return 0, fmt.Errorf("look for old deliveries: %w", err)
	}
	for _, edition := range editions {
		n, err := v.db.pruneEdition(ctx, edition)
		forgotten += n
		if err != nil {
			return forgotten, err
		}
	}
	_, err = v.db.pruneBatches(ctx, "forget whom old returns were about", pruneBatchSize, `UPDATE returns SET address = '', diagnostic = ''
		WHERE n IN (SELECT n FROM returns WHERE at < $2 AND address <> '' AND done <> 'pending' AND n NOT IN (SELECT returned FROM suppressions) ORDER BY n LIMIT $1)`, millis(before))
	return forgotten, err
}

// pruneEdition removes the deliveries of an edition, and then what they said. The edition
// says so first: nobody is to take them for missing.
func (db *DB) pruneEdition(ctx context.Context, edition int64) (forgotten int64, err error) {
	err = db.execute(ctx, "forget old deliveries", `UPDATE editions SET pruned = 1 WHERE n = $1`, edition)
	if err != nil {
		return 0, err
	}
	forgotten, err = db.pruneBatches(ctx, "forget old deliveries", pruneBatchSize, `DELETE FROM deliveries WHERE edition = $2
		AND contact IN (SELECT contact FROM deliveries WHERE edition = $2 ORDER BY contact LIMIT $1)`, edition)
	if err != nil {
		return forgotten, err
	}
	_, err = db.pruneBatches(ctx, "forget old messages", pruneBatchSize, `DELETE FROM segments WHERE edition = $2
		AND number IN (SELECT number FROM segments WHERE edition = $2 ORDER BY number LIMIT $1)`, edition)
	return forgotten, err
}

// IsPruned reports whether the deliveries of an edition were removed by age.
func (v Editions) IsPruned(ctx context.Context, edition int64) (bool, error) {
	return anyRow(ctx, v.db.reader, `SELECT EXISTS (SELECT 1 FROM editions WHERE n = $1 AND pruned = 1)`, edition)
}

// Prune empties what was kept of the messages that came back before a
// time. What they said in short stays, so that counts and suppressions keep
// their reason.
func (v Returns) Prune(ctx context.Context, before time.Time) (int64, error) {
	return v.db.pruneBatches(ctx, "forget old bounces", rawBatchSize, `UPDATE returns SET raw = $3
		WHERE n IN (SELECT n FROM returns WHERE at < $2 AND LENGTH(raw) > 0 ORDER BY n LIMIT $1)`, millis(before), []byte{})
}

// pruneBatches does one statement, which takes the size of a batch as $1, again until
// it finds less.
func (db *DB) pruneBatches(ctx context.Context, act string, batch int64, query string, args ...any) (total int64, err error) {
	args = append([]any{batch}, args...)
	for {
		var n int64
		err := db.write(ctx, act, func(tx *sql.Tx) error {
			n, err = execCount(ctx, tx, query, args...)
			return err
		})
		total += n
		if err != nil || n < batch {
			return total, err
		}
	}
}
