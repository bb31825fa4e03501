package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// mayBeginSQL is the condition that messages of an edition e may begin now, by the
// clock of the database: it is being sent, its first wave is not waited for,
// the hour is right, and all mailing is not held.
func (db *DB) mayBeginSQL() string {
	return `e.status = 'sending' AND e.wave <> 2 AND (e.hours = '' OR e.opens <= ` + db.clock() + ` AND e.closes > ` + db.clock() + `)
		AND ` + mailNotHeldSQL
}

// MayBegin reports whether messages of the edition may begin now: what senders in
// all processes ask each half second.
func (v Editions) MayBegin(ctx context.Context, edition int64) (yes bool, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM editions e WHERE e.n = $1 AND `+v.db.mayBeginSQL()+`)`, edition).Scan(&yes)
	return yes, wrap(explain(err), "look whether the edition goes on")
}

// Timed gives the editions being sent that wait for hours of the day or have a
// first wave.
func (v Editions) Timed(ctx context.Context) (rows []int64, err error) {
	rows, err = collectColumn[int64](ctx, v.db.reader, `SELECT n FROM editions WHERE status = 'sending' AND (hours <> '' OR wave <> 0) ORDER BY n`)
	return rows, wrap(err, "list editions that wait")
}

// AdvanceWindow gives an edition that has hours of the day its next window, once
// the last one is over; window gives the one that is at the moment now, or the
// next.
func (v Editions) AdvanceWindow(ctx context.Context, edition int64, window func(hours, zone string, now time.Time) (opens, closes time.Time, err error)) error {
	var hours, zone string
	var closed, now int64
	err := v.db.reader.QueryRowContext(ctx, `SELECT hours, zone, closes, `+v.db.clock()+` FROM editions WHERE n = $1`, edition).Scan(&hours, &zone, &closed, &now)
	if err != nil {
		return fmt.Errorf("look at the hours of the edition: %w", explain(err))
	}
	if hours == "" || now < closed {
		return nil
	}
	opens, closes, err := window(hours, zone, fromMillis(now))
	if err != nil {
		return fmt.Errorf("hours of the edition: %w", err)
	}
	return v.db.write(ctx, "open the window of the edition", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE editions SET opens = $1, closes = $2 WHERE n = $3 AND closes = $4`,
			millis(opens), millis(closes), edition, closed)
		return err
	})
}

// The waves of an edition.
const (
	waveAll   = 0 // everybody
	waveFirst = 1 // the first wave is sent
	waveOver  = 2 // it was sent, and is waited for
)

// canaryTolerance is how much of a first wave may fail or come back: more than one of
// so many is no accident of a few addresses.
const canaryTolerance = 10

// AdvanceCanary moves an edition on that has a first wave: once each of its messages
// was tried it waits, and then goes on to everybody; where more than a tenth
// failed or came back it is held instead, and alarm tells that.
func (v Editions) AdvanceCanary(ctx context.Context, edition int64) (alarm bool, err error) {
	if w, err := v.db.loadCanaryWave(ctx, v.db.reader, edition); err != nil || !w.isDue() {
		return false, err
	}
	err = v.db.write(ctx, "look at the first wave", func(tx *sql.Tx) error {
		alarm = false
		w, err := v.db.loadCanaryWave(ctx, tx, edition)
		if err != nil || !w.isDue() {
			return err
		}
		if alarm = !w.accepted && w.bad*canaryTolerance > w.tried; alarm {
			h := &bantin.Hold{Reason: bantin.HeldFirstWave, Detail: bantin.HoldDetail{Refused: w.bad, Outcomes: w.tried}}
			if h.Detail.Reply, err = lastRefusal(ctx, tx, edition, ""); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE editions SET wave = $1 WHERE n = $2`, waveOver, edition); err != nil {
				return err
			}
			return v.db.hold(ctx, tx, edition, h)
		}
		next := waveOver
		if w.wave == waveOver || w.isWhole {
			next = waveAll
		}
		_, err = tx.ExecContext(ctx, `UPDATE editions SET wave = $1, wave_ends = `+v.db.clock()+` + canary_wait WHERE n = $2`, next, edition)
		return err
	})
	return alarm && err == nil, err
}

// canaryWave is how the first wave of an edition stands.
type canaryWave struct {
	wave     int
	accepted bool  // a person said that its refusals are right
	ended    bool  // its wait
	isWhole  bool  // there is nobody behind it
	queued   int64 // and whose domain waits for nobody
	tried    int64 // since a person resumed it, if they did
	bad      int64
}

// isDue reports whether it is time for what comes next.
func (w *canaryWave) isDue() bool {
	return w.wave == waveFirst && w.queued == 0 || w.wave == waveOver && w.ended
}

func (db *DB) loadCanaryWave(ctx context.Context, q querier, edition int64) (w canaryWave, err error) {
	var to int64
	err = q.QueryRowContext(ctx, `SELECT e.wave, CASE WHEN e.wave_ends <= `+db.clock()+` THEN 1 ELSE 0 END, e.canary_to,
			CASE WHEN EXISTS (SELECT 1 FROM chunks k WHERE k.edition = e.n AND k.hi > e.canary_to) THEN 0 ELSE 1 END, e.accepted
		FROM editions e WHERE e.n = $1 AND e.frozen = 1 AND e.status = 'sending' AND e.wave <> 0`, edition).Scan(&w.wave, &w.ended, &to, &w.isWhole, &w.accepted)
	if errors.Is(err, sql.ErrNoRows) {
		return w, nil
	}
	if err != nil || w.wave == waveOver && !w.ended {
		return w, explain(err)
	}
	err = q.QueryRowContext(ctx, `SELECT COALESCE(SUM(CASE WHEN status = 'queued' AND next_attempt < $3 THEN 1 END), 0),
			COALESCE(SUM(CASE WHEN status IN ('sent', 'failed', 'deferred') AND updated_at > resumed THEN 1 END), 0),
			COALESCE(SUM(CASE WHEN status = 'failed' AND updated_at > resumed THEN 1 END), 0)
		FROM (SELECT COALESCE(MAX(ended), 0) AS resumed FROM holds WHERE edition = $1) h CROSS JOIN deliveries WHERE edition = $1 AND contact <= $2`, edition, to, int64(parkedFrom)).Scan(&w.queued, &w.tried, &w.bad)
	if err != nil {
		return w, explain(err)
	}
	back, err := countReturned(ctx, q, edition) // nobody else has had it yet
	w.bad += back
	return w, err
}
