package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Tasks keeps how the recurring work does: reading bounces, importing the list of
// contacts, telling hubs, exporting, backups, pruning.
type Tasks struct{ db *DB }

// Tasks gives the view of the tasks.
func (db *DB) Tasks() Tasks { return Tasks{db} }

// The tasks.
const (
	TaskBounces = "bounces"
	TaskImport  = "import"
	TaskHubs    = "hubs"
	TaskExport  = "export"
	TaskBackup  = "backup"
	TaskKeep    = "keep"
	TaskCheck   = "check"   // whether the database file is whole
	TaskNotices = "notices" // messages outside editions: fails while the mail server takes none
)

// TaskState is how a task does.
type TaskState struct {
	Task, Object string
	LastSuccess  time.Time // zero: never
	FailingSince time.Time // zero: it went well last
	Error        string
}

// successInterval is how exactly the time of a success is kept: what goes well each
// second is not written each second.
const successInterval = 5 * time.Minute

// Record notes how a task went: failure is nil when well. object says which, where there
// are several.
func (v Tasks) Record(ctx context.Context, task, object string, failure error) error {
	now := v.db.now()
	s, err := v.State(ctx, task, object)
	if err != nil {
		return err
	}
	if failure == nil && s.FailingSince.IsZero() && now.Sub(s.LastSuccess).Abs() < successInterval {
		return nil
	}
	if failure != nil && s.Error == failure.Error() && !s.FailingSince.IsZero() {
		return nil
	}
	return v.db.write(ctx, "note how "+task+" went", func(tx *sql.Tx) error {
		if failure == nil {
			_, err := tx.ExecContext(ctx, `INSERT INTO tasks (task, object, last_success) VALUES ($1, $2, $3)
				ON CONFLICT (task, object) DO UPDATE SET last_success = excluded.last_success, failing_since = 0, error = ''`, task, object, millis(now))
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO tasks (task, object, failing_since, error) VALUES ($1, $2, $3, $4)
			ON CONFLICT (task, object) DO UPDATE SET error = excluded.error,
				failing_since = CASE WHEN tasks.failing_since = 0 THEN excluded.failing_since ELSE tasks.failing_since END`,
			task, object, millis(now), failure.Error())
		return err
	})
}

// State gives how one task does.
func (v Tasks) State(ctx context.Context, task, object string) (TaskState, error) {
	s, err := scanTask(v.db.reader.QueryRowContext(ctx, taskSQL+` WHERE task = $1 AND object = $2`, task, object))
	if errors.Is(err, sql.ErrNoRows) {
		return TaskState{Task: task, Object: object}, nil
	}
	return s, wrap(explain(err), "look how %s does", task)
}

// List gives how all tasks do that were ever done.
func (v Tasks) List(ctx context.Context) (list []TaskState, err error) {
	list, err = collect(ctx, v.db.reader, scanTask, taskSQL+` ORDER BY task, object`)
	return list, wrap(err, "list tasks")
}

const taskSQL = `SELECT task, object, last_success, failing_since, error FROM tasks`

func scanTask(row scanner) (s TaskState, err error) {
	var failing sql.NullInt64
	err = row.Scan(&s.Task, &s.Object, asTime(&s.LastSuccess), &failing, &s.Error)
	s.FailingSince = fromZeroMillis(failing)
	return s, err
}
