package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// clockFault is how far in the future a stored time of something that has happened may
// lie: clocks of two machines differ a little.
const clockFault = time.Hour

// timeColumn is a column that holds times.
type timeColumn struct{ table, column string }

func (c timeColumn) String() string { return c.table + "." + c.column }

// happenedColumns hold times of what has happened. None of them can be later than now.
// What is not here: deliveries.updated_at, which is shown, and later than it was only keeps
// a refusal from suppressing, in a table that is too large to be read through;
// contacts.updated_at, which no program reads; editions.due, which each Message-ID and
// return path of an edition was made from.
func happenedColumns() []timeColumn {
	var list []timeColumn
	for _, names := range []string{
		"bulletins arrived_at news_at changed_at", "verdicts at",
		"sources last_success error_at failing_since", "source_problems since", "tasks last_success failing_since", "troubles since resolved", "trouble_tellings told ended", "documents modified",
		"contacts created_at", "subscriptions since", "suppressions at", "erased at", "departures at", "imports at", "record at",
		"signups confirmed_at", "moves done_at", "notices created_at updated_at",
		"actions at", "office_links used_at", "office_sessions created_at", "office_tokens created_at",
		"digests first_seen schedule_since", "machine_schedules since",
		"compositions at", "announcements at", "data_requests arrived_at done_at", "linked_files created_at", "editions created_at done_at approved_at", "reports at", "returns at", "return_events at", "holds since ended", "checkups at since bad_since",
	} {
		fields := strings.Fields(names)
		for _, column := range fields[1:] {
			list = append(list, timeColumn{fields[0], column})
		}
	}
	return list
}

// day is as long as hours of the day can be away; maxRetryAhead is more than any wait
// for a retry.
const (
	day           = 24 * time.Hour
	maxRetryAhead = 8 * day
)

// plannedColumns hold times at which something goes on, with how far ahead they can be:
// one that is later was reckoned by a clock that was ahead. A lease lasts a minute, a
// retry waits a day or so.
func plannedColumns() map[timeColumn]time.Duration {
	return map[timeColumn]time.Duration{
		{"chunks", "lease"}: clockFault, {"notices", "lease"}: clockFault,
		{"relays", "until"}: day, {"relays", "probe_lease"}: clockFault,
		{"notices", "next_attempt"}: maxRetryAhead, {"hub_topics", "due"}: maxRetryAhead, {"trouble_tellings", "next"}: 2 * day, {"sources", "next_try"}: 366 * day,
		{"editions", "approve_by"}: 400 * day,
	}
}

// correction is a change of the rows of a table that a clock which was ahead has left.
type correction struct{ name, table, set, where string }

// corrections are those that one statement makes for all rows of a table.
func (db *DB) corrections(now time.Time) []correction {
	at := func(ahead time.Duration) string { return strconv.FormatInt(millis(now.Add(ahead)), 10) }
	list := []correction{
		// Through their bulletins: revisions are long, and too many to be read through.
		{"revisions.at", "revisions", "at = " + at(0), "at > " + at(clockFault) + " AND bulletin IN (SELECT n FROM bulletins WHERE changed_at > " + at(clockFault) + ")"},
		{"digests.missed_due", "digests", "missed_due = 0", "missed_due > " + at(clockFault)},
	}
	for _, c := range happenedColumns() {
		to := at(0)
		if c.table == "documents" {
			to = strconv.FormatInt(now.Unix()*1000, 10) // HTTP dates know no more
		}
		list = append(list, correction{c.String(), c.table, c.column + " = " + to, c.column + " > " + at(clockFault)})
	}
	for c, most := range plannedColumns() {
		list = append(list, correction{c.String(), c.table, c.column + " = " + at(0), c.column + " > " + at(most)})
	}
	const open = " AND status NOT IN ('done', 'cancelled')"
	list = append(list,
		// Hours of the day are reckoned again, and the others waited for from now.
		correction{"editions.opens", "editions", "opens = 0, closes = 0", "(opens > " + at(2*day) + " OR closes > " + at(3*day) + ")" + open},
		correction{"editions.wave_ends", "editions", "wave_ends = canary_wait + " + at(0), "wave_ends > canary_wait + " + at(clockFault) + open},
		correction{"editions.expected", "editions", "expected = " + at(day), "expected > " + at(31*day) + " AND owes = 1"})
	if !db.postgres { // a server reckons these by its own clock
		list = append(list,
			correction{"budgets.free", "budgets", "free = 1000 * " + at(0), "free > 1000 * " + at(day)},
			correction{"duties.till", "duties", "till = " + at(0), "till > " + at(clockFault)})
	}
	// The last, since it tells whether a bulletin has to be corrected.
	return append(list, correction{"counters.changed_at", "counters", "value = " + at(0), "name = 'changed_at' AND value > " + at(clockFault)})
}

// CorrectTimes corrects what a clock that was ahead has left: stored times of what has
// happened that lie more than an hour after now become now, and what waits for a time
// that never was goes on. Nothing is deleted but the windows of limits of forms. It
// gives how many times it corrected, by where they stand. now must be believed.
func (db *DB) CorrectTimes(ctx context.Context, now time.Time) (corrected map[string]int64, err error) {
	return db.correctTimes(ctx, now, func(string) bool { return true })
}

