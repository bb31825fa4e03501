package store

import (
	"context"
	"database/sql"
	"time"

	"bantin"
)

// Checkups keeps what the examination of the installation found last, so that what turned
// bad can be told to people.
type Checkups struct{ db *DB }

// Checkups gives the view of the checkups.
func (db *DB) Checkups() Checkups { return Checkups{db} }

// Checkup is what a check found.
type Checkup struct {
	Name   string
	Status string // ok, warning, failed, skipped
	What   bantin.Note
	Hint   bantin.Note // what a person can do; "" for nothing

	At       time.Time // when it was checked
	Since    time.Time // when it got this status
	BadSince time.Time // zero: it has not turned bad
}

// The statuses of a checkup.
const (
	checkupOK      = "ok"
	checkupWarning = "warning"
	checkupFailed  = "failed"
)

// Record keeps the findings of an examination, with the time at which each turned bad: it
// fails and did not before, or has a warning now and was good. What is bad from the first
// time on is how the installation was made. What could not be checked this time stays as
// bad as it was. Checks that are not among the findings are forgotten.
func (v Checkups) Record(ctx context.Context, findings []Checkup) error {
	return v.db.write(ctx, "keep what was examined", func(tx *sql.Tx) error {
		before, err := checkupsBy(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM checkups`); err != nil {
			return err
		}
		now := v.db.now()
		for _, f := range findings {
			f.At, f.Since, f.BadSince = now, now, f.turnedBad(before[f.Name], now)
			if was, known := before[f.Name]; known && was.Status == f.Status {
				f.Since = was.Since
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO checkups (name, status, what, hint, at, since, bad_since) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				f.Name, f.Status, f.What, f.Hint, millis(f.At), millis(f.Since), nullMillis(f.BadSince))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// turnedBad is when a check turned bad, by what was found before; was is empty the first
// time.
func (c *Checkup) turnedBad(was Checkup, now time.Time) time.Time {
	switch {
	case c.Status == checkupOK:
		return time.Time{}
	case !was.BadSince.IsZero():
		return was.BadSince
	case was.Status == "":
		return time.Time{}
	case c.Status == checkupFailed && was.Status != checkupFailed, c.Status == checkupWarning && was.Status == checkupOK:
		return now
	}
	return time.Time{}
}

// List gives what was found last, by the names of the checks.
func (v Checkups) List(ctx context.Context) ([]Checkup, error) { return listCheckups(ctx, v.db.reader) }

func checkupsBy(ctx context.Context, q querier) (map[string]Checkup, error) {
	list, err := listCheckups(ctx, q)
	by := map[string]Checkup{}
	for _, c := range list {
		by[c.Name] = c
	}
	return by, err
}

func listCheckups(ctx context.Context, q querier) (list []Checkup, err error) {
	list, err = collectFields(ctx, q, func(c *Checkup) []any {
		return []any{&c.Name, &c.Status, &c.What, &c.Hint, asTime(&c.At), asTime(&c.Since), asTime(&c.BadSince)}
	}, `SELECT name, status, what, hint, at, since, bad_since FROM checkups ORDER BY name`)
	return list, wrap(err, "list what was examined")
}
