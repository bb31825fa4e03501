package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// copyBatchSize is how many rows are written in one transaction.
const copyBatchSize = 500

// copier is one copy.
type copier struct {
	from   *sql.Tx
	to     *DB
	tables []table
	told   func(CopyProgress)
}

// all copies every table. Where one that was there already is another than the
// source's, the source has changed since: then all begins anew, once.
func (c *copier) all(ctx context.Context, db *DB) error {
	for again := range 2 {
		whole := true
		for _, t := range c.tables {
			same, err := c.table(ctx, t)
			if err != nil {
				return fmt.Errorf("table %s: %w", t.name, err)
			}
			whole = whole && same
			if !whole {
				break
			}
		}
		if whole {
			return c.numbers(ctx, db)
		}
		if again == 0 {
			if err := c.clear(ctx); err != nil {
				return err
			}
		}
	}
	return ErrCopyDiffers
}

// clear empties what was copied.
func (c *copier) clear(ctx context.Context) error {
	for _, t := range slices.Backward(c.tables) {
		err := c.to.execute(ctx, "begin a copy anew", `DELETE FROM `+t.name+t.copiedRowsSQL(" WHERE "))
		if err != nil {
			return err
		}
	}
	return nil
}

// copiedRowsSQL is the condition that a row is copied: of the settings those are not
// that say what a database itself is.
func (t table) copiedRowsSQL(before string) string {
	if t.name != "settings" {
		return ""
	}
	return before + `name NOT IN ('` + heldSetting + `', '` + homeSetting + `', '` + copyOfSetting + `')`
}

// table copies what is not there yet and reports whether both are the same then.
func (c *copier) table(ctx context.Context, t table) (same bool, err error) {
	if t.name == "counters" { // a new database has them
		if err := (&copier{to: c.to, tables: []table{t}}).clear(ctx); err != nil {
			return false, err
		}
	}
	last, err := lastKey(ctx, c.to.reader, t)
	if err != nil {
		return false, err
	}
	for rows := int64(0); ; {
		batch, err := t.rowsAfter(ctx, c.from, last)
		if err != nil {
			return false, err
		}
		if len(batch) == 0 {
			break
		}
		if err := c.insert(ctx, t, batch); err != nil {
			return false, err
		}
		last = t.keyOf(batch[len(batch)-1])
		rows += int64(len(batch))
		c.told(CopyProgress{Table: t.name, Rows: rows})
	}
	want, n, err := t.sum(ctx, c.from)
	if err != nil {
		return false, err
	}
	got, m, err := t.sum(ctx, c.to.reader)
	if err != nil || got != want || n != m {
		return false, err
	}
	c.told(CopyProgress{Table: t.name, Rows: n, Checked: true})
	return true, nil
}

func (c *copier) insert(ctx context.Context, t table, batch [][]any) error {
	return c.to.write(ctx, "copy rows", func(tx *sql.Tx) error {
		var args params
		var rows []string
		for _, row := range batch {
			marks := make([]string, len(row))
			for i, v := range row {
				marks[i] = args.add(v)
			}
			rows = append(rows, `(`+strings.Join(marks, `, `)+`)`)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO `+t.name+` (`+strings.Join(t.columns, `, `)+`) VALUES `+strings.Join(rows, `, `), args...)
		return err
	})
}

// lastKey is the key of the last row of a table; nil where it is empty.
func lastKey(ctx context.Context, q querier, t table) (last []any, err error) {
	key := strings.Join(t.key, ` DESC, `) + ` DESC`
	err = each(ctx, q, func(rows *sql.Rows) error {
		last, err = scanRow(rows, len(t.key))
		return err
	}, `SELECT `+strings.Join(t.key, `, `)+` FROM `+t.name+t.copiedRowsSQL(" WHERE ")+` ORDER BY `+key+` LIMIT 1`)
	return last, err
}

// rowsAfter gives the next rows in the order of the key.
func (t table) rowsAfter(ctx context.Context, q querier, last []any) (batch [][]any, err error) {
	var args params
	where := t.copiedRowsSQL(" WHERE ")
	if last != nil {
		marks := make([]string, len(last))
		for i, v := range last {
			marks[i] = args.add(v)
		}
		where = ` WHERE (` + strings.Join(t.key, `, `) + `) > (` + strings.Join(marks, `, `) + `)` + t.copiedRowsSQL(" AND ")
	}
	// Fewer rows where they are wide: both databases bound the parameters.
	limit := min(copyBatchSize, 30_000/len(t.columns))
	err = each(ctx, q, func(rows *sql.Rows) error {
		row, err := scanRow(rows, len(t.columns))
		batch = append(batch, row)
		return err
	}, `SELECT `+strings.Join(t.columns, `, `)+` FROM `+t.name+where+` ORDER BY `+strings.Join(t.key, `, `)+` LIMIT `+args.add(limit), args...)
	return batch, err
}

func (t table) keyOf(row []any) []any {
	key := make([]any, len(t.key))
	for i, name := range t.key {
		key[i] = row[slices.Index(t.columns, name)]
	}
	return key
}

func scanRow(rows *sql.Rows, n int) ([]any, error) {
	row, into := make([]any, n), make([]any, n)
	for i := range row {
		into[i] = &row[i]
	}
	err := rows.Scan(into...)
	for i, v := range row {
		if b, ok := v.([]byte); ok && b == nil {
			row[i] = []byte{} // SQLite's driver gives an empty value as nil, which would be stored as NULL
		}
	}
	return row, err
}

// sum counts the rows of a table and hashes them in the order of the key: the
// same for the same rows, in whichever database.
func (t table) sum(ctx context.Context, q querier) (sum string, n int64, err error) {
	h := sha256.New()
	var last []any
	for {
		batch, err := t.rowsAfter(ctx, q, last)
		if err != nil {
			return "", 0, err
		}
		if len(batch) == 0 {
			return string(h.Sum(nil)), n, nil
		}
		for _, row := range batch {
			hashRow(h, row)
		}
		n += int64(len(batch))
		last = t.keyOf(batch[len(batch)-1])
	}
}

// hashRow takes text as PostgreSQL stores it: a file name that is no UTF-8 is
// another one there.
func hashRow(h hash.Hash, row []any) {
	for _, v := range row {
		if text, ok := v.(string); ok {
			v = plainText(text)
		}
		fmt.Fprintf(h, "%T %v\x00", v, v)
	}
}
