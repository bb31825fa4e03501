package store

import (
	"context"
	"database/sql"
	"fmt"

	"bantin"
)

// Notes gives what a source remembers of itself.
func (v Sources) Notes(ctx context.Context, source string) (map[string]string, error) {
	notes := map[string]string{}
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
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

// SaveItemVersions keeps the versions of items that brought nothing else, and notes; a
// note without a value is forgotten.
func (v Sources) SaveItemVersions(ctx context.Context, source string, versions, notes map[string]string) error {
	return v.db.write(ctx, "remember the state of source "+source, func(tx *sql.Tx) error {
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

// WithdrawVanished withdraws the bulletin of an item that its site no longer shows and
// gives its id. It stays, and id is "", where it is withdrawn already or another
// item has it too.
func (v Sources) WithdrawVanished(ctx context.Context, source, item string) (id string, err error) {
	err = v.db.write(ctx, "withdraw what vanished from "+source, func(tx *sql.Tx) error {
		return v.db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			id, err = in.removeItem(ctx, source, item)
			return err
		})
	})
	return id, err
}

func (in *bulletinTx) removeItem(ctx context.Context, source, item string) (id string, err error) {
	// A merged bulletin is withdrawn with the last item of what it was merged into.
	k, err := in.load(ctx, `b.n = (SELECT root.n FROM items i JOIN bulletins was ON was.n = i.bulletin
			JOIN bulletins root ON root.id = COALESCE(was.merged_into, was.id)
			WHERE i.source = $1 AND i.item = $2)
		AND NOT EXISTS (SELECT 1 FROM items other JOIN bulletins o ON o.n = other.bulletin
			WHERE (o.n = b.n OR o.merged_into = b.id) AND other.gone = 0 AND NOT (other.source = $1 AND other.item = $2))`,
		source, item)
	if err != nil {
		return "", err
	}
	if k != nil {
		if id, err = in.withdrawVanished(ctx, k); err != nil {
			return "", err
		}
	}
	return id, in.exec(ctx, `UPDATE items SET gone = 1 WHERE source = $1 AND item = $2`, source, item)
}

// withdrawVanished withdraws a bulletin because no source has it any more, unless a
// person's verdict says otherwise; its id is "" where that changes nothing.
func (in *bulletinTx) withdrawVanished(ctx context.Context, k *storedBulletin) (id string, err error) {
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return "", err
	}
	if v != nil {
		v.source.Withdrawn = true
		if err := in.saveVerdict(ctx, k.n, v); err != nil || v.withdrawn.Valid {
			return "", err
		}
	}
	if k.bulletin.Withdrawn {
		return "", nil
	}
	b := k.bulletin
	b.Withdrawn = true
	_, err = in.update(ctx, k, &b, nil)
	return k.id, err
}

// ByChange gives history that readers may see, the last that changed first, with
// a change below before (0: from the last), at most limit.
func (v History) ByChange(ctx context.Context, before int64, limit int) ([]bantin.Bulletin, error) {
	if before == 0 {
		before = 1 << 62
	}
	var list []bantin.Bulletin
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
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
