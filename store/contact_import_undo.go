package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bantin"
)

// UndoResult tells what undoing an import did.
type UndoResult struct {
	Removed  int // whom it had added
	Kept     int // whom it had added, and something else has touched since
	Restored int // whose fields are as they were before
	Newer    int // whose fields were changed again since: those stay
}

// undoBatchSize is how many contacts a transaction looks at.
const undoBatchSize = 500

// Undo takes an import back, in short transactions: fields that still
// are as it set them get what they were, and whom it added goes, unless a
// digest, a page or a person has touched them since. Statistics, whose days are those of
// zone, count the latter no more. Where it is stopped, calling it again goes on.
func (v Imports) Undo(ctx context.Context, p PastImport, zone *time.Location, progress func(contacts int)) (UndoResult, error) {
	var done UndoResult
	if err := v.SetStatus(ctx, p.Number, ImportUndoing); err != nil {
		return done, err
	}
	contacts := 0
	remove := func(ctx context.Context, tx *sql.Tx, p *PastImport, from *int64, sum *UndoResult) (int, error) {
		return v.db.removeBatch(ctx, tx, p, zone, from, sum)
	}
	for _, step := range []func(context.Context, *sql.Tx, *PastImport, *int64, *UndoResult) (int, error){v.db.restoreBatch, remove} {
		var from int64
		for {
			var sum UndoResult
			var n int
			next := from
			err := v.db.write(ctx, "undo import", func(tx *sql.Tx) error {
				sum, next = UndoResult{}, from
				var err error
				n, err = step(ctx, tx, &p, &next, &sum)
				return err
			})
			if err != nil {
				return done, err
			}
			done = UndoResult{done.Removed + sum.Removed, done.Kept + sum.Kept, done.Restored + sum.Restored, done.Newer + sum.Newer}
			from, contacts = next, contacts+n
			progress(contacts)
			if n < undoBatchSize {
				break
			}
		}
	}
	return done, v.SetStatus(ctx, p.Number, ImportUndone)
}

// restoreBatch undoes changes, the last first: where the list had somebody twice,
// the first change is the one that holds their original fields.
func (db *DB) restoreBatch(ctx context.Context, tx *sql.Tx, p *PastImport, from *int64, sum *UndoResult) (int, error) {
	if *from == 0 {
		*from = 1 << 62
	}
	type change struct {
		contact int64
		changes
	}
	list, err := collect(ctx, tx, func(row scanner) (c change, err error) {
		var fields string
		if err = row.Scan(from, &c.contact, &fields); err != nil {
			return c, err
		}
		c.changes, err = splitFields(fields)
		return c, err
	}, `SELECT n, contact, fields FROM record WHERE import = $1 AND what = $2 AND n < $3 ORDER BY n DESC LIMIT $4`,
		p.Number, bantin.AuditChanged, *from, undoBatchSize)
	if err != nil {
		return 0, err
	}
	for _, c := range list {
		if err := db.restoreContact(ctx, tx, p, c.contact, c.changes, sum); err != nil {
			return 0, fmt.Errorf("contact %d: %w", c.contact, err)
		}
	}
	return len(list), nil
}

// restoreContact gives fields what they were where they still are as the import set
// them and are not the contact's own by now.
func (db *DB) restoreContact(ctx context.Context, tx *sql.Tx, p *PastImport, contact int64, c changes, sum *UndoResult) error {
	was, own, err := scanContact(tx.QueryRowContext(ctx, `SELECT `+contactColumns+` FROM contacts c WHERE c.id = $1`, contact))
	if is, err := found(err); !is {
		return err // erased since
	}
	now := *was
	for _, f := range fields() {
		if after, changed := c.After[f.name]; changed && !own[f.name] && f.get(was) == after {
			f.set(&now, c.Before[f.name])
		}
	}
	if sameFields(was, &now) {
		sum.Newer++
		return nil
	}
	sum.Restored++
	if err := db.setFields(ctx, tx, &now); err != nil {
		return err
	}
	before, after := differences(was, &now)
	return db.record(ctx, tx, contact, bantin.AuditEntry{What: bantin.AuditRestored, By: bantin.ByOffice, Import: p.Number, Before: before, After: after})
}

// removeBatch removes those that the import added and nothing else has touched.
func (db *DB) removeBatch(ctx context.Context, tx *sql.Tx, p *PastImport, zone *time.Location, from *int64, sum *UndoResult) (int, error) {
	ids, err := collectColumn[int64](ctx, tx, `SELECT id FROM contacts WHERE import = $1 AND id > $2 ORDER BY id LIMIT $3`, p.Number, *from, undoBatchSize)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	*from = ids[len(ids)-1]
	var args params
	number := args.add(p.Number)
	among := inList(&args, ids)
	joined := joinedContacts{zone: zone, counts: statisticsCounts{}}
	err = each(ctx, tx, joined.scan, `DELETE FROM contacts WHERE id IN `+among+` AND own = '' AND reads = '' AND paused_until = ''
		AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.contact = contacts.id)
		AND NOT EXISTS (SELECT 1 FROM record r WHERE r.contact = contacts.id AND r.import <> `+number+`)
		AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.contact = contacts.id AND d.edition IN (SELECT n FROM editions))
		RETURNING id, created_at, place, level, id <= (SELECT value FROM counters WHERE name = 'tally_contacts')`, args...)
	if err == nil {
		err = joined.counts.takeBack(ctx, tx)
	}
	if err != nil {
		return 0, err
	}
	sum.Removed, sum.Kept = joined.n, len(ids)-joined.n
	var gone params
	among = inList(&gone, ids)
	_, err = tx.ExecContext(ctx, `DELETE FROM record WHERE contact IN `+among+` AND contact NOT IN (SELECT id FROM contacts)`, gone...)
	return len(ids), err
}
