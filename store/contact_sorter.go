package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"

	"bantin"
)

// ContactSorter gives the rows of a list back in the order of their addresses
// ([bantin.AddressKey]), those of one address in the order of their lines: storing
// millions of them writes each part of an index once.
//
// It is a table of a temporary SQLite database: some MB in memory, the rest in files of
// SQLITE_TMPDIR or the system's folder for such, which go with the process. It serves
// imports into PostgreSQL as well. A ContactSorter is for one goroutine.
type ContactSorter struct {
	db   *sql.DB
	tx   *sql.Tx
	add  *sql.Stmt // of a whole batch
	rows []any     // that are not in the table yet
}

// SortedContact is a contact and the line of the list that it came from.
type SortedContact struct {
	Line    int
	Contact bantin.Contact // as far as a list says
}

// sortedColumns are those of a row, and sortedBatch the rows of one statement, which
// costs a third of so many statements.
const sortedColumns, sortedBatch = 4, 100

// sortedSign stands between fields that have been validated and cannot contain it, and
// before the tags. A column each would cost half as much time again.
const sortedSign = "\x00"

// NewContactSorter makes one that lives as long as ctx and until it is closed.
func NewContactSorter(ctx context.Context) (*ContactSorter, error) {
	db, err := sql.Open("sqlite", "file:?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=temp_store(FILE)&_pragma=cache_size(-4000)")
	if err != nil {
		return nil, sortError(err)
	}
	s := &ContactSorter{db: db}
	if s.tx, err = db.BeginTx(ctx, nil); err == nil {
		_, err = s.tx.ExecContext(ctx, `CREATE TABLE rows (key TEXT, line INTEGER, name TEXT, rest TEXT)`)
	}
	if err == nil {
		s.add, err = s.tx.PrepareContext(ctx, insertSorted(sortedBatch))
	}
	if err != nil {
		return nil, errors.Join(sortError(err), s.Close())
	}
	return s, nil
}

// Add takes one more row.
func (s *ContactSorter) Add(ctx context.Context, line int, c *bantin.Contact) error {
	rest := strings.Join([]string{c.Email, c.Place, string(c.Level), string(c.Language), joinTags(c.Tags)}, sortedSign)
	s.rows = append(s.rows, bantin.AddressKey(c.Email), line, c.Name, rest)
	if len(s.rows) < sortedBatch*sortedColumns {
		return nil
	}
	_, err := s.add.ExecContext(ctx, s.rows...)
	s.rows = s.rows[:0]
	return sortError(err)
}

// insertSorted is the statement that takes n rows.
func insertSorted(n int) string {
	return `INSERT INTO rows VALUES (?,?,?,?)` + strings.Repeat(",(?,?,?,?)", n-1)
}

// addRest puts into the table what is no whole batch.
func (s *ContactSorter) addRest(ctx context.Context) error {
	if len(s.rows) == 0 {
		return nil
	}
	_, err := s.tx.ExecContext(ctx, insertSorted(len(s.rows)/sortedColumns), s.rows...)
	s.rows = nil
	return sortError(err)
}

// Rows yields all rows.
func (s *ContactSorter) Rows(ctx context.Context) iter.Seq2[SortedContact, error] {
	return func(yield func(SortedContact, error) bool) {
		if err := s.addRest(ctx); err != nil {
			yield(SortedContact{}, err)
			return
		}
		rows, err := s.tx.QueryContext(ctx, `SELECT line, name, rest FROM rows ORDER BY key, line`)
		if err != nil {
			yield(SortedContact{}, sortError(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var l SortedContact
			var rest string
			c := &l.Contact
			err := rows.Scan(&l.Line, &c.Name, &rest)
			if f := strings.SplitN(rest, sortedSign, 5); len(f) == 5 {
				c.Email, c.Place, c.Level, c.Language, c.Tags = f[0], f[1], bantin.Level(f[2]), bantin.Language(f[3]), splitTags(f[4])
			}
			if !yield(l, sortError(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(SortedContact{}, sortError(err))
		}
	}
}

// Close forgets the rows.
func (s *ContactSorter) Close() error {
	if s.tx != nil {
		_ = s.tx.Rollback()
	}
	return s.db.Close()
}

// ErrNoRoomToSort says that a long list cannot be sorted, so that nothing was imported.
var ErrNoRoomToSort = errors.New("the folder for temporary files (SQLITE_TMPDIR, else the system's) has no room for the list, which needs about its size as CSV while it is imported; nothing was changed")

// sortError says of a full disk what to do.
func sortError(err error) error {
	if err == nil {
		return nil
	}
	if err := explain(err); errors.Is(err, ErrFull) || errors.Is(err, ErrReadOnly) {
		return fmt.Errorf("sort contacts: %w", ErrNoRoomToSort)
	}
	return fmt.Errorf("sort contacts: %w", err)
}
