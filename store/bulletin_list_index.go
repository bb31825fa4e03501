package store

import (
	"context"
	"database/sql"
	"fmt"

	"bantin"
)

// The list index (tables shelf, shelf_tags and words) is where lists and search
// find bulletins: each that readers may see has a position in it. It is updated
// asynchronously by change number, as feeds are, so that storing a bulletin pays
// nothing for it, and bulletins stored before there was an index enter it in the
// same way.

// IndexEntry is a bulletin that changed since it was last indexed.
type IndexEntry struct {
	bantin.Bulletin
	Listed  bool     // readers may see it; else it is removed from the index
	History bool     // it is news to nobody
	Words   string   // to be filled in: what it is found by, folded
	Tags    []string // to be filled in: what it is chosen by

	n int64
}

// Unindexed gives what changed since it was last indexed, in the order of
// the changes, at most limit.
func (v Bulletins) Unindexed(ctx context.Context, limit int) ([]IndexEntry, error) {
	list, err := collect(ctx, v.db.reader, func(row scanner) (s IndexEntry, err error) {
		var merged sql.NullString
		b, err := scanRevision(scanExtra{row, []any{&s.n, &s.Listed, &s.History}}, &merged)
		s.Bulletin = b
		return s, err
	}, `SELECT `+bulletinColumns+`, b.n, b.listed, b.history
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.change > (SELECT value FROM counters WHERE name = 'shelved') ORDER BY b.change LIMIT $1`, limit)
	return list, wrap(err, "list bulletins to index")
}

// Index puts a small batch that UnindexedBulletins gave where it belongs, in one
// transaction. Where another process was faster its work stands.
func (v Bulletins) Index(ctx context.Context, batch []IndexEntry) error {
	if len(batch) == 0 {
		return nil
	}
	return v.db.write(ctx, "index bulletins", func(tx *sql.Tx) error {
		seen, err := get[int64](ctx, tx, `SELECT value FROM counters WHERE name = 'shelved'`)
		if err != nil {
			return err
		}
		for i := range batch {
			if batch[i].Change <= seen {
				continue
			}
			if err := v.db.indexBulletin(ctx, tx, &batch[i]); err != nil {
				return fmt.Errorf("bulletin %s: %w", batch[i].ID, err)
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE counters SET value = $1 WHERE name = 'shelved' AND value < $1`, batch[len(batch)-1].Change)
		return err
	})
}

// indexBulletin replaces what the index has of the bulletin.
func (db *DB) indexBulletin(ctx context.Context, tx *sql.Tx, s *IndexEntry) error {
	do := func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	stood := `(SELECT pos FROM shelf WHERE bulletin = $1)`
	for _, query := range []string{
		`DELETE FROM words WHERE ` + db.wordsKey() + ` = ` + stood,
		`DELETE FROM shelf_tags WHERE pos = ` + stood,
		`DELETE FROM shelf WHERE bulletin = $1`,
	} {
		if err := do(query, s.n); err != nil {
			return err
		}
	}
	if !s.Listed {
		return nil
	}
	pos := s.pos()
	if err := do(`INSERT INTO shelf (pos, bulletin) VALUES ($1, $2)`, pos, s.n); err != nil {
		return err
	}
	for _, tag := range s.Tags {
		if !s.History {
			break // in tags, by its seq
		}
		if err := do(`INSERT INTO shelf_tags (tag, pos) VALUES ($1, $2) ON CONFLICT DO NOTHING`, tag, pos); err != nil {
			return err
		}
	}
	if db.postgres {
		return do(`INSERT INTO words (pos, said) VALUES ($1, $2::TSVECTOR)`, pos, tsvector(s.Words, s.Tags))
	}
	return do(`INSERT INTO words (rowid, text, tags) VALUES ($1, $2, $3)`, pos, s.Words, tagWords(s.Tags))
}

// pos is the bulletin's position: its seq, or for history a number below zero
// that rises with the day of publication, and with arrival within a day.
func (s *IndexEntry) pos() int64 {
	if !s.History {
		return s.Seq
	}
	t := s.Published
	if t.IsZero() {
		t = s.ArrivedAt
	}
	return dayPos(t) + s.n
}
