package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bantin"
)

// SeqRange is a span of seq: above After, up to and with UpTo.
type SeqRange struct{ After, UpTo int64 }

// maxSealedPages bounds the pages that one transaction seals.
const maxSealedPages = 100

// SealArchives makes archive pages of size bulletins each from what a feed
// chooses by tags, until fewer than size are left over, and gives the number of
// pages there are. Pages stay as they are for ever, whatever becomes of the
// bulletins in them; a feed that chooses otherwise than before is begun anew.
func (v Feeds) SealArchives(ctx context.Context, feed string, tags [][]string, size int) (pages int, err error) {
	selection, err := json.Marshal(tags)
	if err != nil {
		return 0, err
	}
	if err := v.db.saveSelection(ctx, feed, string(selection)); err != nil {
		return 0, err
	}
	for {
		var last int64
		if pages, last, err = v.db.lastArchive(ctx, feed); err != nil {
			return 0, err
		}
		seqs, err := v.db.seqs(ctx, tags, last, size*maxSealedPages)
		if err != nil || len(seqs) < size {
			return pages, err
		}
		if err := v.db.seal(ctx, feed, pages, seqs, size); err != nil {
			return 0, err
		}
	}
}

// saveSelection notes that a feed is published and what it chooses.
func (db *DB) saveSelection(ctx context.Context, feed, selection string) error {
	before, err := get[string](ctx, db.reader, `SELECT selection FROM feeds WHERE id = $1`, feed)
	if err == nil && before == selection {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look up feed %s: %w", feed, explain(err))
	}
	return db.write(ctx, "remember feed "+feed, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO feeds (id, born, selection) VALUES ($1, $1, $2)
			ON CONFLICT (id) DO UPDATE SET selection = excluded.selection`, feed, selection)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM archives WHERE feed = $1`, feed)
		return err
	})
}

func (db *DB) lastArchive(ctx context.Context, feed string) (page int, last int64, err error) {
	err = db.reader.QueryRowContext(ctx, `SELECT page, last_seq FROM archives WHERE feed = $1
		ORDER BY page DESC LIMIT 1`, feed).Scan(&page, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	return page, last, explain(err)
}

// seal adds full pages of seqs behind those there are. Where another process
// was faster, its pages stand.
func (db *DB) seal(ctx context.Context, feed string, pages int, seqs []int64, size int) error {
	return db.write(ctx, "seal archives of feed "+feed, func(tx *sql.Tx) error {
		for run := range slices.Chunk(seqs, size) {
			if len(run) < size {
				break
			}
			pages++
			_, err := tx.ExecContext(ctx, `INSERT INTO archives (feed, page, last_seq) VALUES ($1, $2, $3)
				ON CONFLICT (feed, page) DO NOTHING`, feed, pages, run[size-1])
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// seqs gives the seq of what is chosen by tags, above after, in order.
func (db *DB) seqs(ctx context.Context, tags [][]string, after int64, limit int) ([]int64, error) {
	var args params
	var query string
	if len(tags) == 0 {
		query = `SELECT b.seq FROM bulletins b WHERE b.listed = 1 AND b.seq > ` + args.add(after)
	} else {
		query = `SELECT DISTINCT t.seq FROM tags t WHERE t.tag IN ` + args.inList(tags[0]) +
			` AND t.seq > ` + args.add(after) + taggedSQL(&args, "t.seq", tags[1:])
	}
	list, err := collectColumn[int64](ctx, db.reader, query+` ORDER BY 1 LIMIT `+args.add(limit), args...)
	return list, wrap(err, "list what to archive")
}

// Archive gives the run of an archive page, or bantin.ErrNotFound.
func (v Feeds) Archive(ctx context.Context, feed string, page int) (SeqRange, error) {
	var r SeqRange
	err := v.db.reader.QueryRowContext(ctx, `SELECT
			COALESCE((SELECT last_seq FROM archives WHERE feed = $1 AND page = $2 - 1), 0), last_seq
		FROM archives WHERE feed = $1 AND page = $2`, feed, page).Scan(&r.After, &r.UpTo)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fmt.Errorf("archive page %d of feed %s: %w", page, feed, bantin.ErrNotFound)
	}
	return r, explain(err)
}

// OriginalID gives the id under which a feed was first published.
func (v Feeds) OriginalID(ctx context.Context, feed string) (string, error) {
	born, err := get[string](ctx, v.db.reader, `SELECT born FROM feeds WHERE id = $1`, feed)
	if errors.Is(err, sql.ErrNoRows) {
		return feed, nil
	}
	return born, explain(err)
}

// Rename carries over what is known under an old id of a feed: what its
// permanent id is made from, its archive pages, since when it says what it
// says; the same for the feeds of places or clusters below it. A feed that is
// known under the new id keeps its own.
func (v Feeds) Rename(ctx context.Context, from, to string) error {
	olds, err := v.db.feedIDs(ctx, from)
	if err != nil || len(olds) == 0 {
		return err
	}
	return v.db.write(ctx, "rename feed "+from, func(tx *sql.Tx) error {
		for _, old := range olds {
			id := to + strings.TrimPrefix(old, from)
			for _, query := range []string{
				`UPDATE archives SET feed = $2 WHERE feed = $1 AND NOT EXISTS (SELECT 1 FROM feeds WHERE id = $2)`,
				`UPDATE documents SET name = 'feed:' || $2 WHERE name = 'feed:' || $1
					AND NOT EXISTS (SELECT 1 FROM documents WHERE name = 'feed:' || $2)`,
				`UPDATE feeds SET id = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM feeds WHERE id = $2)`,
				`UPDATE statistics SET name = $2 WHERE figure = 'readers' AND part = 'feed' AND name = $1
					AND NOT EXISTS (SELECT 1 FROM statistics o WHERE o.figure = 'readers' AND o.part = 'feed' AND o.name = $2)`,
			} {
				if _, err := tx.ExecContext(ctx, query, old, id); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// feedIDs gives a feed and those below it, as far as they were published.
func (db *DB) feedIDs(ctx context.Context, id string) ([]string, error) {
	list, err := collectColumn[string](ctx, db.reader, `SELECT id FROM feeds WHERE id = $1 OR id >= $2 AND id < $3 ORDER BY id`, id, id+"/", id+"0") // 0 follows /
	return list, wrap(err, "list feeds of %s", id)
}
