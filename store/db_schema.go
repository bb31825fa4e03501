package store

import (
	"context"
	"fmt"
)

// CheckSchema is ErrNewer once a newer program has changed the database: this
// one must step back then.
func (db *DB) CheckSchema(ctx context.Context) error {
	var have int64
	err := db.reader.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&have)
	if err != nil {
		return fmt.Errorf("look up the schema: %w", explain(err))
	}
	return newer(have, db.schema)
}

func newer(have, knows int64) error {
	if have > knows {
		return fmt.Errorf("%w: it has schema %d, this program knows %d", ErrNewer, have, knows)
	}
	return nil
}
