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

// Errors of PostgreSQL, beside those that both databases have.
var (
	ErrAway    = errors.New("the database does not answer: see whether PostgreSQL runs and can be reached; nothing is lost, and all goes on when it is back")
	ErrDenied  = errors.New("the database refuses this user or password: look at the user, the password and the rights in the address of the database")
	ErrMissing = errors.New("there is no such database: make it (createdb), or look at its name in the address of the database")
	ErrStandby = errors.New("the database takes no writes: it is a standby, or set to read only")
	ErrCrowded = errors.New("the database has no connection left: raise max_connections, or run fewer nodes")
)

// explainPostgres puts what a person can do beside what PostgreSQL says, by its
// codes (PostgreSQL documentation, appendix A).
func explainPostgres(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		if lostConnection(err) {
			return fmt.Errorf("%w (%w)", ErrAway, err)
		}
		return err
	}
	for prefix, known := range map[string]error{
		"53100": ErrFull, "53300": ErrCrowded, "55P03": ErrLocked, "40001": ErrLocked, "40P01": ErrLocked,
		"25006": ErrStandby, "28": ErrDenied, "42501": ErrDenied, "3D000": ErrMissing,
		"08": ErrAway, "57P01": ErrAway, "57P02": ErrAway, "57P03": ErrAway, "25P03": ErrAway,
		"XX001": ErrDamaged, "XX002": ErrDamaged,
	} {
		if strings.HasPrefix(e.Code, prefix) {
			return fmt.Errorf("%w (%w)", known, err)
		}
	}
	return err
}

// worthAgain reports whether a transaction that ended with err may simply be
// run again: it surely changed nothing, and the next one may go well.
func worthAgain(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01") {
		return true // rolled back, at the commit too
	}
	if unsure := (uncertain{}); errors.As(err, &unsure) {
		return false
	}
	if e != nil {
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P0") || e.Code == "25P03"
	}
	return lostConnection(err)
}

// lostConnection reports whether err is the end of a connection, or that there
// was none.
func lostConnection(err error) bool {
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
