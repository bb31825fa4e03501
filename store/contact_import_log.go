package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Imports writes lists of contacts and keeps a log of them: Begin, SetStatus,
// Last and LastToUndo are the log, ApplyBatch and Apply add and update contacts,
// VisitContacts lists whom a list brought, Undo takes an import back.
type Imports struct{ db *DB }

// Imports gives the view of the imports.
func (db *DB) Imports() Imports { return Imports{db} }

// ImportInfo is an import of a list, for the record.
type ImportInfo struct {
	List string // what imports of the same list are known by
	File string
	Hash string // of the file
	Who  string // returnContact ran it
}

// PastImport is one that was begun.
type PastImport struct {
	ImportInfo
	Number int64
	Status ImportStatus
	At     time.Time
}

// ImportStatus is where an import stands.
type ImportStatus string

// The states of an import. One that was killed stays begun or running.
const (
	ImportBegun     ImportStatus = "begun"   // it has changed nothing yet
	ImportRunning   ImportStatus = "running" // it has changed something
	ImportDone      ImportStatus = "done"
	ImportUnchanged ImportStatus = "unchanged" // done, and there was nothing to change
	ImportUndoing   ImportStatus = "undoing"
	ImportUndone    ImportStatus = "undone"
)

// Begin notes that a list is being imported, and gives the number of the
// import.
func (v Imports) Begin(ctx context.Context, of ImportInfo) (number int64, err error) {
	err = v.db.write(ctx, "begin import", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO imports (list, file, hash, who, status, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING n`,
			of.List, of.File, of.Hash, of.Who, ImportBegun, millis(v.db.now())).Scan(&number)
	})
	return number, err
}

// SetStatus notes where an import stands.
func (v Imports) SetStatus(ctx context.Context, number int64, status ImportStatus) error {
	return v.db.execute(ctx, "note import", `UPDATE imports SET status = $1 WHERE n = $2`, status, number)
}

// markRunning notes that an import changes something, in the transaction that does.
func markRunning(ctx context.Context, tx *sql.Tx, number int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE imports SET status = $1 WHERE n = $2 AND status = $3`, ImportRunning, number, ImportBegun)
	return err
}

// Last gives the newest import of a list; bantin.ErrNotFound.
func (v Imports) Last(ctx context.Context, list string) (PastImport, error) {
	return v.db.newestImport(ctx, `list = $1`, list)
}

// LastToUndo gives the newest import of any list that changed something,
// undone or not; bantin.ErrNotFound.
func (v Imports) LastToUndo(ctx context.Context) (PastImport, error) {
	return v.db.newestImport(ctx, `status NOT IN ($1, $2)`, ImportBegun, ImportUnchanged)
}

func (db *DB) newestImport(ctx context.Context, which string, args ...any) (PastImport, error) {
	var p PastImport
	var at int64
	err := db.reader.QueryRowContext(ctx, `SELECT n, list, file, hash, who, status, at FROM imports WHERE `+which+` ORDER BY n DESC LIMIT 1`, args...).
		Scan(&p.Number, &p.List, &p.File, &p.Hash, &p.Who, &p.Status, &at)
	if err != nil {
		return p, lookedUp(err, "import", "")
	}
	p.At = fromMillis(at)
	return p, nil
}

// VisitContacts calls visit for each contact that an import of this list, before
// the one with this number, brought, in pages of a thousand.
func (v Imports) VisitContacts(ctx context.Context, list string, before int64, visit func(id int64, email string)) error {
	const page = 1000
	for last := int64(0); ; {
		n := 0
		err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
			var email string
			err := rows.Scan(&last, &email)
			visit(last, email)
			n++
			return err
		}, `SELECT id, email FROM contacts WHERE id > $1 AND origin <> 'ended' AND import IN (SELECT n FROM imports WHERE list = $2 AND n < $3)
			ORDER BY id LIMIT $4`, last, list, before, page)
		if err != nil {
			return fmt.Errorf("list who came by %s: %w", list, err)
		}
		if n < page {
			return nil
		}
	}
}
