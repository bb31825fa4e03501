package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bantin"
)

// tallyBatch is how many contacts are counted in a transaction, which stays short where each
// came on another day; logBatch how many entries of the audit log and returns are looked at
// for one.
const (
	tallyBatch = 1000
	logBatch   = 10_000
)

// Tally counts what happened since it was called last: contacts that are new, who left,
// editions that settled, what came back. Days are those of a zone. It takes as many short
// transactions as there is to count; any process may call it, and nothing is counted
// twice. changed tells that the list of contacts may have another length.
func (v Statistics) Tally(ctx context.Context, zone *time.Location) (changed bool, err error) {
	for _, step := range []struct {
		mark  string
		batch tallyStep
	}{
		{tallyContacts, v.newContacts},
		{"tally_record", v.joinedAndLeft},
	} {
		n, err := v.batches(ctx, step.mark, zone, step.batch)
		if err != nil {
			return changed, err
		}
		changed = changed || n > 0
	}
	if err := v.tallyEditions(ctx, zone); err != nil {
		return changed, err
	}
	_, err = v.batches(ctx, "tally_returns", zone, v.cameBack)
	return changed, err
}

// tallyStep counts a batch of rows behind one, and gives the last that it counted.
type tallyStep func(ctx context.Context, q querier, after int64, zone *time.Location) (last int64, c statisticsCounts, err error)

// tallyContacts is the counter of how far contacts are counted.
const tallyContacts = "tally_contacts"

// batches counts one kind of rows from where it is counted to. It gives how many batches
// there were.
func (v Statistics) batches(ctx context.Context, mark string, zone *time.Location, batch tallyStep) (n int, err error) {
	for ; ; n++ {
		after, err := get[int64](ctx, v.db.reader, `SELECT value FROM counters WHERE name = $1`, mark)
		if err != nil {
			return n, fmt.Errorf("look how far statistics are: %w", explain(err))
		}
		last, c, err := batch(ctx, v.db.reader, after, zone)
		if err != nil {
			return n, fmt.Errorf("count %s: %w", mark, err)
		}
		if last <= after {
			return n, nil
		}
		err = v.db.write(ctx, "count "+mark, func(tx *sql.Tx) error {
			if mark == tallyContacts { // an undone import may have removed some since they were read
				if last, c, err = batch(ctx, tx, after, zone); err != nil || last <= after {
					return err
				}
			}
			if moved, err := execCount(ctx, tx, `UPDATE counters SET value = $1 WHERE name = $2 AND value = $3`, last, mark, after); err != nil || moved == 0 {
				return err // another process has counted them
			}
			return c.store(ctx, tx, addCount)
		})
		if err != nil {
			return n, err
		}
	}
}

// newContacts counts contacts by the day they came.
func (v Statistics) newContacts(ctx context.Context, q querier, after int64, zone *time.Location) (last int64, c statisticsCounts, err error) {
	list := joinedContacts{zone: zone, counts: statisticsCounts{}}
	err = each(ctx, q, list.scan, `SELECT id, created_at, place, level, 1 = 1 FROM contacts WHERE id > $1 ORDER BY id LIMIT $2`, after, tallyBatch)
	return list.last, list.counts, err
}

// joinedContacts counts contacts by the day they came, in the zone.
type joinedContacts struct {
	zone   *time.Location
	n      int
	last   int64
	counts statisticsCounts // of those whose row says so
}

// scan reads a row: id, created_at, place, level, whether it counts.
func (list *joinedContacts) scan(rows *sql.Rows) error {
	var at int64
	var place, level string
	var isCounted bool
	if err := rows.Scan(&list.last, &at, &place, &level, &isCounted); err != nil {
		return err
	}
	list.n++
	if isCounted {
		list.counts.add(FigureJoined, "", place, level, fromMillis(at).In(list.zone), 1)
	}
	return nil
}

