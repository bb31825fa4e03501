package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"bantin"
)

// writers is the number of connections that write to PostgreSQL: results of
// deliveries, claims and leases do not wait for the one that holds the writers' lock.
const writers = 4

// writersLock is the advisory lock that stands for SQLite's one writer: see
// DB.write. Any number would do; it must not be another program's.
const writersLock = 0x62616e74696e // "bantin"

// openPostgres opens the database that opt.URL names; dir is for what is this
// machine's own.
func openPostgres(ctx context.Context, dir string, opt Options) (*DB, error) {
	config, err := postgresConfig(opt.URL)
	if err != nil {
		return nil, err
	}
	server := &postgresServer{config: config, settings: sessionSettings(config), password: opt.Password}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	schema, err := migratePostgres(ctx, server, opt.NoMigrate)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", databaseName(config), explain(err))
	}
	return &DB{writer: server.pool(writers, nil), reader: server.pool(readers, map[string]string{"default_transaction_read_only": "on"}), dir: dir, url: opt.URL, postgres: true, schema: schema}, nil
}

// postgresConfig reads a postgres:// address and adds how the program connects.
func postgresConfig(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %s", bantin.Redacted(err.Error())) // pgx leaves most passwords out
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, 5*time.Second)
	dialer := &net.Dialer{Timeout: config.ConnectTimeout, Control: setUserTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	config.DialFunc = dialer.DialContext
	return config, nil
}

// databaseName is what a person may see of an address: never a password.
func databaseName(config *pgx.ConnConfig) string {
	return fmt.Sprintf("%s on %s", config.Database, net.JoinHostPort(config.Host, fmt.Sprint(config.Port)))
}

// migratePostgres brings the schema up to date, one program at a time.
func migratePostgres(ctx context.Context, server *postgresServer, look bool) (schema int64, err error) {
	db := sql.OpenDB(server.connector(nil))
	defer func() { err = errors.Join(err, db.Close()) }()
	err = withSchemaLock(ctx, db, func() error {
		schema, err = migrate(ctx, db, goose.DialectPostgres, "migrations/postgres", look)
		return err
	})
	return schema, err
}

// withSchemaLock runs do while no other program does what changes the schema.
func withSchemaLock(ctx context.Context, db *sql.DB, do func() error) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, writersLock+1); err != nil {
		return err
	}
	defer func() {
		_, unlocked := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, writersLock+1)
		err = errors.Join(err, unlocked)
	}()
	return do()
}
