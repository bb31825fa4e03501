package store

import (
	"context"
	"database/sql"
	"time"
)

// RecordPublished notes what is published, by name and a hash of what it says, and
// gives for each since when it says that: now, where the hash is another than
// the last one. So Last-Modified survives a restart and never goes back, and is
// the same on every node: one that made its documents at an earlier change than
// another goes by what that one said.
func (v Feeds) RecordPublished(ctx context.Context, change int64, hashes map[string]string) (map[string]time.Time, error) {
	modified := make(map[string]time.Time, len(hashes))
	err := v.db.write(ctx, "note published documents", func(tx *sql.Tx) error {
		note, err := tx.PrepareContext(ctx, `INSERT INTO documents (name, hash, modified, change) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO UPDATE SET
				modified = CASE WHEN documents.hash = excluded.hash OR documents.change > excluded.change THEN documents.modified
					WHEN documents.modified + 1000 > excluded.modified THEN documents.modified + 1000
					ELSE excluded.modified END,
				hash = CASE WHEN documents.change > excluded.change THEN documents.hash ELSE excluded.hash END,
				change = CASE WHEN documents.change > excluded.change THEN documents.change ELSE excluded.change END
			RETURNING modified`)
		if err != nil {
			return err
		}
		defer note.Close()
		now := v.db.now().Truncate(time.Second) // HTTP dates know no more (RFC 9110 5.6.7)
		for name, hash := range hashes {
			var ms int64
			err := note.QueryRowContext(ctx, name, hash, millis(now), change).Scan(&ms)
			if err != nil {
				return err
			}
			modified[name] = fromMillis(ms)
		}
		return nil
	})
	return modified, err
}

// PublishedNames gives the names of all that was ever published and begins with
// prefix: a feed that was there once stays.
func (v Feeds) PublishedNames(ctx context.Context, prefix string) ([]string, error) {
	names, err := collectColumn[string](ctx, v.db.reader, `SELECT name FROM documents WHERE name >= $1 AND name < $2 ORDER BY name`, prefix, prefix+"\U0010FFFF")
	return names, wrap(err, "list published documents")
}
