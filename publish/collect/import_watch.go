package collect

import (
	"context"
	"fmt"
	"os"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// watchInterval is how often the file of a list is looked at.
const watchInterval = 2 * time.Second

// An import that failed is tried again after waits that grow from minImportWait to
// maxImportWait, and at once when the file changes.
const (
	minImportWait = time.Minute
	maxImportWait = time.Hour
)

// Watch imports a list of contacts at start and when its file changed, until ctx
// ends. An import that failed is tried again.
func (im *Importer) Watch(ctx context.Context, file string) {
	w := newListWatch(file)
	schedule.Repeat(ctx, watchInterval, nil, func(ctx context.Context) { im.look(ctx, w, time.Now()) })
}

// listWatch is what is known of a list that is watched.
type listWatch struct {
	file    string
	version string    // of the file when it was tried last
	retryAt time.Time // zero: not before the file changes
	backoff schedule.Backoff
}

func newListWatch(file string) *listWatch {
	return &listWatch{file: file, backoff: schedule.Backoff{Min: minImportWait, Max: maxImportWait}}
}

// look imports the list if its file changed or the last import is to be tried again.
func (im *Importer) look(ctx context.Context, w *listWatch, now time.Time) {
	version, err := fileVersion(w.file)
	if err != nil {
		version = err.Error()
	}
	changed := version != w.version
	if !changed && (w.retryAt.IsZero() || now.Before(w.retryAt)) {
		return
	}
	w.version, w.retryAt = version, time.Time{}
	if changed {
		w.backoff.Reset()
	}
	if err == nil {
		if err = im.importWatched(ctx, w.file); err != nil {
			w.retryAt = now.Add(w.backoff.Next())
		}
	}
	if ctx.Err() == nil {
		im.noteImport(ctx, err)
	}
	if err != nil && ctx.Err() == nil {
		im.Log.Error("contact list cannot be imported", "file", w.file, "error", err, "next_try", w.nextTry())
	}
}

// noteImport remembers how an import went.
func (im *Importer) noteImport(ctx context.Context, failure error) {
	if err := im.DB.Tasks().Record(ctx, store.TaskImport, "", failure); err != nil {
		im.Log.Warn("state of a task cannot be stored", "task", store.TaskImport, "error", err)
	}
}

// nextTry says when an import is tried again that failed.
func (w *listWatch) nextTry() string {
	if w.retryAt.IsZero() {
		return "when the file changes"
	}
	return w.retryAt.Format(time.RFC3339)
}

func (im *Importer) importWatched(ctx context.Context, file string) error {
	list := List{File: file, Who: "bantin run"}
	if same, err := im.Imported(ctx, list); err != nil || same {
		return err
	}
	done, err := im.Import(ctx, list, func(_, _ int) {})
	if err != nil {
		return err
	}
	im.Log.Info("contacts imported", "file", file, "added", done.Added, "changed", done.Changed, "untouched", done.Untouched, "rejected", done.Refused)
	const maxLogged = 20
	for _, bad := range done.Rejected[:min(len(done.Rejected), maxLogged)] {
		im.Log.Warn("contact list row rejected", "line", bad.Line, "column", bad.Column, "reason", bad.Reason.In(im.Language))
	}
	return nil
}

// fileVersion changes when the file does.
func fileVersion(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size()), nil
}
