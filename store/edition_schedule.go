package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// noSchedule is the text of a schedule that is never due. The texts of others are the
// scheduler's: the store compares them and does not read them.
const noSchedule = "{}"

// DigestState is what the scheduler remembers of a digest.
type DigestState struct {
	FirstSeen time.Time // due times count from here
	LastDue   time.Time // due times up to here were dealt with: mailed, skipped, reported, or are none
	Missed    time.Time // one before LastDue that is still to be dealt with; zero: none
	Schedule  string    // the text of the schedule in force; "" after an upgrade: not known
	OnNews    bool      // it is due when there is news
	Since     time.Time // when it was put in force
	By        string    // the machine whose configuration brought it
	Taken     bool      // it was put in force by this call
}

// ScheduleSeen is the schedule of a digest as the configuration of a daemon has it.
type ScheduleSeen struct {
	Digest, Title string
	Aliases       []string
	Schedule      string // its text
	OnNews        bool   // it is due when there is news
	Now           time.Time

	// Missed gives the latest time in (after, until] at which both the schedule that
	// was and this one are due; zero for none.
	Missed func(was string, after, until time.Time) time.Time
}

// State gives what is remembered of a digest; known is false where there is nothing.
func (v Digests) State(ctx context.Context, digest string) (s DigestState, known bool, err error) {
	s, err = loadDigestState(ctx, v.db.reader, digest)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("look up digest %s: %w", digest, explain(err))
	}
	return s, true, nil
}

func loadDigestState(ctx context.Context, q querier, digest string) (s DigestState, err error) {
	var last, missed int64
	err = q.QueryRowContext(ctx, `SELECT first_seen, last_due, missed_due, schedule, on_news = 1, schedule_since, schedule_by FROM digests WHERE id = $1`, digest).
		Scan(asTime(&s.FirstSeen), &last, &missed, &s.Schedule, &s.OnNews, asTime(&s.Since), &s.By)
	s.LastDue = fromMillis(last)
	if missed > 0 {
		s.Missed = fromMillis(missed)
	}
	return s, err
}

// PutScheduleInForce puts the schedule that this machine's configuration has for a
// digest in force, and gives what is remembered of the digest then. No due time from
// before that is due by the new schedule, except the last one that was missed of those
// that both schedules have. Where another machine brought a schedule and this machine's
// configuration is as it was, the other one's stays in force: machines that start
// again and again do not take turns.
func (v Digests) PutScheduleInForce(ctx context.Context, seen ScheduleSeen) (s DigestState, err error) {
	err = v.db.write(ctx, "see the schedule of "+seen.Digest, func(tx *sql.Tx) error {
		if err := registerDigest(ctx, tx, seen.Digest, seen.Title, seen.Aliases, seen.Now); err != nil {
			return err
		}
		if s, err = loadDigestState(ctx, tx, seen.Digest); err != nil {
			return err
		}
		edited, err := v.db.noteMachineSchedule(ctx, tx, seen.Digest, seen.Schedule, seen.Now)
		if err != nil || s.Schedule == seen.Schedule || s.Schedule != "" && !edited {
			return err
		}
		if s.Schedule != "" {
			s.Missed = seen.stillMissed(&s)
			s.LastDue = latest(s.LastDue, seen.Now)
		}
		s.Schedule, s.OnNews, s.Since, s.By, s.Taken = seen.Schedule, seen.OnNews, seen.Now, v.db.Machine(), true
		return storeSchedule(ctx, tx, seen.Digest, &s)
	})
	return s, err
}

// stillMissed is what stays missed of the time before this schedule.
func (seen *ScheduleSeen) stillMissed(s *DigestState) time.Time {
	missed := seen.Missed(s.Schedule, s.LastDue, seen.Now)
	if missed.IsZero() && !s.Missed.IsZero() {
		missed = seen.Missed(s.Schedule, s.Missed.Add(-time.Millisecond), s.Missed)
	}
	return missed
}

