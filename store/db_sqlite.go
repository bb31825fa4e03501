package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver
)

// File is the name of the database in a data directory.
const File = "bantin.db"

// busyTimeout is how long a connection waits for a lock of another process. It
// is long since SQLite's lock is not fair: beside a daemon that writes often, on a
// slow disk, a command may wait many turns.
const busyTimeout = 30 * time.Second

// readers is the number of connections that read beside those that write.
const readers = 4

// openSQLite opens the file in the directory dir. One connection writes:
// writers queue at it and not at SQLite's lock.
func openSQLite(ctx context.Context, dir string, opt Options) (*DB, error) {
	path := filepath.Join(dir, File)
	if opt.NoMigrate {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
	} else if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	if err := keepPrivate(path, !opt.NoMigrate); err != nil {
		return nil, err
	}
	writer, err := connectSQLite(path, 1, "_txlock=immediate")
	if err != nil {
		return nil, err
	}
	schema, err := migrate(ctx, writer, goose.DialectSQLite3, "migrations/sqlite", opt.NoMigrate)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, explain(err)), writer.Close())
	}
	reader, err := connectSQLite(path, readers, "_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	settle, err := writer.PrepareContext(ctx, storeResultSQL)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, explain(err)), reader.Close(), writer.Close())
	}
	return &DB{writer: writer, reader: reader, storeResult: settle, dir: dir, schema: schema}, nil
}

// connectSQLite opens connections to the file. Rows that are removed are
// overwritten (secure_delete): who is erased is not to be found in it.
func connectSQLite(path string, connections int, option string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + option +
		fmt.Sprintf("&_pragma=busy_timeout(%d)", busyTimeout.Milliseconds()) + "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=cache_size(-2000)&_pragma=temp_store(MEMORY)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// emptyWAL moves what stands in the write-ahead file into the database and cuts
// that file, which still has the pages from before an erasure. Where others read
// or write for longer than two seconds the file stays and is written over in
// time: no reason to call the erasure off, which is done.
func (db *DB) emptyWAL(ctx context.Context) {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	patience := fmt.Sprintf(`PRAGMA busy_timeout = %d`, busyTimeout.Milliseconds())
	for _, pragma := range []string{`PRAGMA busy_timeout = 2000`, `PRAGMA wal_checkpoint(TRUNCATE)`, patience} {
		_, _ = conn.ExecContext(ctx, pragma)
	}
}
