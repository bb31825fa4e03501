package store

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"bantin"
)

// ContactSorter gives the rows of a list back in the order of their addresses
// ([bantin.AddressKey]), those of one address in the order of their lines: storing
// millions of them writes each part of an index once.
//
// Some MB of rows are kept in memory. More of them stand, in sorted runs that are merged in
// the end, in a temporary SQLite database: in files of SQLITE_TMPDIR or the system's folder
// for such, which go with the process. It serves imports into PostgreSQL as well. SQLite
// could sort too, at three times the cost for each row. A ContactSorter is for one goroutine.
type ContactSorter struct {
	db  *sql.DB
	tx  *sql.Tx
	add *sql.Stmt // of a page

	rows []byte      // of the run in memory, each as encodeSorted says
	run  []sortedRow // the same, one by one
	runs []*sortedRun
}

// SortedContact is a contact and the line of the list that it came from.
type SortedContact struct {
	Line    int
	Contact bantin.Contact // as far as a list says
}

// The sizes of what is read and written together, in bytes. A run is some 30,000 rows.
const (
	sortedRunBytes  = 4 << 20
	sortedPageBytes = 32 << 10
)

// NewContactSorter makes one that lives as long as ctx and until it is closed.
func NewContactSorter(ctx context.Context) (*ContactSorter, error) {
	db, err := sql.Open("sqlite", "file:?_pragma=page_size(32768)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=temp_store(FILE)&_pragma=cache_size(64)")
	if err != nil {
		return nil, sortError(err)
	}
	s := &ContactSorter{db: db}
	if s.tx, err = db.BeginTx(ctx, nil); err == nil {
		_, err = s.tx.ExecContext(ctx, `CREATE TABLE pages (page INTEGER PRIMARY KEY, rows BLOB)`)
	}
	if err == nil {
		s.add, err = s.tx.PrepareContext(ctx, `INSERT INTO pages (rows) VALUES (?)`)
	}
	if err != nil {
		return nil, errors.Join(sortError(err), s.Close())
	}
	return s, nil
}

// Add takes one more row.
func (s *ContactSorter) Add(ctx context.Context, line int, c *bantin.Contact) error {
	at := len(s.rows)
	s.rows = encodeSorted(s.rows, line, c)
	row, _ := nextSorted(s.rows[at:])
	s.run = append(s.run, row)
	if len(s.rows) < sortedRunBytes {
		return nil
	}
	return sortError(s.spill(ctx))
}

// spill moves the run in memory into the database.
func (s *ContactSorter) spill(ctx context.Context) error {
	slices.SortFunc(s.run, compareSorted)
	r := &sortedRun{last: s.lastPage()}
	r.next = r.last + 1
	var page []byte
	for i, row := range s.run {
		if page = append(page, row.encoded...); len(page) < sortedPageBytes && i < len(s.run)-1 {
			continue
		}
		if _, err := s.add.ExecContext(ctx, page); err != nil {
			return err
		}
		page, r.last = page[:0], r.last+1
	}
	s.runs = append(s.runs, r)
	s.rows, s.run = s.rows[:0], s.run[:0]
	return nil
}

// lastPage is the number of the page that was written last.
func (s *ContactSorter) lastPage() int64 {
	if len(s.runs) == 0 {
		return 0
	}
	return s.runs[len(s.runs)-1].last
}

// Rows yields all rows, once.
func (s *ContactSorter) Rows(ctx context.Context) iter.Seq2[SortedContact, error] {
	return func(yield func(SortedContact, error) bool) {
		if len(s.runs) == 0 {
			slices.SortFunc(s.run, compareSorted)
			for _, row := range s.run {
				if !yield(row.contact(), nil) {
					return
				}
			}
			return
		}
		err := s.spill(ctx)
		s.rows, s.run = nil, nil
		if err == nil {
			err = s.merge(ctx, yield)
		}
		if err != nil {
			yield(SortedContact{}, sortError(err))
		}
	}
}

