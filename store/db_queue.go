package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"
)

// The queue that wakes nodes lives in the same database and has connections of
// its own: it must not wait for the one that writes, nor that one for it.

// Shared reports whether the database is one that several machines share. Its
// queue is opened with QueuePool then, else with QueueFile.
func (db *DB) Shared() bool { return db.postgres }

// QueuePool connects a queue to PostgreSQL. Who asks for it closes it.
func (db *DB) QueuePool(ctx context.Context) (*pgxpool.Pool, error) {
	conn, err := postgresConfig(db.url)
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(db.url)
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %w", err)
	}
	config.ConnConfig = conn
	config.MaxConns = 4 // one listens, the others fetch, complete and elect
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect the queue: %w", explain(err))
	}
	return pool, nil
}

// QueueFile connects a queue to SQLite. Who asks for it closes it.
func (db *DB) QueueFile() (*sql.DB, error) {
	return connectSQLite(filepath.Join(db.dir, File), 2, "_txlock=immediate")
}

// WithSchemaLock runs do, which changes the schema, while no other program does.
func (db *DB) WithSchemaLock(ctx context.Context, do func() error) error {
	if !db.postgres {
		return do()
	}
	return withSchemaLock(ctx, db.writer, do)
}
