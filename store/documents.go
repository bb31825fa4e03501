package store

import (
	"context"
	"database/sql"
	"time"
)

// Publish notes the published documents by path and ETag, and gives for each
// since when it has said what it says: now, where the ETag is another than the
// last one. So Last-Modified survives a restart and never goes back.
func (db *DB) Publish(ctx context.Context, etags map[string]string) (map[string]time.Time, error) {
	modified := make(map[string]time.Time, len(etags))
	err := db.write(ctx, "note published documents", func(tx *sql.Tx) error {
		note, err := tx.PrepareContext(ctx, `INSERT INTO documents (path, etag, modified) VALUES ($1, $2, $3)
			ON CONFLICT (path) DO UPDATE SET
				modified = CASE WHEN etag = excluded.etag THEN modified ELSE MAX(modified + 1000, excluded.modified) END,
				etag = excluded.etag
			RETURNING modified`)
		if err != nil {
			return err
		}
		defer note.Close()
		now := db.now().Truncate(time.Second) // HTTP dates know no more (RFC 9110 5.6.7)
		for path, etag := range etags {
			var ms int64
			if err := note.QueryRowContext(ctx, path, etag, millis(now)).Scan(&ms); err != nil {
				return err
			}
			modified[path] = moment(ms)
		}
		return nil
	})
	return modified, err
}
