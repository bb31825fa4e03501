package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// table is what must be known of one to copy its rows.
type table struct {
	name     string
	columns  []string // in their order
	key      []string // the primary key
	identity string   // the column whose numbers the database gives; "" for none
	refers   []string // tables that rows of it refer to
}

// isExcluded reports whether a table is none of an installation's data: the
// database's own, the queue's, what concerns the nodes of this database alone,
// uploads of an hour, and the index of words, which is made again from the bulletins.
func isExcluded(name string) bool {
	for _, prefix := range []string{"sqlite_", "river_", "words"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"goose_db_version", "duties", "budgets", "machine_schedules", "uploads", "upload_parts"}, name)
}

// tables gives the tables with an installation's data, each behind those that
// it refers to.
func (db *DB) tables(ctx context.Context, q querier) ([]table, error) {
	names, err := collectColumn[string](ctx, q, db.dialect(
		`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`,
		`SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`))
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	var list []table
	for _, name := range names {
		if isExcluded(name) {
			continue
		}
		t, err := db.table(ctx, q, name)
		if err != nil {
			return nil, fmt.Errorf("look at table %s: %w", name, err)
		}
		list = append(list, t)
	}
	return dependencyOrder(list), nil
}

func (db *DB) table(ctx context.Context, q querier, name string) (t table, err error) {
	t.name = name
	if t.columns, err = collectColumn[string](ctx, q, db.dialect(
		`SELECT name FROM pragma_table_info($1) ORDER BY name`,
		`SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name COLLATE "C"`), name); err != nil {
		return t, err
	}
	if t.key, err = collectColumn[string](ctx, q, db.dialect(
		`SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk`,
		`SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
			WHERE i.indrelid = $1::TEXT::REGCLASS AND i.indisprimary ORDER BY array_position(i.indkey, a.attnum)`), name); err != nil {
		return t, err
	}
	if t.refers, err = collectColumn[string](ctx, q, db.dialect(
		`SELECT DISTINCT "table" FROM pragma_foreign_key_list($1)`,
		`SELECT DISTINCT confrelid::REGCLASS::TEXT FROM pg_constraint WHERE contype = 'f' AND conrelid = $1::TEXT::REGCLASS`), name); err != nil {
		return t, err
	}
	numbers, err := collectColumn[string](ctx, q, db.dialect(
		`SELECT p.name FROM pragma_table_info($1) p JOIN sqlite_master m ON m.name = $1 WHERE p.pk = 1 AND m.sql LIKE '%AUTOINCREMENT%'`,
		`SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES'`), name)
	if len(numbers) > 0 {
		t.identity = numbers[0]
	}
	return t, err
}

// dialect chooses between the words of the two databases, where what is asked
// is the database itself.
func (db *DB) dialect(sqlite, postgres string) string {
	if db.postgres {
		return postgres
	}
	return sqlite
}

// dependencyOrder puts each table behind those that it refers to.
func dependencyOrder(list []table) []table {
	var ordered []table
	done := map[string]bool{}
	for len(ordered) < len(list) {
		before := len(ordered)
		for _, t := range list {
			ready := !slices.ContainsFunc(t.refers, func(name string) bool { return name != t.name && !done[name] })
			if !done[t.name] && ready {
				done[t.name] = true
				ordered = append(ordered, t)
			}
		}
		if len(ordered) == before { // a circle: the database will say so
			return list
		}
	}
	return ordered
}
