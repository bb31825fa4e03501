package store

import (
	"context"
	"database/sql"
)

// Items gives the version of each item of a source at its last read; those
// that are gone since are left out.
func (v Sources) Items(ctx context.Context, source string) (map[string]string, error) {
	seen, err := collectMap[string, string](ctx, v.db.reader, `SELECT item, version FROM items WHERE source = $1 AND gone = 0`, source)
	return seen, wrap(err, "list items of %s", source)
}

// MarkItemsGone marks items that their source no longer has, and forgets what was wrong
// with them. Their bulletins stay.
func (v Sources) MarkItemsGone(ctx context.Context, source string, items []string) error {
	return v.db.write(ctx, "mark removed items of "+source, func(tx *sql.Tx) error {
		for _, item := range items {
			if _, err := tx.ExecContext(ctx, `UPDATE items SET gone = 1 WHERE source = $1 AND item = $2`, source, item); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, endProblemSQL, source, item); err != nil {
				return err
			}
		}
		return nil
	})
}

// WithItems gives the ids under which items are known.
func (v Sources) WithItems(ctx context.Context) ([]string, error) {
	list, err := collectColumn[string](ctx, v.db.reader, `SELECT DISTINCT source FROM items ORDER BY source`)
	return list, err
}
