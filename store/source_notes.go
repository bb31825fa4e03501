package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Notes gives what a source remembers of itself.
func (v Sources) Notes(ctx context.Context, source string) (map[string]string, error) {
	notes, err := collectMap[string, string](ctx, v.db.reader, `SELECT name, value FROM source_notes WHERE source = $1`, source)
	return notes, wrap(err, "read notes of source %s", source)
}

// SaveItemVersions keeps the versions of items that brought nothing else, and notes; a
// note without a value is forgotten. What is stored as it is writes nothing: a source
// may say the same at each read.
func (v Sources) SaveItemVersions(ctx context.Context, source string, versions, notes map[string]string) error {
	versions, err := v.changed(ctx, versions, `SELECT version FROM items WHERE source = $1 AND item = $2`, source)
	if err != nil {
		return err
	}
	notes, err = v.changed(ctx, notes, `SELECT value FROM source_notes WHERE source = $1 AND name = $2`, source)
	if err != nil || len(versions)+len(notes) == 0 {
		return err
	}
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

// changed are the values that differ from what the query finds for their names; nothing
// is found for an empty one.
func (v Sources) changed(ctx context.Context, values map[string]string, query, source string) (map[string]string, error) {
	fresh := map[string]string{}
	for name, value := range values {
		stored, err := get[string](ctx, v.db.reader, query, source, name)
		isStored := err == nil
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("read the state of source %s: %w", source, explain(err))
		}
		if stored != value || !isStored && value != "" {
			fresh[name] = value
		}
	}
	return fresh, nil
}
