// Package store keeps everything bantin must not forget: bulletins with their
// revisions, contacts, editions and the delivery ledger.
//
// Today it is one SQLite database in WAL mode under the data directory. Any
// number of processes may have it open: each exported method is one
// transaction (or a series of short ones, where its comment says so), writers
// take the lock at once and wait at most ten seconds for each other, and no
// transaction is meant to last over 200 ms. A method returns when what it
// wrote is on disk (synchronous=FULL).
//
// SQL stands in view beside its scan, in one text with $1 parameters. Times
// are stored as milliseconds; text that is searched comes in already folded.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver
)

//go:embed migrations
var migrations embed.FS

// File is the name of the database in a data directory.
const File = "bantin.db"

// readers is the number of connections that read beside the one that writes.
const readers = 4

// DB is an open database. It is safe for use by several goroutines.
type DB struct {
	writer *sql.DB // one connection: writers queue here and not at SQLite's lock
	reader *sql.DB
	dir    string
	now    func() time.Time
}

// Options tune Open; the zero value is right for a program.
type Options struct {
	Now func() time.Time // the clock; default time.Now
}

// Open opens the database in the directory dir, makes both where they are
// missing, and brings the schema up to date. A database that is newer than
// the program is ErrNewer.
func Open(ctx context.Context, dir string, opt Options) (*DB, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	path := filepath.Join(dir, File)
	writer, err := connect(path, 1, "_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, writer); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, explain(err)), writer.Close())
	}
	reader, err := connect(path, readers, "_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return &DB{writer: writer, reader: reader, dir: dir, now: opt.Now}, nil
}

func connect(path string, connections int, option string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + option +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-2000)&_pragma=temp_store(MEMORY)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	have, want, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("%w: it has schema %d, this program knows %d", ErrNewer, have, want)
	}
	if have == want {
		return nil
	}
	_, err = provider.Up(ctx)
	return err
}

// Close closes the database. Nothing that was returned is lost.
func (db *DB) Close() error { return errors.Join(db.reader.Close(), db.writer.Close()) }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return explain(db.reader.QueryRowContext(ctx, `SELECT 1`).Scan(&one))
}

// write runs do in a transaction that is durable when write returns nil.
func (db *DB) write(ctx context.Context, act string, do func(tx *sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", act, explain(err))
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := do(tx); err != nil {
		return fmt.Errorf("%s: %w", act, explain(err))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", act, explain(err))
	}
	return nil
}

// querier is what both a pool and a transaction can do.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// each runs scan for every row of a query and looks at what ended it.
func each(ctx context.Context, q querier, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
