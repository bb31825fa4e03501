package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bantin"
)

// Errors of the database itself. A caller that holds results which must not
// be lost waits and tries again on all but ErrNewer and ErrDamaged.
var (
	ErrNewer    = errors.New("the database was written by a newer bantin: run that one, or restore the backup made before the upgrade")
	ErrOlder    = errors.New("the database was written by an older bantin and not brought up to date yet")
	ErrLocked   = errors.New("the database is locked by another program: close it, or wait until it is done")
	ErrFull     = errors.New("the disk is full: free some space, nothing is lost")
	ErrReadOnly = errors.New("the database cannot be written: look at the owner and the permissions of the data directory")
	ErrDamaged  = errors.New("the database file is damaged: restore the newest backup")
)

// Unusable are the errors of a database that cannot be used, or not be written.
func Unusable() []error {
	return []error{ErrUnavailable, ErrLocked, ErrFull, ErrReadOnly, ErrStandby, ErrDamaged, ErrAccessDenied, ErrNoDatabase, ErrTooManyConnections, ErrNewer}
}

// explain wraps an error of the database with what a person can do about it, once.
func explain(err error) error {
	if slices.ContainsFunc(Unusable(), func(known error) bool { return errors.Is(err, known) }) {
		return err
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return explainPostgres(err)
	}
	// The low byte is the primary result code (sqlite.org/rescode.html).
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w (%w)", ErrLocked, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// wrap says in an error what was being done; nil stays nil.
func wrap(err error, act string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(act+": %w", append(args, err)...)
}

// lookedUp says what a query looked for: that there is none, or why it is not known. Only
// the first names it, for the second comes into logs.
func lookedUp(err error, what, which string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", strings.TrimSpace(what+" "+which), bantin.ErrNotFound)
	}
	return fmt.Errorf("look up %s: %w", what, explain(err))
}

// found reports whether there was a row. An error that is left is of the database.
func found(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, explain(err)
}
