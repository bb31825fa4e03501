package store

import (
	"context"
	"database/sql"
	"time"
)

// Sources keeps what is remembered of each source between two reads: how the
// last read went (RecordRead, List), its items with their versions (Items,
// SaveItemVersions, MarkItemsGone, WithdrawVanished, WithItems), what is wrong
// with them (Problems, ProblemItems, RecordProblems) and its own notes (Notes). Rename carries all of it over to a new id.
type Sources struct{ db *DB }

// Sources gives the view of the sources.
func (db *DB) Sources() Sources { return Sources{db} }

// SourceState is what is remembered of a source's reads.
type SourceState struct {
	ID          string
	LastSuccess time.Time // zero: never
	LastError   string    // "" after a read that went well
	ErrorAt     time.Time
	NextTry     time.Time // zero: by the schedule

	FailingSince time.Time // zero: its last read went well
}

// RecordRead remembers how a read of a source went: failure is nil when well.
func (v Sources) RecordRead(ctx context.Context, id string, failure error, next time.Time) error {
	return v.db.write(ctx, "note state of source "+id, func(tx *sql.Tx) error {
		now := millis(v.db.now())
		if failure == nil {
			_, err := tx.ExecContext(ctx, `INSERT INTO sources (id, last_success, next_try) VALUES ($1, $2, $3)
				ON CONFLICT (id) DO UPDATE SET last_success = excluded.last_success, last_error = '', error_at = NULL, failing_since = 0, next_try = excluded.next_try`,
				id, now, nullMillis(next))
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sources (id, last_error, error_at, next_try, failing_since) VALUES ($1, $2, $3, $4, $3)
			ON CONFLICT (id) DO UPDATE SET last_error = excluded.last_error, error_at = excluded.error_at, next_try = excluded.next_try,
				failing_since = CASE WHEN sources.failing_since = 0 THEN excluded.failing_since ELSE sources.failing_since END`,
			id, failure.Error(), now, nullMillis(next))
		return err
	})
}

// List gives the state of every source that was ever read.
func (v Sources) List(ctx context.Context) ([]SourceState, error) {
	list, err := collect(ctx, v.db.reader, func(row scanner) (s SourceState, err error) {
		var failing sql.NullInt64
		err = row.Scan(&s.ID, asTime(&s.LastSuccess), &s.LastError, asTime(&s.ErrorAt), asTime(&s.NextTry), &failing)
		s.FailingSince = fromZeroMillis(failing)
		return s, err
	}, `SELECT id, last_success, last_error, error_at, next_try, failing_since FROM sources ORDER BY id`)
	return list, wrap(err, "list sources")
}

// Rename carries over what is known under an old id of a source. Ids of
// bulletins stay as they are.
func (v Sources) Rename(ctx context.Context, from, to string) error {
	return v.db.write(ctx, "rename source "+from, func(tx *sql.Tx) error {
		for _, query := range []string{
			`UPDATE items SET source = $2 WHERE source = $1
				AND NOT EXISTS (SELECT 1 FROM items o WHERE o.source = $2 AND o.item = items.item)`,
			`UPDATE bulletins SET source = $2 WHERE source = $1`,
			`UPDATE tags SET tag = 'source:' || $2 WHERE tag = 'source:' || $1
				AND NOT EXISTS (SELECT 1 FROM tags o WHERE o.tag = 'source:' || $2 AND o.seq = tags.seq)`,
			`UPDATE source_notes SET source = $2 WHERE source = $1
				AND NOT EXISTS (SELECT 1 FROM source_notes o WHERE o.source = $2 AND o.name = source_notes.name)`,
			`UPDATE source_problems SET source = $2 WHERE source = $1
				AND NOT EXISTS (SELECT 1 FROM source_problems o WHERE o.source = $2 AND o.item = source_problems.item)`,
			`UPDATE sources SET id = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM sources WHERE id = $2)`,
		} {
			if _, err := tx.ExecContext(ctx, query, from, to); err != nil {
				return err
			}
		}
		return nil
	})
}
