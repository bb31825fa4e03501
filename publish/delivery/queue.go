package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bantin"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"bantin/schedule"
	"bantin/store"
)

// queue wakes nodes. A job is a wakeup and no more: it says that an edition may have
// work, and the node that gets it claims chunks of the ledger until there is none.
// The ledger alone decides who may send, so a wakeup may come twice, come for nothing
// or get lost: the sweep of each node (see Wakeups) sends another.
type queue interface {
	notify(ctx context.Context, edition int64) error
	stop() // asks the work in hand to end, and waits for it
}

// wakeup is the job.
type wakeup struct {
	Edition int64 `json:"edition"`
}

// Kind names it among all jobs.
func (wakeup) Kind() string { return "edition" }

// wakeupQueue is the queue of wakeups.
const wakeupQueue = "editions"

// openQueue starts the queue in the database. deliver is called for one wakeup at a
// time: all connections to the mail server are of one delivery run.
func openQueue(ctx context.Context, db *store.DB, log *slog.Logger, deliver func(context.Context, int64)) (queue, error) {
	if db.Shared() {
		pool, err := db.QueuePool(ctx)
		if err != nil {
			return nil, err
		}
		return startQueue[pgx.Tx](ctx, db, riverpgxv5.New(pool), log, deliver, func() error { pool.Close(); return nil })
	}
	file, err := db.QueueFile()
	if err != nil {
		return nil, err
	}
	return startQueue[*sql.Tx](ctx, db, riversqlite.New(file), log, deliver, file.Close)
}

// riverQueue is River on one of its drivers.
type riverQueue[TTx any] struct {
	client *river.Client[TTx]
	log    *slog.Logger
	close  func() error
}

func startQueue[TTx any](ctx context.Context, db *store.DB, driver riverdriver.Driver[TTx], log *slog.Logger, deliver func(context.Context, int64), closing func() error) (queue, error) {
	q := &riverQueue[TTx]{log: log, close: closing}
	err := q.start(ctx, db, driver, deliver)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the queue: %w", err), closing())
	}
	return q, nil
}

func (q *riverQueue[TTx]) start(ctx context.Context, db *store.DB, driver riverdriver.Driver[TTx], deliver func(context.Context, int64)) error {
	// What River logs at info and debug is of no use to an admin.
	quiet := slog.New(&atLeast{q.log.Handler(), slog.LevelWarn})
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return err
	}
	err = db.WithSchemaLock(ctx, func() error {
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
	if err != nil {
		return err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[wakeup]) error {
		deliver(ctx, job.Args.Edition)
		return nil // what went wrong is logged; the sweep sends another wakeup
	}))
	q.client, err = river.NewClient(driver, &river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{wakeupQueue: {MaxWorkers: 1}},
		JobTimeout:                  -1, // an edition may take hours
		MaxAttempts:                 1,
		CompletedJobRetentionPeriod: time.Hour, DiscardedJobRetentionPeriod: time.Hour,
		Logger: quiet,
	})
	if err != nil {
		return err
	}
	return q.client.Start(context.WithoutCancel(ctx))
}

func (q *riverQueue[TTx]) notify(ctx context.Context, edition int64) error {
	_, err := q.client.Insert(ctx, wakeup{edition}, &river.InsertOpts{Queue: wakeupQueue})
	return err
}

func (q *riverQueue[TTx]) stop() {
	if err := q.client.StopAndCancel(context.Background()); err != nil {
		q.log.Warn("queue did not stop cleanly", "error", err)
	}
	if err := q.close(); err != nil {
		q.log.Warn("queue connections did not close cleanly", "error", err)
	}
}

// atLeast passes on what is at least as grave as its level.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled reports whether a record is passed on.
func (h *atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (h *atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup keeps the level.
func (h *atLeast) WithGroup(name string) slog.Handler {
	return &atLeast{h.Handler.WithGroup(name), h.level}
}

// deliver delivers the edition of a wakeup.
func (w *Wakeups) deliver(ctx context.Context, edition int64) {
	w.busy.Store(true)
	err := WhileMailing(ctx, w.DB, func(ctx context.Context) error { return w.Deliver(ctx, edition) })
	w.busy.Store(false)
	if err != nil && ctx.Err() == nil {
		if !errors.Is(err, bantin.ErrHeld) { // that was logged
			w.Log.Error("edition cannot be delivered, retrying", "error", err)
		}
		return // the sweep sends another wakeup
	}
	w.mu.Lock()
	delete(w.sent, edition)
	w.mu.Unlock()
	schedule.Notify(w.sweep)
}
