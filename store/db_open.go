package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// DB is an open database. It is safe for use by several goroutines.
type DB struct {
	writer      *sql.DB
	reader      *sql.DB
	storeResult *sql.Stmt // SQLite's, parsed once: see storeEachResult
	dir         string    // of what is this machine's own
	url         string    // of PostgreSQL
	postgres    bool
	now         func() time.Time
	fixed       bool // now is also the database's clock
	believed    bool // now is what a daemon believes: see UseClock
	schema      int64
	erasedKeys  [][]byte // of hashes of erased addresses, beside the one that callers give
	events      eventQueue
	audiences   audienceCache
}

// Options tune Open; the zero value is right for a program on SQLite.
type Options struct {
	URL string // postgres://…; "" for SQLite in the directory
	// Password gives the password for PostgreSQL at each new connection; nil: the URL has
	// it, or ~/.pgpass.
	Password func() (string, error)
	// NoMigrate leaves the schema as it is; one that is not the program's is ErrOlder
	// or ErrNewer. An SQLite database that is not there is fs.ErrNotExist.
	NoMigrate bool
	Now       func() time.Time // a clock for tests, the database's too; default time.Now, and leases by the database's
}

// Open opens the database in the directory dir or at opt.URL, makes what is
// missing, and brings the schema up to date. A database that is newer than the
// program is ErrNewer.
func Open(ctx context.Context, dir string, opt Options) (*DB, error) {
	db, err := connect(ctx, dir, opt)
	if err != nil {
		return nil, err
	}
	if db.now = opt.Now; db.now == nil {
		db.now = time.Now
	}
	db.fixed = opt.Now != nil
	return db, nil
}

func connect(ctx context.Context, dir string, opt Options) (*DB, error) {
	if opt.URL != "" {
		return openPostgres(ctx, dir, opt)
	}
	return openSQLite(ctx, dir, opt)
}

// migrate brings the schema up to date, or only looks at it, and gives its
// number.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string, look bool) (schema int64, err error) {
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return 0, err
	}
	provider, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return 0, err
	}
	have, want, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, err
	}
	switch err := newer(have, want); {
	case err != nil || have == want:
		return want, err
	case look:
		return want, ErrOlder
	}
	_, err = provider.Up(ctx)
	return want, err
}

// Close closes the database. Nothing that was returned is lost.
func (db *DB) Close() error { return errors.Join(db.reader.Close(), db.writer.Close()) }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return explain(db.reader.QueryRowContext(ctx, `SELECT 1`).Scan(&one))
}
