package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// Relays keeps what all nodes know of a mail server that takes nothing for now: Use
// says which one is used, Update changes what is known of it, Probe elects the node that
// tries one message, EndProbe lets others try, ProbeNow makes that due.
type Relays struct{ db *DB }

// Relays gives the view of the mail servers.
func (db *DB) Relays() Relays { return Relays{db} }

// RelayState is what is known of a mail server.
type RelayState struct {
	Name   string            `json:"-"`
	Reason bantin.WaitReason `json:"-"` // "": it takes mail
	Until  time.Time         `json:"-"` // when one message is tried next; zero: now

	Said      string    `json:"said,omitempty"`    // its reply
	Problem   string    `json:"problem,omitempty"` // which setting that points at: see mailer.SetupProblem
	Since     time.Time `json:"since,omitzero"`
	Began     time.Time `json:"began,omitzero"`      // of the period of its limit: when it took the first message
	Accepted  int64     `json:"accepted,omitempty"`  // since then
	RefusedAt time.Time `json:"refused_at,omitzero"` // last, for its limit
	Periods   []Period  `json:"periods,omitempty"`   // that are over, the newest last
}

// Period is one period of a mail server's limit: it took so many messages, and then
// one again so long after the first; Least after it, it still refused.
type Period struct {
	Least    time.Duration `json:"least"`
	Most     time.Duration `json:"most"`
	Accepted int64         `json:"accepted"`
}

// Limit is what the last two periods show of a limit: so many messages in a minute,
// an hour or a day, which is what accounts have; ok is false where they do not agree.
func (s *RelayState) Limit() (allowed int64, every time.Duration, ok bool) {
	if len(s.Periods) < 2 {
		return 0, 0, false
	}
	a, b := s.Periods[len(s.Periods)-2], s.Periods[len(s.Periods)-1]
	least, most := max(a.Least, b.Least), min(a.Most, b.Most)
	for _, length := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
		if slack := length / 20; least-slack <= length && length <= most+slack {
			return min(a.Accepted, b.Accepted), length, true
		}
	}
	return 0, 0, false
}

// State gives what is known of a mail server.
func (v Relays) State(ctx context.Context, name string) (RelayState, error) {
	s, err := scanRelay(v.db.reader.QueryRowContext(ctx, `SELECT name, reason, until, state FROM relays WHERE name = $1`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return RelayState{Name: name}, nil
	}
	return s, wrap(explain(err), "look up the mail server")
}

// Waiting gives a mail server that takes nothing for now; ok is false where all do.
func (v Relays) Waiting(ctx context.Context) (s RelayState, ok bool, err error) {
	s, err = scanRelay(v.db.reader.QueryRowContext(ctx, `SELECT name, reason, until, state FROM relays WHERE reason <> '' ORDER BY name LIMIT 1`))
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("look up the mail server: %w", explain(err))
	}
	return s, true, nil
}

func scanRelay(row scanner) (RelayState, error) {
	var s RelayState
	var until int64
	err := row.Scan(&s.Name, &s.Reason, &until, asJSON(&s))
	if until > 0 { // else it is due now
		s.Until = fromMillis(until)
	}
	return s, err
}

// Use says which mail server is used from now on: nobody waits for another one.
func (v Relays) Use(ctx context.Context, name string) error {
	return v.db.inTx(ctx, "note which mail server is used", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE relays SET reason = '' WHERE name <> $1 AND reason <> ''`, name)
		return err
	})
}

// Update changes what is known of a mail server, and ends a probe of it.
func (v Relays) Update(ctx context.Context, name string, change func(*RelayState)) (s RelayState, err error) {
	err = v.db.write(ctx, "note how the mail server does", func(tx *sql.Tx) error {
		s, err = scanRelay(tx.QueryRowContext(ctx, `SELECT name, reason, until, state FROM relays WHERE name = $1`, name))
		if errors.Is(err, sql.ErrNoRows) {
			s, err = RelayState{Name: name}, nil
		}
		if err != nil {
			return err
		}
		change(&s)
		state, err := json.Marshal(s)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO relays (name, reason, until, state) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO UPDATE SET reason = excluded.reason, until = excluded.until, state = excluded.state, probe_lease = 0`,
			name, s.Reason, millis(s.Until), string(state))
		return err
	})
	return s, err
}

// Probe elects the node that tries one message, once that is due, for the length of
// the lease; ok is false where another one does or it is too early.
func (v Relays) Probe(ctx context.Context, name, node string, lease time.Duration) (ok bool, err error) {
	if ok, err = v.db.probe(ctx, name, node, lease); ok || err != nil {
		return ok, err
	}
	if err := v.db.Nodes().ReclaimDead(ctx); err != nil { // it may be one that died who does
		return false, err
	}
	return v.db.probe(ctx, name, node, lease)
}

func (db *DB) probe(ctx context.Context, name, node string, lease time.Duration) (ok bool, err error) {
	err = db.inTx(ctx, "probe the mail server", func(tx *sql.Tx) error {
		n, err := execCount(ctx, tx, `UPDATE relays SET prober = $1, probe_lease = `+db.clock()+` + $2
			WHERE name = $3 AND reason <> '' AND until <= `+db.clock()+` AND (probe_lease <= `+db.clock()+` OR prober = $1)`, node, lease.Milliseconds(), name)
		ok = n == 1
		return err
	})
	return ok, err
}

// EndProbe ends a try of a node that came to nothing: others need not wait for it.
func (v Relays) EndProbe(ctx context.Context, name, node string) error {
	return v.db.inTx(ctx, "end the probe of the mail server", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE relays SET probe_lease = 0 WHERE name = $1 AND prober = $2`, name, node)
		return err
	})
}

// ProbeNow makes a probe due: a person wants to see.
func (v Relays) ProbeNow(ctx context.Context) error {
	return v.db.inTx(ctx, "probe the mail server now", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE relays SET until = 0, probe_lease = 0 WHERE reason <> '' AND probe_lease <= `+v.db.clock())
		return err
	})
}
