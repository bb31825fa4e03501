package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
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
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	schema, err := migratePostgres(ctx, config, opt.NoMigrate)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", databaseName(config), explain(err))
	}
	readOnly := config.Copy()
	readOnly.RuntimeParams["default_transaction_read_only"] = "on"
	return &DB{writer: connectPostgres(*config, writers), reader: connectPostgres(*readOnly, readers), dir: dir, url: opt.URL, postgres: true, schema: schema}, nil
}

// postgresConfig reads a postgres:// address and adds how the program wants
// its connections: who waits for a lock gives up as it does on SQLite, and a
// node that stands still in a transaction, or is cut off, holds nobody up.
func postgresConfig(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %w", err) // pgx leaves the password out
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	dialer := &net.Dialer{Timeout: config.ConnectTimeout, Control: setUserTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	config.DialFunc = dialer.DialContext
	for name, value := range map[string]string{
		"application_name":                    "bantin",
		"timezone":                            "UTC",
		"jit":                                 "off", // compiling a query takes longer than any of ours
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "10s",
		"tcp_keepalives_idle":                 "10",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	return config, nil
}

// databaseName is what a person may see of an address: never a password.
func databaseName(config *pgx.ConnConfig) string {
	return fmt.Sprintf("%s on %s", config.Database, net.JoinHostPort(config.Host, fmt.Sprint(config.Port)))
}

func connectPostgres(config pgx.ConnConfig, connections int) *sql.DB {
	db := sql.OpenDB(&connector{stdlib.GetConnector(config)})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

// migratePostgres brings the schema up to date, one program at a time.
func migratePostgres(ctx context.Context, config *pgx.ConnConfig, look bool) (schema int64, err error) {
	db := stdlib.OpenDB(*config)
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

// connector makes connections that take the same arguments as SQLite's.
type connector struct{ driver.Connector }

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{inner.(*stdlib.Conn)}, nil
}

type conn struct{ *stdlib.Conn }

// CheckNamedValue makes arguments what PostgreSQL can store: flags are numbers,
// and text is UTF-8 without NUL, which file names and replies of mail servers
// need not be. Slices pass as arrays.
func (*conn) CheckNamedValue(v *driver.NamedValue) error {
	if reflect.ValueOf(v.Value).Kind() == reflect.Slice {
		return nil
	}
	value, err := driver.DefaultParameterConverter.ConvertValue(v.Value)
	if err != nil {
		return err
	}
	switch x := value.(type) {
	case bool:
		value = int64(boolInt(x))
	case string:
		value = plainText(x)
	}
	v.Value = value
	return nil
}

func plainText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
