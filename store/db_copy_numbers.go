package store

import (
	"context"
	"database/sql"
	"errors"
)

// identity has the copy give numbers from where the source would: those of
// contacts that were erased are not given again.
func (c *copier) numbers(ctx context.Context, db *DB) error {
	given := map[string]int64{}
	for _, t := range c.tables {
		last, err := db.lastNumber(ctx, c.from, t)
		if err != nil {
			return err
		}
		given[t.name] = last
	}
	tables, err := c.to.tables(ctx, c.to.reader)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.identity == "" {
			continue
		}
		last, err := get[int64](ctx, c.to.reader, `SELECT COALESCE(MAX(`+t.identity+`), 0) FROM `+t.name)
		if err != nil {
			return err
		}
		if last = max(last, given[t.name]); last == 0 {
			continue
		}
		if err := c.to.setLastNumber(ctx, t, last); err != nil {
			return err
		}
	}
	return nil
}

// lastNumber is the last number that the database gave a row of a table; 0
// where it does not remember any.
func (db *DB) lastNumber(ctx context.Context, q querier, t table) (int64, error) {
	if t.identity == "" {
		return 0, nil
	}
	var last sql.NullInt64
	err := q.QueryRowContext(ctx, db.dialect(
		`SELECT seq FROM sqlite_sequence WHERE name = '`+t.name+`'`,
		`SELECT CASE WHEN is_called THEN last_value END FROM `+t.name+`_`+t.identity+`_seq`)).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return last.Int64, err
}

// setLastNumber has the database give only numbers above last for rows of a table.
func (db *DB) setLastNumber(ctx context.Context, t table, last int64) error {
	return db.write(ctx, "carry over numbers of "+t.name, func(tx *sql.Tx) error {
		if db.postgres {
			_, err := tx.ExecContext(ctx, `SELECT setval(pg_get_serial_sequence($1, $2), $3)`, t.name, t.identity, last)
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sqlite_sequence WHERE name = $1`, t.name); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, t.name, last)
		return err
	})
}
