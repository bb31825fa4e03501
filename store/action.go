package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// Actions is the installation's audit log. Add and Begin write into it, Refuse notes
// that nothing came of an entry, Since, Last and Of read it.
type Actions struct{ db *DB }

// Actions gives the view of the audit log.
func (db *DB) Actions() Actions { return Actions{db} }

// addAction writes an entry, in the transaction of what it tells where there is one.
func (db *DB) addAction(ctx context.Context, tx *sql.Tx, a bantin.Action, form string) (n int64, err error) {
	if a.Time.IsZero() {
		a.Time = db.now()
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO actions (at, who, via, what, object, note, form) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING RETURNING n`, millis(a.Time), a.Who, a.Via, a.What, a.Object, a.Note, form).Scan(&n)
	return n, err
}

// Add writes an entry.
func (v Actions) Add(ctx context.Context, a bantin.Action) error {
	return v.db.write(ctx, "write audit log", func(tx *sql.Tx) error {
		_, err := v.db.addAction(ctx, tx, a, "")
		return err
	})
}

// Begin writes an entry before what it tells is done, so that nothing is done unrecorded.
// form is the key of the form that asks for it, "" for none: first is false where it asked
// before, and then nothing is written and nothing should be done.
func (v Actions) Begin(ctx context.Context, a bantin.Action, form string) (n int64, first bool, err error) {
	err = v.db.write(ctx, "write audit log", func(tx *sql.Tx) error {
		first = false
		n, err = v.db.addAction(ctx, tx, a, form)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		first = err == nil
		return err
	})
	return n, first, err
}

// Refuse notes why what an entry tells was not done. Its form may ask again.
func (v Actions) Refuse(ctx context.Context, n int64, why string) error {
	return v.db.execute(ctx, "write audit log", `UPDATE actions SET note = $1, form = '' WHERE n = $2`, "refused: "+why, n)
}

// Since yields who changed what since a time, the oldest first: the entries, and what
// commands did to contacts and imported. What was done on the office's pages, by a person
// or a token, is an entry; so is that a delivery was queued again.
func (v Actions) Since(ctx context.Context, since time.Time, yield func(bantin.Action) error) error {
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		a, err := scanAction(rows)
		if err != nil {
			return err
		}
		return yield(a)
	}, loggedSQL("")+` ORDER BY at, kind, n`, millis(since))
	if err != nil {
		return fmt.Errorf("read audit log: %w", err)
	}
	return nil
}

// lastRecords is how far back Last looks in the records of contacts, which an import of a
// long list fills.
const lastRecords = 10_000

// Last gives the last of what Since yields, at most limit, the oldest first. It reads as
// much whatever was imported.
func (v Actions) Last(ctx context.Context, since time.Time, limit int) (list []bantin.Action, err error) {
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		a, err := scanAction(rows)
		list = append(list, a)
		return err
	}, loggedSQL(fmt.Sprintf(` AND r.n > (SELECT COALESCE(MAX(n), 0) FROM record) - %d`, lastRecords))+` ORDER BY at DESC, kind DESC, n DESC LIMIT $2`, millis(since), limit)
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	slices.Reverse(list)
	return list, nil
}

// loggedSQL selects the entries since $1; records is a condition on those of contacts.
func loggedSQL(records string) string {
	return `SELECT at, who, via, what, object, note FROM (
		SELECT at, 0 AS kind, n, who, via, what, object, note FROM actions WHERE at >= $1
		UNION ALL SELECT r.at, 1, r.n, r.who, 'command', r.what, COALESCE(c.email, ''), r.note
			FROM record r LEFT JOIN contacts c ON c.id = r.contact
			WHERE r.at >= $1` + records + ` AND r.source = 'office' AND r.who <> '' AND r.what <> 'resent' AND ` + byCommandSQL("r.who") + `
		UNION ALL SELECT at, 2, n, who, 'command', 'import', file, '' FROM imports WHERE at >= $1 AND ` + byCommandSQL("who") + `) everything`
}

// TokenWho is who did something to contacts by a token, in their records.
func TokenWho(name string) string { return "token " + name }

// byCommandSQL is the condition that a person did something by a command, and not on the
// office's pages, where they have an address or are TokenWho.
func byCommandSQL(who string) string {
	return who + ` NOT LIKE '%@%' AND ` + who + ` NOT LIKE 'token %'`
}

// Of gives what was done to an object, the oldest first.
func (v Actions) Of(ctx context.Context, object string) (list []bantin.Action, err error) {
	list, err = collect(ctx, v.db.reader, scanAction, `SELECT at, who, via, what, object, note FROM actions WHERE object = $1 AND object <> '' ORDER BY n`, object)
	return list, wrap(err, "read audit log")
}

func scanAction(rows scanner) (a bantin.Action, err error) {
	err = rows.Scan(asTime(&a.Time), &a.Who, &a.Via, &a.What, &a.Object, &a.Note)
	return a, err
}
