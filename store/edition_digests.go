package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Digests keeps what the scheduler remembers of each digest (Register, State,
// PutScheduleInForce, RetireSchedules, MarkDueHandled, Titles), and answers what its
// next edition would be: News gives the bulletins, Audience and CountAudience the
// recipients.
type Digests struct{ db *DB }

// Digests gives the view of the digests.
func (db *DB) Digests() Digests { return Digests{db} }

// Register lets links and pages know a digest; it keeps its title. What is known under
// one of its aliases is carried over: its state, editions, subscriptions and
// departures. Its schedule is not seen by this: that is the daemon's, see
// PutScheduleInForce.
func (v Digests) Register(ctx context.Context, id, title string, aliases []string) error {
	return v.db.write(ctx, "see digest "+id, func(tx *sql.Tx) error {
		return registerDigest(ctx, tx, id, title, aliases, v.db.now())
	})
}

// registerDigest makes the row of a digest where there is none: from now on, without a
// schedule.
func registerDigest(ctx context.Context, tx *sql.Tx, id, title string, aliases []string, now time.Time) error {
	for _, alias := range aliases {
		if err := renameDigest(ctx, tx, alias, id); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO digests (id, title, first_seen, last_due, schedule) VALUES ($1, $2, $3, $3, $4)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title`, id, title, millis(now), noSchedule)
	return err
}

// renameDigest moves what hangs on an old id. Where the new one has rows of
// its own they stay, and the old ones do too. It looks first: the subscriptions
// of millions have no index of digests, and are read through once only.
func renameDigest(ctx context.Context, tx *sql.Tx, from, to string) error {
	known, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM digests WHERE id = $1) OR EXISTS (SELECT 1 FROM editions WHERE digest = $1)`, from)
	if err != nil || !known {
		return err
	}
	for _, query := range []string{
		`UPDATE digests SET id = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM digests WHERE id = $2)`,
		`UPDATE editions SET digest = $2 WHERE digest = $1 AND NOT EXISTS (SELECT 1 FROM editions o
			WHERE o.digest = $2 AND (o.due = editions.due OR o.number = editions.number))`,
		`UPDATE subscriptions SET digest = $2 WHERE digest = $1 AND NOT EXISTS (SELECT 1 FROM subscriptions o
			WHERE o.digest = $2 AND o.contact = subscriptions.contact)`,
		`UPDATE departures SET digest = $2 WHERE digest = $1`,
		`INSERT INTO statistics (figure, part, unit, span, name, digest, n) SELECT figure, part, unit, span, name, $2, n FROM statistics WHERE digest = $1
			ON CONFLICT (figure, part, unit, span, name, digest) DO UPDATE SET n = CASE WHEN statistics.figure <> 'recipients' THEN statistics.n + excluded.n
				WHEN excluded.n > statistics.n THEN excluded.n ELSE statistics.n END`, // how many recipients there were is no sum
		`DELETE FROM statistics WHERE digest = $1 AND digest <> $2`,
		`UPDATE compositions SET digest = $2 WHERE digest = $1 AND NOT EXISTS (SELECT 1 FROM compositions o WHERE o.digest = $2)`,
		`UPDATE digest_drops SET digest = $2 WHERE digest = $1 AND NOT EXISTS (SELECT 1 FROM digest_drops o
			WHERE o.digest = $2 AND o.bulletin = digest_drops.bulletin)`,
	} {
		if _, err := tx.ExecContext(ctx, query, from, to); err != nil {
			return fmt.Errorf("carry over from %s: %w", from, err)
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM machine_schedules WHERE digest = $1`, from)
	return err
}

// Titles gives every digest that ever was, with its title: links in old
// mails speak of them.
func (v Digests) Titles(ctx context.Context) (map[string]string, error) {
	list, err := collectMap[string, string](ctx, v.db.reader, `SELECT id, title FROM digests UNION SELECT digest, MAX(title) FROM editions
		WHERE digest NOT IN (SELECT id FROM digests) GROUP BY digest`)
	return list, wrap(err, "list digests")
}
