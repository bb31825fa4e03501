package store

import (
	"context"
	"database/sql"
	"time"
)

// RegisterFeedID notes under which id a feed is first published, so that it keeps its
// permanent id when it is renamed; see OriginalFeedID. A second time changes nothing.
func (db *DB) RegisterFeedID(ctx context.Context, id string) error {
	return db.write(ctx, "note feed "+id, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO feeds (id, born, selection) VALUES ($1, $1, '') ON CONFLICT (id) DO NOTHING`, id)
		return err
	})
}

// LastChangeAt gives when the last change number was given. It never goes back.
func (v Bulletins) LastChangeAt(ctx context.Context) (time.Time, error) {
	var ms int64
	err := v.db.reader.QueryRowContext(ctx, `SELECT value FROM counters WHERE name = 'changed_at'`).Scan(&ms)
	return moment(ms), explain(err)
}

// EditionsVersion changes whenever an edition is made or cancelled.
func (db *DB) EditionsVersion(ctx context.Context) (string, error) {
	var version string
	err := db.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(n), 0) || '/' || COALESCE(SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), 0)
		FROM editions`).Scan(&version)
	return version, explain(err)
}
