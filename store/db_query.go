package store

import (
	"context"
	"database/sql"
	"encoding/json"
)

// querier is what both a pool and a transaction can do.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// each runs scan for every row of a query and looks at what ended it.
func each(ctx context.Context, q querier, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// queryIn runs a query that ends in IN over values of any number, some at a time:
// the drivers look each parameter up among all, which a long list makes slow.
func queryIn[T any](ctx context.Context, q querier, values []T, scan func(*sql.Rows) error, query string) error {
	const atOnce = 25
	for _, at := range []int{atOnce, 1} {
		if len(values) < at {
			continue
		}
		var marks params
		find, err := q.PrepareContext(ctx, query+inList(&marks, make([]T, at)))
		if err != nil {
			return explain(err)
		}
		defer find.Close()
		for ; len(values) >= at; values = values[at:] {
			args := make([]any, at)
			for i, v := range values[:at] {
				args[i] = v
			}
			if err := eachOfStmt(ctx, find, scan, args); err != nil {
				return err
			}
		}
	}
	return nil
}

func eachOfStmt(ctx context.Context, find *sql.Stmt, scan func(*sql.Rows) error, args []any) error {
	rows, err := find.QueryContext(ctx, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// get gives the one column of the one row of a query; sql.ErrNoRows.
func get[T any](ctx context.Context, q querier, query string, args ...any) (value T, err error) {
	err = q.QueryRowContext(ctx, query, args...).Scan(&value)
	return value, err
}

// execCount runs a statement and gives how many rows it changed.
func execCount(ctx context.Context, q querier, statement string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// anyRow saves an import of millions a look for each where there is nothing.
func anyRow(ctx context.Context, q querier, query string, args ...any) (bool, error) {
	some, err := get[bool](ctx, q, query, args...)
	return some, explain(err)
}

// scanner is a row of a query.
type scanner = interface{ Scan(...any) error }

// collect gives what scan makes of each row of a query.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (list []T, err error) {
	err = each(ctx, q, func(rows *sql.Rows) error {
		x, err := scan(rows)
		list = append(list, x)
		return err
	}, query, args...)
	return list, err
}

// collectFields is collect where the columns are fields of T, in the order that fields gives.
func collectFields[T any](ctx context.Context, q querier, fields func(*T) []any, query string, args ...any) ([]T, error) {
	return collect(ctx, q, func(row scanner) (x T, err error) {
		err = row.Scan(fields(&x)...)
		return x, err
	}, query, args...)
}

// collectColumn gives the one column of a query.
func collectColumn[T any](ctx context.Context, q querier, query string, args ...any) ([]T, error) {
	return collectFields(ctx, q, func(x *T) []any { return []any{x} }, query, args...)
}

// collectMap gives the two columns of a query, the first of which has no value twice.
func collectMap[K comparable, V any](ctx context.Context, q querier, query string, args ...any) (map[K]V, error) {
	found := map[K]V{}
	err := each(ctx, q, func(rows *sql.Rows) error {
		var key K
		var value V
		err := rows.Scan(&key, &value)
		found[key] = value
		return err
	}, query, args...)
	return found, err
}

// asJSON scans a column of JSON into a value. An empty column leaves it as it is.
func asJSON(value any) sql.Scanner { return scannedJSON{value} }

type scannedJSON struct{ value any }

func (s scannedJSON) Scan(column any) error {
	var text sql.Null[string]
	if err := text.Scan(column); err != nil || text.V == "" {
		return err
	}
	return json.Unmarshal([]byte(text.V), s.value)
}

// scanExtra scans further columns behind those that a scan function knows.
type scanExtra struct {
	rows scanner
	more []any
}

func (s scanExtra) Scan(dest ...any) error { return s.rows.Scan(append(dest, s.more...)...) }
