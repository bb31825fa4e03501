package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bantin"
)

// Seen remembers addresses on disk, in a file of its own that goes with it, so
// that a list of millions needs no memory. It is for one goroutine.
type Seen struct {
	db  *sql.DB
	dir string
}

// NewSeen makes an empty one.
func NewSeen(ctx context.Context) (*Seen, error) {
	dir, err := os.MkdirTemp("", "bantin-seen-*")
	if err != nil {
		return nil, fmt.Errorf("remember addresses: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "seen.db")+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)")
	if err == nil {
		db.SetMaxOpenConns(1)
		_, err = db.ExecContext(ctx, `CREATE TABLE seen (address_key TEXT PRIMARY KEY) WITHOUT ROWID`)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("remember addresses: %w", explain(err)), os.RemoveAll(dir))
	}
	return &Seen{db, dir}, nil
}

// Add remembers addresses and gives those that it knew before, by their keys.
func (s *Seen) Add(ctx context.Context, addresses []string) (known map[string]bool, err error) {
	known = map[string]bool{}
	keys := make([]string, len(addresses))
	rows := make([]string, len(addresses))
	var args params
	for i, address := range addresses {
		keys[i] = bantin.AddressKey(address)
		known[keys[i]] = true
		rows[i] = "(" + args.add(keys[i]) + ")"
	}
	if len(rows) == 0 {
		return known, nil
	}
	err = each(ctx, s.db, func(rows *sql.Rows) error {
		var fresh string
		err := rows.Scan(&fresh)
		delete(known, fresh)
		return err
	}, `INSERT INTO seen (address_key) VALUES `+strings.Join(rows, `, `)+` ON CONFLICT DO NOTHING RETURNING address_key`, args...)
	if err != nil {
		return nil, fmt.Errorf("remember addresses: %w", err)
	}
	return known, nil
}

// Close removes the file.
func (s *Seen) Close() error { return errors.Join(s.db.Close(), os.RemoveAll(s.dir)) }