func storeSchedule(ctx context.Context, tx *sql.Tx, digest string, s *DigestState) error {
	var missed int64
	if !s.Missed.IsZero() {
		missed = millis(s.Missed)
	}
	_, err := tx.ExecContext(ctx, `UPDATE digests SET schedule = $1, schedule_since = $2, schedule_by = $3, last_due = $4, missed_due = $5, on_news = $6 WHERE id = $7`,
		s.Schedule, millis(s.Since), s.By, millis(s.LastDue), missed, boolInt(s.OnNews), digest)
	return err
}

// noteMachineSchedule keeps what this machine's configuration says of a digest, and
// reports whether that is another schedule than it said last; true where it said none.
func (db *DB) noteMachineSchedule(ctx context.Context, tx *sql.Tx, digest, schedule string, now time.Time) (edited bool, err error) {
	var was string
	err = tx.QueryRowContext(ctx, `SELECT schedule FROM machine_schedules WHERE digest = $1 AND machine = $2`, digest, db.Machine()).Scan(&was)
	if err == nil && was == schedule {
		return !db.postgres, nil // a database that is a file is one daemon's
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO machine_schedules (digest, machine, schedule, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (digest, machine) DO UPDATE SET schedule = excluded.schedule, since = excluded.since`, digest, db.Machine(), schedule, millis(now))
	return true, err
}

// Machine names this machine and its data directory: a node has another name after
// each start.
func (db *DB) Machine() string { return MachineName(db.dir) }

// MachineName is how a data directory of this machine is named among others.
func MachineName(dir string) string { return hostname() + ":" + dir }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// RetireSchedules puts it in force that digests are never due which this machine's
// configuration had and has no more; keep names those that it has. Brought back, such a
// digest is due from then on.
func (v Digests) RetireSchedules(ctx context.Context, keep []string, now time.Time) (retired []string, err error) {
	var args params
	mine := ``
	if v.db.postgres {
		mine = ` AND id IN (SELECT digest FROM machine_schedules WHERE machine = ` + args.add(v.db.Machine()) + ` AND schedule <> ` + args.add(noSchedule) + `)`
	}
	query := `SELECT id FROM digests WHERE schedule <> ` + args.add(noSchedule) + mine
	if len(keep) > 0 {
		query += ` AND id NOT IN ` + args.inList(keep)
	}
	gone, err := collectColumn[string](ctx, v.db.reader, query+` ORDER BY id`, args...)
	if err != nil {
		return nil, fmt.Errorf("look for digests that are gone: %w", explain(err))
	}
	for _, digest := range gone {
		if err := v.db.retireSchedule(ctx, digest, now); err != nil {
			return retired, err
		}
		retired = append(retired, digest)
	}
	return retired, nil
}

func (db *DB) retireSchedule(ctx context.Context, digest string, now time.Time) error {
	return db.write(ctx, "retire the schedule of "+digest, func(tx *sql.Tx) error {
		s, err := loadDigestState(ctx, tx, digest)
		if err != nil {
			return err
		}
		if _, err := db.noteMachineSchedule(ctx, tx, digest, noSchedule, now); err != nil {
			return err
		}
		return storeSchedule(ctx, tx, digest, &DigestState{Schedule: noSchedule, Since: now, By: db.Machine(), LastDue: latest(s.LastDue, now)})
	})
}

// MarkDueHandled notes that the due times of a digest up to this one need nothing more.
func (v Digests) MarkDueHandled(ctx context.Context, digest string, due time.Time) error {
	return v.db.execute(ctx, "note due time of "+digest, `UPDATE digests SET last_due = CASE WHEN last_due < $1 THEN $1 ELSE last_due END,
			missed_due = CASE WHEN missed_due <= $1 THEN 0 ELSE missed_due END WHERE id = $2`, millis(due), digest)
}
