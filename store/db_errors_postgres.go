package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Errors of PostgreSQL that SQLite does not have.
var (
	ErrUnavailable        = errors.New("the database does not answer: see whether PostgreSQL runs and can be reached; nothing is lost, and all goes on when it is back")
	ErrAccessDenied       = errors.New("the database refuses this user or password: look at the user, the password and the rights in the address of the database")
	ErrNoDatabase         = errors.New("there is no such database: make it (createdb), or look at its name in the address of the database")
	ErrStandby            = errors.New("the database takes no writes: it is a standby, or set to read only")
	ErrTooManyConnections = errors.New("the database has no connection left: raise max_connections, or run fewer nodes")
)

// explainPostgres wraps an error of PostgreSQL with what a person can do, by its
// code (PostgreSQL documentation, appendix A).
func explainPostgres(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		if isConnectionError(err) {
			return fmt.Errorf("%w (%w)", ErrUnavailable, err)
		}
		return err
	}
	for prefix, known := range map[string]error{
		"53100": ErrFull, "53300": ErrTooManyConnections, "55P03": ErrLocked, "40001": ErrLocked, "40P01": ErrLocked,
		"25006": ErrStandby, "28": ErrAccessDenied, "42501": ErrAccessDenied, "3D000": ErrNoDatabase,
		"08": ErrUnavailable, "57P01": ErrUnavailable, "57P02": ErrUnavailable, "57P03": ErrUnavailable, "25P03": ErrUnavailable,
		"XX001": ErrDamaged, "XX002": ErrDamaged,
	} {
		if strings.HasPrefix(e.Code, prefix) {
			return fmt.Errorf("%w (%w)", known, err)
		}
	}
	return err
}

// isRetryable reports whether a transaction that ended with err may simply be
// run again: it surely changed nothing, and the next one may go well.
func isRetryable(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01") {
		return true // rolled back, at the commit too
	}
	if unsure := (uncertainCommit{}); errors.As(err, &unsure) {
		return false
	}
	if e != nil {
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P0") || e.Code == "25P03"
	}
	return isConnectionError(err)
}

// isConnectionError reports whether err is the end of a connection, or that there
// was none.
func isConnectionError(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}
