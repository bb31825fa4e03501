package main

import (
	"context"
	"time"

	"bantin"
	"bantin/store"
)

// sourcesTask is the task that reading all sources is.
const sourcesTask = "sources"

func (f *figures) collectSources(ctx context.Context, get func(string) figure) error {
	states, err := f.w.db.Sources().List(ctx)
	if err != nil {
		return err
	}
	var tasks []store.TaskState
	for _, s := range states {
		if !f.sources[s.ID] {
			continue
		}
		get("source_failing").set(truth(s.LastError != ""), s.ID)
		get("source_last_success_timestamp_seconds").setTime(s.LastSuccess, s.ID)
		tasks = append(tasks, store.TaskState{Task: sourcesTask, Object: s.ID, LastSuccess: s.LastSuccess, FailingSince: s.FailingSince})
	}
	f.setTasks(tasks, get)
	return nil
}

func (f *figures) collectTasks(ctx context.Context, get func(string) figure) error {
	states, err := f.w.db.Tasks().List(ctx)
	if err != nil {
		return err
	}
	f.setTasks(states, get)
	return nil
}

// setTasks says for each task whether one of its objects fails, and which success is the
// longest ago.
func (f *figures) setTasks(states []store.TaskState, get func(string) figure) {
	last, failing := map[string]time.Time{}, map[string]bool{}
	for _, s := range states {
		failing[s.Task] = failing[s.Task] || !s.FailingSince.IsZero()
		if known, some := last[s.Task]; !s.LastSuccess.IsZero() && (!some || s.LastSuccess.Before(known)) {
			last[s.Task] = s.LastSuccess
		}
	}
	for task, fails := range failing {
		get("task_failing").set(truth(fails), task)
		get("task_last_success_timestamp_seconds").setTime(last[task], task)
	}
}

// collectEditions tells of the last edition of each digest, and of all that are not
// settled: one that is held does not vanish when the next one is made.
func (f *figures) collectEditions(ctx context.Context, get func(string) figure) error {
	list, err := f.w.db.Editions().Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, d := range f.w.digests {
		last, err := f.w.db.Editions().List(ctx, d.ID, 1)
		if err != nil {
			return err
		}
		list = append(list, last...)
	}
	said := map[string]bool{}
	for i := range list {
		if e := &list[i]; !said[e.ID] {
			said[e.ID] = true
			setEdition(e, get)
		}
	}
	return nil
}

func setEdition(e *bantin.Edition, get func(string) figure) {
	get("edition_due_timestamp_seconds").setTime(e.Due, e.Digest, e.ID)
	get("edition_unaccounted").set(float64(e.Unaccounted), e.Digest, e.ID)
	if e.Status == bantin.EditionHeld && e.Held != nil {
		get("edition_held").set(1, e.Digest, e.ID, string(e.Held.Reason))
	}
	for status, n := range map[string]int64{
		"queued": e.Counts.Queued, "sending": e.Counts.Sending, "sent": e.Counts.Sent,
		"deferred": e.Counts.Deferred, "failed": e.Counts.Failed, "skipped": e.Counts.Skipped,
	} {
		get("edition_deliveries").set(float64(n), e.Digest, e.ID, status)
	}
}
