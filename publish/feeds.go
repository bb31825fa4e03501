package publish

import (
	"context"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// How often what other processes stored is looked for; what this one stored is
// shown at once. A failed export is tried again after the longer one.
const (
	feedsInterval  = time.Second
	exportInterval = time.Minute
)

// refreshFeeds shows readers what was stored, by whatever process.
func (d *Daemon) refreshFeeds(ctx context.Context) {
	written, err := d.Feeds.Refresh(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		d.Log.Error("feeds cannot be refreshed, retrying", "error", err)
	case written > 0:
		d.Log.Info("feeds written", "feeds", written)
	}
	if d.Feeds.TakeChanged() {
		d.WebSubNotifier.Notify()
		schedule.Notify(d.written)
	}
}

// settleTopics has stored bulletins follow the topics of the configuration.
func (d *Daemon) settleTopics(ctx context.Context) {
	changed, err := d.Collector.SettleTopics(ctx)
	if changed > 0 {
		d.Log.Info("topics of stored bulletins settled", "bulletins", changed)
		schedule.Notify(d.changed)
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Error("topics of stored bulletins cannot be settled; the next start tries again", "error", err)
	}
}

// indexLists has lists and search find what was stored, and the feeds their history.
func (d *Daemon) indexLists(ctx context.Context) {
	shelved, err := d.ListIndexer.Index(ctx)
	if shelved > 0 {
		schedule.Notify(d.changed)
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Error("list and search index cannot be updated, retrying", "error", err)
	}
}

// export keeps the static copies up to date. What goes wrong with them is logged
// once for each change and once a minute, and stops nothing else.
func (d *Daemon) export(ctx context.Context) {
	done, err := d.Exporter.Export(ctx)
	d.noteTask(ctx, store.TaskExport, d.ExportName, err)
	switch {
	case err != nil && ctx.Err() == nil:
		d.Log.Error("feed export failed, retrying; the static copies are unchanged", "error", err)
	case done.Written+done.Removed > 0:
		d.Log.Info("feeds exported", "folder", d.Exporter.Dir, "written", done.Written, "removed", done.Removed)
	}
}

// noteTask remembers how a task went.
func (d *Daemon) noteTask(ctx context.Context, task, object string, failure error) {
	if ctx.Err() != nil {
		return
	}
	if err := d.DB.Tasks().Record(ctx, task, object, failure); err != nil && ctx.Err() == nil {
		d.Log.Warn("state of a task cannot be stored", "task", task, "error", err)
	}
}
