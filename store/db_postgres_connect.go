package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresServer makes connections to a PostgreSQL server, or to a pooler before it.
type postgresServer struct {
	config   *pgx.ConnConfig
	settings map[string]string // of each session
	password func() (string, error)
}

// sessionSettings are how the program wants its sessions: who waits for a lock gives up as
// it does on SQLite, and a node that stands still in a transaction, or is cut off, holds
// nobody up. What the address says itself stays. They are set once a connection stands: a
// pooler such as PgBouncer refuses most of them as startup parameters.
func sessionSettings(config *pgx.ConnConfig) map[string]string {
	settings := map[string]string{
		"application_name":                    "bantin",
		"timezone":                            "UTC",
		"jit":                                 "off", // compiling a query takes longer than any of ours
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "10s",
		"tcp_keepalives_idle":                 "10",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	}
	maps.DeleteFunc(settings, func(name, _ string) bool { return config.RuntimeParams[name] != "" })
	return settings
}

// pool makes a pool of connections whose sessions have more settings.
func (s *postgresServer) pool(connections int, more map[string]string) *sql.DB {
	db := sql.OpenDB(&connector{s.connector(more)})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

func (s *postgresServer) connector(more map[string]string) driver.Connector {
	settings := maps.Clone(s.settings)
	maps.Copy(settings, more)
	return stdlib.GetConnector(*s.config, stdlib.OptionBeforeConnect(s.setPassword), stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		var query strings.Builder
		var args []any
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			fmt.Fprintf(&query, ", set_config($%d, $%d, false)", len(args)+1, len(args)+2)
			args = append(args, name, settings[name])
		}
		_, err := conn.Exec(ctx, "SELECT "+query.String()[2:], append([]any{pgx.QueryExecModeExec}, args...)...)
		return err
	}))
}

// setPassword gives a connection the password that holds now.
func (s *postgresServer) setPassword(_ context.Context, config *pgx.ConnConfig) (err error) {
	if s.password != nil {
		config.Password, err = s.password()
	}
	return err
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
