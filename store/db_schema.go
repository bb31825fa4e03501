package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// CheckSchema is ErrNewer once a newer program has changed the database: this
// one must step back then.
func (db *DB) CheckSchema(ctx context.Context) error {
	have, err := get[int64](ctx, db.reader, `SELECT MAX(version_id) FROM goose_db_version`)
	if err != nil {
		return fmt.Errorf("look up the schema: %w", explain(err))
	}
	return newer(have, db.schema)
}

// knownSchema is the newest schema that this program knows.
func knownSchema() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("list migrations: %w", errors.Join(err, fs.ErrNotExist))
	}
	number, _, _ := strings.Cut(path.Base(files[len(files)-1]), "_")
	return strconv.ParseInt(number, 10, 64)
}

func newer(have, knows int64) error {
	if have > knows {
		return fmt.Errorf("%w: it has schema %d, this program knows %d", ErrNewer, have, knows)
	}
	return nil
}