// merge yields the rows of all runs.
func (s *ContactSorter) merge(ctx context.Context, yield func(SortedContact, error) bool) error {
	read, err := s.tx.PrepareContext(ctx, `SELECT rows FROM pages WHERE page = ?`)
	if err != nil {
		return err
	}
	defer read.Close()
	var heads sortedRuns
	for _, r := range s.runs {
		more, err := r.advance(ctx, read)
		if err != nil {
			return err
		}
		if more {
			heads = append(heads, r)
		}
	}
	heap.Init(&heads)
	for len(heads) > 0 {
		if !yield(heads[0].head.contact(), nil) {
			return nil
		}
		more, err := heads[0].advance(ctx, read)
		switch {
		case err != nil:
			return err
		case more:
			heap.Fix(&heads, 0)
		default:
			heap.Pop(&heads)
		}
	}
	return nil
}

// sortedRun is what is left to be read of a run.
type sortedRun struct {
	next, last int64     // pages
	page       []byte    // what is left of the one before
	head       sortedRow // before that
}

// advance goes to the next row, and reports whether there is one.
func (r *sortedRun) advance(ctx context.Context, read *sql.Stmt) (more bool, err error) {
	if len(r.page) == 0 {
		if r.next > r.last {
			return false, nil
		}
		if err := read.QueryRowContext(ctx, r.next).Scan(&r.page); err != nil {
			return false, err
		}
		r.next++
	}
	r.head, r.page = nextSorted(r.page)
	return true, nil
}

// sortedRuns is a heap of runs by their next rows.
type sortedRuns []*sortedRun

func (h sortedRuns) Len() int           { return len(h) }
func (h sortedRuns) Less(i, j int) bool { return compareSorted(h[i].head, h[j].head) < 0 }
func (h sortedRuns) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sortedRuns) Push(r any)        { *h = append(*h, r.(*sortedRun)) }
func (h *sortedRuns) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	*h = (*h)[:last]
	return r
}

// sortedRow is a row in bytes.
type sortedRow struct {
	key     []byte
	line    int
	fields  []byte // behind key and line
	encoded []byte // all of it
}

func compareSorted(a, b sortedRow) int {
	return cmp.Or(bytes.Compare(a.key, b.key), cmp.Compare(a.line, b.line))
}

// encodeSorted appends a row: its key, its line and its fields, each behind its length. The
// address is left out where it is the key.
func encodeSorted(b []byte, line int, c *bantin.Contact) []byte {
	key, email := bantin.AddressKey(c.Email), c.Email
	if email == key {
		email = ""
	}
	fields := [...]string{email, c.Name, c.Place, string(c.Level), string(c.Language), joinTags(c.Tags)}
	b = append(binary.AppendUvarint(b, uint64(len(key))), key...)
	b = binary.AppendUvarint(b, uint64(line))
	start := len(b)
	b = append(b, make([]byte, 4)...)
	for _, f := range fields {
		b = append(binary.AppendUvarint(b, uint64(len(f))), f...)
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// nextSorted reads the first of rows.
func nextSorted(rows []byte) (row sortedRow, rest []byte) {
	size, n := binary.Uvarint(rows)
	row.key, rest = rows[n:n+int(size)], rows[n+int(size):]
	line, n := binary.Uvarint(rest)
	row.line, rest = int(line), rest[n:]
	end := 4 + binary.LittleEndian.Uint32(rest)
	row.fields, rest = rest[4:end], rest[end:]
	row.encoded = rows[:len(rows)-len(rest)]
	return row, rest
}

func (r *sortedRow) contact() SortedContact {
	rest := string(r.fields)
	next := func() (field string) {
		size, n := binary.Uvarint(r.fields[len(r.fields)-len(rest):])
		field, rest = rest[n:n+int(size)], rest[n+int(size):]
		return field
	}
	l := SortedContact{Line: r.line}
	c := &l.Contact
	if c.Email = next(); c.Email == "" {
		c.Email = string(r.key)
	}
	c.Name, c.Place, c.Level, c.Language = next(), next(), bantin.Level(next()), bantin.Language(next())
	c.Tags = splitTags(next())
	return l
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
