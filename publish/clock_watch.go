package publish

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"bantin/clock"
	"bantin/publish/alarm"
	"bantin/schedule"
	"bantin/store"
)

// ClockWatch looks after the clock of a daemon: it keeps the heartbeat, asks other
// sources while the clock is in doubt, corrects stored times once it is believed, and
// reports a database server whose clock is another.
type ClockWatch struct {
	DB      *store.DB
	Log     *slog.Logger
	Clock   *clock.Clock
	Sources []clock.Source
	Alarms  *alarm.Alarms // nil: a fault is logged alone

	wasSure     bool
	everSure    bool
	keptAt      time.Time     // of the last heartbeat
	correctedAt time.Time     // when stored times were looked at last
	comparedAt  time.Time     // when the database server was asked last
	off         time.Duration // of the database server, as it was reported; 0: none was
}

const (
	clockInterval     = 5 * time.Second
	heartbeatInterval = time.Minute
	compareInterval   = 10 * time.Minute
	correctInterval   = 24 * time.Hour
	// maxServerOff is how far the clock of a database server may be from this one.
	maxServerOff = time.Minute
)

// correction corrects stored times that lie after now, and counts them by where they stand.
type correction func(ctx context.Context, now time.Time) (map[string]int64, error)

// heartbeatSetting is the setting that holds the last time that was believed.
const heartbeatSetting = "clock"

// Begin tells the clock the last time that was believed, has the database take its time
// from the clock, and corrects stored times where it is believed at once, but for the
// many that only stand beside a contact: those are looked at while all else runs. It comes
// before anything is read that such a time stands in.
func (w *ClockWatch) Begin(ctx context.Context) error {
	last, err := LastHeartbeat(ctx, w.DB, w.Log)
	if err != nil {
		return err
	}
	w.Clock.Begin(last)
	w.DB.UseClock(w.Clock.Now)
	var near []clock.Source // those that answer at once: a start does not wait for others
	for _, s := range w.sources() {
		if s.Every == 0 {
			near = append(near, s)
		}
	}
	w.look(ctx, near, w.DB.CorrectFewTimes)
	w.correctedAt = time.Time{} // the rest is yet to come
	return nil
}

// LastHeartbeat gives the last time that a daemon believed; the zero one where there is
// none.
func LastHeartbeat(ctx context.Context, db *store.DB, log *slog.Logger) (last clock.Heartbeat, err error) {
	kept, err := db.Setting(ctx, heartbeatSetting)
	if err != nil || kept == "" {
		return last, err
	}
	if err := json.Unmarshal([]byte(kept), &last); err != nil {
		log.Warn("last heartbeat of the clock is not readable; beginning without it", "error", err)
		return clock.Heartbeat{}, nil
	}
	return last, nil
}

// Run looks at the clock until ctx ends.
func (w *ClockWatch) Run(ctx context.Context) { schedule.Repeat(ctx, clockInterval, nil, w.step) }

func (w *ClockWatch) step(ctx context.Context) { w.look(ctx, w.sources(), w.DB.CorrectTimes) }

// look asks the sources if need be, and does what is to be done while the clock is
// believed.
func (w *ClockWatch) look(ctx context.Context, sources []clock.Source, correct correction) {
	w.Clock.Check(ctx, sources)
	sure := w.Clock.Sure()
	w.alarm(ctx, sure)
	now := w.Clock.Now()
	begins := sure && !w.wasSure
	w.wasSure, w.everSure = sure, w.everSure || sure
	if !sure {
		return
	}
	if begins || now.Sub(w.correctedAt).Abs() >= correctInterval {
		w.correct(ctx, now, correct)
	}
	if begins || now.Sub(w.keptAt).Abs() >= heartbeatInterval {
		w.keep(ctx, now)
	}
	if begins || now.Sub(w.comparedAt).Abs() >= compareInterval {
		w.comparedAt = now
		w.compare(ctx)
	}
}

// correct corrects stored times that lie in the future. Where that fails it is tried at
// the next look.
func (w *ClockWatch) correct(ctx context.Context, now time.Time, correct correction) {
	corrected, err := correct(ctx, now)
	for column, n := range corrected {
		w.Log.Warn("stored times were in the future and are corrected: a clock was wrong", "column", column, "rows", n)
	}
	if err == nil {
		w.correctedAt = now
		return
	}
	if ctx.Err() == nil {
		w.Log.Error("stored times in the future cannot be corrected, retrying", "error", err)
	}
}

// keep keeps the heartbeat.
func (w *ClockWatch) keep(ctx context.Context, now time.Time) {
	beat, ok := w.Clock.Heartbeat()
	if !ok {
		return
	}
	text, err := json.Marshal(beat)
	if err == nil {
		err = w.DB.SetSetting(ctx, heartbeatSetting, string(text))
	}
	if err == nil {
		w.keptAt = now
		return
	}
	if ctx.Err() == nil {
		w.Log.Error("heartbeat of the clock cannot be stored, retrying", "error", err)
	}
}

// sources are all sources, with the database server where there is one.
func (w *ClockWatch) sources() []clock.Source {
	if !w.DB.Shared() {
		return w.Sources
	}
	server := clock.Source{Name: "database server", Ask: func(ctx context.Context) (time.Time, error) {
		t, remote, _, err := w.DB.ServerTime(ctx)
		if err == nil && !remote {
			err = clock.ErrUnknown // it has the clock of this machine
		}
		return t, err
	}}
	return append([]clock.Source{server}, w.Sources...)
}

// compare reports a database server whose clock is another than this machine's. Due
// times are this machine's, leases, hours of the day and rates the server's.
func (w *ClockWatch) compare(ctx context.Context) {
	t, _, ok, err := w.DB.ServerTime(ctx)
	if !ok || err != nil {
		return // that the database does not answer others say
	}
	off := t.Sub(w.Clock.Now())
	w.alarmServer(ctx, off)
	switch {
	case off.Abs() <= maxServerOff && w.off != 0:
		w.off = 0
		w.Log.Info("clock of the database server agrees again")
	case off.Abs() > maxServerOff && (off-w.off).Abs() > maxServerOff:
		w.off = off
		w.Log.Warn("clock of the database server differs from this machine's", "ahead", off.Round(time.Second))
	}
}