// joinedAndLeft counts who asked for a digest, and who left one. Who leaves all has an
// entry for each digest, and counts once for all.
func (v Statistics) joinedAndLeft(ctx context.Context, q querier, after int64, zone *time.Location) (last int64, c statisticsCounts, err error) {
	c = statisticsCounts{}
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(n), 0) FROM (SELECT n FROM record WHERE n > $1 ORDER BY n LIMIT $2) r`, after, logBatch).Scan(&last)
	if err != nil || last <= after {
		return last, c, explain(err)
	}
	err = each(ctx, q, func(rows *sql.Rows) error {
		var at int64
		var what bantin.AuditAction
		var digest, place, level string
		var isFirst bool
		if err := rows.Scan(&at, &what, &digest, &place, &level, &isFirst); err != nil {
			return err
		}
		day := fromMillis(at).In(zone)
		if what == bantin.AuditSubscribed {
			c.add(FigureJoined, digest, place, level, day, 1)
			return nil
		}
		if digest != allDigests {
			c.add(FigureLeft, digest, place, level, day, 1)
		}
		if isFirst {
			c.add(FigureLeft, allDigests, place, level, day, 1)
		}
		return nil
	}, `SELECT r.at, r.what, r.digest, COALESCE(c.place, ''), COALESCE(c.level, ''),
			NOT EXISTS (SELECT 1 FROM record p WHERE p.contact = r.contact AND p.n < r.n AND p.what = r.what AND p.at = r.at)
		FROM record r LEFT JOIN contacts c ON c.id = r.contact
		WHERE r.n > $1 AND r.n <= $2 AND (r.what = $3 OR r.what = $4 AND r.digest <> '') ORDER BY r.n`, after, last, bantin.AuditUnsubscribed, bantin.AuditSubscribed)
	return last, c, err
}

// cameBack counts messages that came back, each message once and of each kind, by the
// day of their edition.
func (v Statistics) cameBack(ctx context.Context, q querier, after int64, zone *time.Location) (last int64, c statisticsCounts, err error) {
	c = statisticsCounts{}
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(n), 0) FROM (SELECT n FROM returns WHERE n > $1 ORDER BY n LIMIT $2) r`, after, logBatch).Scan(&last)
	if err != nil || last <= after {
		return last, c, explain(err)
	}
	const counts = `.kind IN ('hard', 'soft') AND %[1]s.proof <> $3 AND %[1]s.done <> $4`
	err = each(ctx, q, func(rows *sql.Rows) error {
		var kind Figure
		var digest, place, level string
		var due int64
		if err := rows.Scan(&kind, &digest, &due, &place, &level); err != nil {
			return err
		}
		c.add(kind, digest, place, level, fromMillis(due).In(zone), 1)
		return nil
	}, `SELECT r.kind, e.digest, e.due, COALESCE(d.place, c.place, ''), COALESCE(c.level, '')
		FROM returns r JOIN editions e ON e.n = r.edition LEFT JOIN contacts c ON c.key = r.contact LEFT JOIN deliveries d ON d.edition = r.edition AND d.contact = c.id
		WHERE r.n > $1 AND r.n <= $2 AND r`+fmt.Sprintf(counts, "r")+` AND NOT EXISTS (SELECT 1 FROM returns p
			WHERE p.edition = r.edition AND p.contact = r.contact AND p.n < r.n AND p.kind = r.kind AND p`+fmt.Sprintf(counts, "p")+`) ORDER BY r.n`,
		after, last, ProofReply, DoneNothing)
	return last, c, err
}

// CountContacts notes how many contacts get mail now: who is not suppressed, did not
// leave everything, and is on a list of the office or asked for a digest. It reads all contacts. The first time it reckons the months before
// from when those came who are here now.
func (v Statistics) CountContacts(ctx context.Context, now time.Time) error {
	c := statisticsCounts{}
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var place, level string
		var n int64
		err := rows.Scan(&place, &level, &n)
		c.add(FigureContacts, "", place, level, now, n)
		return err
	}, `SELECT c.place, c.level, COUNT(*) FROM contacts c WHERE NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key = c.address_key)
		AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.contact = c.id AND s.digest = '' AND s.status = 'unsubscribed')
		AND (c.origin NOT IN ('signup', 'ended') OR EXISTS (SELECT 1 FROM subscriptions s WHERE s.contact = c.id AND s.status = 'active')) GROUP BY c.place, c.level`)
	if err == nil && len(c) == 0 {
		c.addPart(FigureContacts, PartAll, "", "", now, 0)
	}
	if err == nil {
		err = v.reckonMonths(ctx, c, now)
	}
	if err != nil {
		return fmt.Errorf("count contacts: %w", err)
	}
	return v.db.write(ctx, "count contacts", func(tx *sql.Tx) error {
		if err := clearSpans(ctx, tx, FigureContacts, "", now); err != nil {
			return err
		}
		return c.store(ctx, tx, setCount)
	})
}

// clearSpans forgets what was true of a day, its month and its year: a place may have nobody now.
func clearSpans(ctx context.Context, tx *sql.Tx, f Figure, digest string, day time.Time) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM statistics WHERE figure = $1 AND part IN ('', 'place', 'level') AND unit IN ('day', 'month', 'year')
		AND span IN ($3, $4, $5) AND digest = $2`, string(f), digest, UnitDay.Span(day), UnitMonth.Span(day), UnitYear.Span(day))
	return err
}

// reckonMonths adds the months before the first count: who is here now without those
// who came later.
func (v Statistics) reckonMonths(ctx context.Context, c statisticsCounts, now time.Time) error {
	some, err := anyRow(ctx, v.db.reader, `SELECT EXISTS (SELECT 1 FROM statistics WHERE figure = 'contacts')`)
	if err != nil || some {
		return err
	}
	type series struct {
		part StatisticsPart
		name string
	}
	joined := map[series]map[string]int64{}
	first := UnitMonth.Span(now)
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var s series
		var span string
		var n int64
		if err := rows.Scan(&s.part, &s.name, &span, &n); err != nil {
			return err
		}
		if joined[s] == nil {
			joined[s] = map[string]int64{}
		}
		joined[s][span], first = n, min(first, span)
		return nil
	}, `SELECT part, name, span, n FROM statistics WHERE figure = 'joined' AND digest = '' AND unit = 'month'`)
	if err != nil {
		return err
	}
	for s, of := range joined {
		left := c[counted{FigureContacts, s.part, s.name, "", UnitMonth, UnitMonth.Span(now)}]
		month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
		for i := 0; i < maxReckoned && left > 0 && UnitMonth.Span(month) > first; i++ {
			left = max(0, left-of[UnitMonth.Span(month)])
			month = month.AddDate(0, -1, 0)
			c[counted{FigureContacts, s.part, s.name, "", UnitMonth, UnitMonth.Span(month)}] = left
			if month.Month() == time.December {
				c[counted{FigureContacts, s.part, s.name, "", UnitYear, UnitYear.Span(month)}] = left
			}
		}
	}
	return nil
}

// maxReckoned is how many months are reckoned: a clock may have been wrong once.
const maxReckoned = 240