// CorrectFewTimes is CorrectTimes but for tables that grow with the contacts, which take
// long to be read through: what a daemon starts with.
func (db *DB) CorrectFewTimes(ctx context.Context, now time.Time) (corrected map[string]int64, err error) {
	return db.correctTimes(ctx, now, func(table string) bool { return table != "subscriptions" && table != "record" })
}

func (db *DB) correctTimes(ctx context.Context, now time.Time, in func(table string) bool) (corrected map[string]int64, err error) {
	corrected = map[string]int64{}
	// No time of a bulletin is later than the counter of their changes, which only rises.
	bulletins, err := anyRow(ctx, db.reader, `SELECT EXISTS (SELECT 1 FROM counters WHERE name = 'changed_at' AND value > $1)`, millis(now.Add(clockFault)))
	if err != nil {
		return nil, fmt.Errorf("look for changes in the future: %w", err)
	}
	var tables []string // in order: revisions are found by their bulletins, and both by the counter
	of := map[string][]correction{}
	for _, c := range db.corrections(now) {
		if !in(c.table) || !bulletins && (c.table == "bulletins" || c.table == "revisions") {
			continue
		}
		if of[c.table] == nil {
			tables = append(tables, c.table)
		}
		of[c.table] = append(of[c.table], c)
	}
	for _, table := range tables {
		if err := db.correct(ctx, table, of[table], corrected); err != nil {
			return corrected, err
		}
	}
	if err := db.correctDigests(ctx, now, corrected); err != nil {
		return corrected, err
	}
	if err := db.correctRetries(ctx, now, corrected); err != nil {
		return corrected, err
	}
	limit := millis(now.Add(clockFault)) // windows that never were; their time is part of their key
	n, err := db.pruneBatches(ctx, "forget limits of the future", pruneBatchSize, `DELETE FROM limits
		WHERE (key, since) IN (SELECT key, since FROM limits WHERE since > $2 ORDER BY key, since LIMIT $1)`, limit)
	if n > 0 {
		corrected["limits.since"] = n
	}
	return corrected, err
}

// correct reads a table through once before it writes, so that nothing waits for it each
// time.
func (db *DB) correct(ctx context.Context, table string, list []correction, corrected map[string]int64) error {
	var wrong []string
	for _, c := range list {
		wrong = append(wrong, "("+c.where+")")
	}
	found, err := anyRow(ctx, db.reader, `SELECT EXISTS (SELECT 1 FROM `+table+` WHERE `+strings.Join(wrong, " OR ")+`)`)
	if err != nil {
		return fmt.Errorf("look for times in the future in %s: %w", table, err)
	}
	if !found {
		return nil
	}
	return db.write(ctx, "correct times of "+table, func(tx *sql.Tx) error {
		for _, c := range list {
			n, err := execCount(ctx, tx, `UPDATE `+table+` SET `+c.set+` WHERE `+c.where)
			if err != nil {
				return err
			}
			if n > 0 {
				corrected[c.name] = n
			}
		}
		return nil
	})
}

// correctDigests puts the due time that was dealt with last back to that of the last
// edition, or to when the digest or its schedule was first seen: what was due since then
// was missed, and is made up for as the digest says.
func (db *DB) correctDigests(ctx context.Context, now time.Time, corrected map[string]int64) error {
	last := map[string]int64{}
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var id string
		var first, since, due int64
		err := rows.Scan(&id, &first, &since, &due)
		last[id] = max(first, since, due)
		return err
	}, `SELECT id, first_seen, schedule_since, COALESCE((SELECT MAX(e.due) FROM editions e WHERE e.digest = digests.id AND e.due <= $2), 0)
		FROM digests WHERE last_due > $1`, millis(now.Add(clockFault)), millis(now))
	if err != nil {
		return fmt.Errorf("look for due times in the future: %w", err)
	}
	for id, due := range last {
		err := db.execute(ctx, "correct the last due time of "+id, `UPDATE digests SET last_due = $1 WHERE id = $2`, due, id)
		if err != nil {
			return err
		}
		corrected["digests.last_due"]++
	}
	return nil
}

// correctRetries has deliveries be tried that wait for a time that never was, a chunk in
// a transaction.
func (db *DB) correctRetries(ctx context.Context, now time.Time, corrected map[string]int64) error {
	limit := millis(now.Add(maxRetryAhead))
	type chunk struct{ edition, number, lo, hi int64 }
	late, err := collectFields(ctx, db.reader, func(c *chunk) []any { return []any{&c.edition, &c.number, &c.lo, &c.hi} }, `SELECT k.edition, k.chunk, k.lo, k.hi FROM chunks k WHERE k.done = 0 AND (k.due > $1 OR k.deferred > 0 AND EXISTS (SELECT 1 FROM deliveries d
		WHERE d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi AND d.status = 'deferred' AND d.next_attempt > $1)) ORDER BY k.edition, k.chunk`, limit)
	if err != nil {
		return fmt.Errorf("look for retries in the future: %w", err)
	}
	for _, c := range late {
		err := db.write(ctx, "correct retries", func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE deliveries SET next_attempt = $1 WHERE edition = $2 AND contact BETWEEN $3 AND $4
				AND status = 'deferred' AND next_attempt > $5`, millis(now), c.edition, c.lo, c.hi, limit)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `UPDATE chunks SET due = $1 WHERE edition = $2 AND chunk = $3 AND due > $4`, millis(now), c.edition, c.number, limit)
			return err
		})
		if err != nil {
			return err
		}
		corrected["chunks.due"]++
	}
	return nil
}
