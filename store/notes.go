package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bantin"
)

// Notes gives what a source remembers of itself.
func (db *DB) Notes(ctx context.Context, source string) (map[string]string, error) {
	notes := map[string]string{}
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		notes[name] = value
		return err
	}, `SELECT name, value FROM source_notes WHERE source = $1`, source)
	if err != nil {
		return nil, fmt.Errorf("read notes of source %s: %w", source, err)
	}
	return notes, nil
}

// Remember keeps the versions of items that brought nothing else, and notes; a
// note without a value is forgotten.
func (db *DB) Remember(ctx context.Context, source string, versions, notes map[string]string) error {
	return db.write(ctx, "remember the state of source "+source, func(tx *sql.Tx) error {
		for item, version := range versions {
			_, err := tx.ExecContext(ctx, `INSERT INTO items (source, item, version, digest) VALUES ($1, $2, $3, '')
				ON CONFLICT (source, item) DO UPDATE SET version = excluded.version`, source, item, version)
			if err != nil {
				return err
			}
		}
		for name, value := range notes {
			query, args := `INSERT INTO source_notes (source, name, value) VALUES ($1, $2, $3)
				ON CONFLICT (source, name) DO UPDATE SET value = excluded.value`, []any{source, name, value}
			if value == "" {
				query, args = `DELETE FROM source_notes WHERE source = $1 AND name = $2`, args[:2]
			}
			if _, err := tx.ExecContext(ctx, query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Vanish withdraws the bulletin of an item that its site no longer shows and
// gives its id. It stays, and id is "", where it is withdrawn already or another
// item has it too.
func (db *DB) Vanish(ctx context.Context, source, item string) (id string, err error) {
	err = db.write(ctx, "withdraw what vanished from "+source, func(tx *sql.Tx) error {
		in := intake{tx: tx, now: millis(db.now()), prepared: map[string]*sql.Stmt{}}
		if err := in.loadCounters(ctx); err != nil {
			return err
		}
		if id, err = in.vanish(ctx, source, item); err != nil {
			return err
		}
		return in.saveCounters(ctx)
	})
	return id, err
}

func (in *intake) vanish(ctx context.Context, source, item string) (id string, err error) {
	var n int64
	var seq sql.NullInt64
	err = in.queryRow(ctx, `SELECT b.n, b.id, b.seq FROM bulletins b
		WHERE b.n = (SELECT bulletin FROM items WHERE source = $1 AND item = $2) AND b.withdrawn = 0
			AND NOT EXISTS (SELECT 1 FROM items other WHERE other.bulletin = b.n AND other.gone = 0
				AND NOT (other.source = $1 AND other.item = $2))`, source, item).Scan(&n, &id, &seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if err == nil {
		change, at := in.change()
		err := in.exec(ctx, `UPDATE bulletins SET withdrawn = 1, listed = 0, change = $1, changed_at = $2 WHERE n = $3`, change, at, n)
		if err != nil {
			return "", err
		}
		if err := in.retag(ctx, seq.Int64, false, nil); err != nil {
			return "", err
		}
	}
	return id, in.exec(ctx, `UPDATE items SET gone = 1 WHERE source = $1 AND item = $2`, source, item)
}

// History gives history that readers may see, the last that changed first, with
// a change below before (0: from the last), at most limit.
func (db *DB) History(ctx context.Context, before int64, limit int) ([]bantin.Bulletin, error) {
	if before == 0 {
		before = 1 << 62
	}
	var list []bantin.Bulletin
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		b, err := scanBulletin(rows)
		list = append(list, b)
		return err
	}, `SELECT `+bulletinColumns+` FROM bulletins b
		JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.history = 1 AND b.listed = 1 AND b.change < $1 ORDER BY b.change DESC LIMIT $2`, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list history: %w", err)
	}
	return list, nil
}
