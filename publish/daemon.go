package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/publish/syndicate"
	"bantin/schedule"
	"bantin/source"
	"bantin/store"
)

// Daemon runs the journeys on their schedules until its context ends. Each
// loop is one select over shutdown, wake and timer around a step that can be
// called by itself.
type Daemon struct {
	DB        *store.DB
	Log       *slog.Logger
	Collector *Collector
	Sources   []ScheduledSource
	Feeds     *syndicate.Feeds
	Shelver   *syndicate.ListIndexer
	Planner   *Planner
	Digests   []*DigestPlan
	Courier   *Deliverer
	Clerk     *NoticeSender
	Importer  *Importer
	Contacts  string // a list to import at start and when it changes; "" for none
	Herald    *syndicate.WebSubNotifier
	Exporter  *syndicate.Exporter // nil: no static copies are kept
	Inbox     *Inbox              // nil: nothing that comes back is read
	Keeper    *Pruner             // nil: nothing is removed by age
	Now       func() time.Time

	ready   atomic.Bool
	changed chan struct{} // bulletins were stored
	written chan struct{} // documents were
	made    chan struct{} // an edition may have work
}

// ScheduledSource is a source and when it is read.
type ScheduledSource struct {
	*Reading
	Schedule *schedule.Schedule
}

// Ready is nil once all feeds are built and while the database answers.
func (d *Daemon) Ready(ctx context.Context) error {
	if !d.ready.Load() {
		return errors.New("feeds are being built")
	}
	return d.DB.Ping(ctx)
}

// How often the daemon looks at what other processes may have changed. All
// else it does when it is due.
const (
	lookAtChanges  = time.Second
	lookAtContacts = 2 * time.Second
	lookAtNotices  = time.Second
	tidyPages      = time.Hour
	lookAtExport   = time.Minute // where it failed, and for months of history; else after each change
)

// Run works until ctx ends, then finishes the messages in hand and returns. It
// ends by itself, with store.ErrNewer, when a newer program takes the database
// over.
func (d *Daemon) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d.changed, d.written, d.made = make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	if _, err := d.Feeds.Refresh(ctx); err != nil {
		return err
	}
	d.ready.Store(true)
	var loops sync.WaitGroup
	for i := range d.Sources {
		d.duty(ctx, &loops, "source:"+d.Sources[i].Source.ID(), func(ctx context.Context) { d.sourceLoop(ctx, &d.Sources[i]) })
	}
	for _, plan := range d.Digests {
		if plan.Schedule == nil {
			continue // sent by `bantin digest send` alone
		}
		loops.Go(func() { d.digestLoop(ctx, plan) })
	}
	loops.Go(func() { schedule.Repeat(ctx, lookAtChanges, d.changed, d.refresh) })
	loops.Go(func() { schedule.Repeat(ctx, lookAtChanges, nil, d.shelve) })
	loops.Go(func() { d.Feeds.Library.CompressQueued(ctx) })
	d.duty(ctx, &loops, "hubs", d.Herald.Run)
	if d.Exporter != nil {
		loops.Go(func() { schedule.Repeat(ctx, lookAtExport, d.written, d.export) })
	}
	d.duty(ctx, &loops, "editions", func(ctx context.Context) { schedule.Repeat(ctx, lookAtEditions, nil, d.tend) })
	loops.Go(func() { d.noticeLoop(ctx) })
	d.duty(ctx, &loops, "tidying", func(ctx context.Context) { schedule.Repeat(ctx, tidyPages, nil, d.tidy) })
	if d.Contacts != "" {
		d.duty(ctx, &loops, "contacts", d.contactsLoop)
	}
	if d.Inbox != nil {
		d.duty(ctx, &loops, "bounces", d.inboxLoop)
	}
	if d.Keeper != nil {
		d.duty(ctx, &loops, "keeping", func(ctx context.Context) { schedule.Repeat(ctx, lookAtAge, nil, d.forget) })
	}
	bells := &bells{db: d.DB, log: d.Log, work: d.deliver}
	err := bells.run(ctx, d.made)
	stop() // a newer program has the database: this one steps back altogether
	loops.Wait()
	return err
}

// duty adds a loop that one node runs for all.
func (d *Daemon) duty(ctx context.Context, loops *sync.WaitGroup, name string, loop func(context.Context)) {
	loops.Go(func() { onDuty(ctx, d.DB, d.Log, name, d.Courier.Node, loop) })
}

// refresh shows readers what was stored, by whatever process.
func (d *Daemon) refresh(ctx context.Context) {
	written, err := d.Feeds.Refresh(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		d.Log.Error("feeds cannot be brought up to date", "error", err)
	case written > 0:
		d.Log.Info("feeds written", "feeds", written)
	}
	if d.Feeds.Fresh() {
		d.Herald.Ring()
		schedule.Notify(d.written)
	}
}

// shelve has lists and search find what was stored, and the feeds their history.
func (d *Daemon) shelve(ctx context.Context) {
	shelved, err := d.Shelver.Shelve(ctx)
	if shelved > 0 {
		schedule.Notify(d.changed)
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Error("lists and search cannot be brought up to date; trying again", "error", err)
	}
}

// noticeLoop sends what pages set in motion. While the relay cannot be used it
// waits longer each time, as deliveries do.
func (d *Daemon) noticeLoop(ctx context.Context) {
	relay := newRelay(d.Log, d.Clerk.Transport.String(), 1)
	schedule.Repeat(ctx, lookAtNotices, nil, func(ctx context.Context) {
		if relay.wait(0, time.Now()) > 0 {
			return
		}
		sent, err := d.Clerk.Run(ctx)
		if sent > 0 {
			relay.took()
			d.Log.Info("notices sent", "notices", sent)
		}
		refusal := (*mailer.SendError)(nil)
		switch {
		case errors.As(err, &refusal):
			relay.failed(refusal)
		case err != nil && ctx.Err() == nil:
			d.Log.Error("notices cannot be sent; trying again", "error", err)
		}
	})
}

func (d *Daemon) tidy(ctx context.Context) {
	if err := d.DB.Contacts().DeleteExpiredRequests(ctx); err != nil && ctx.Err() == nil {
		d.Log.Error("what pages need no more cannot be removed", "error", err)
	}
}

// export keeps the static copies up to date. What goes wrong with them is told
// once for each change and once a minute, and stops nothing else.
func (d *Daemon) export(ctx context.Context) {
	done, err := d.Exporter.Export(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		d.Log.Error("the static copies of the feeds stay as they were; trying again", "error", err)
	case done.Written+done.Removed > 0:
		d.Log.Info("feeds exported", "folder", d.Exporter.Dir, "written", done.Written, "removed", done.Removed)
	}
}

// sourceLoop reads a source at start and then on its schedule.
func (d *Daemon) sourceLoop(ctx context.Context, s *ScheduledSource) {
	failures := d.failuresOf(ctx, s.Reading.Source.ID())
	for ctx.Err() == nil {
		next, failed := d.collect(ctx, s, failures)
		if failures++; !failed {
			failures = 0
		}
		if next.IsZero() || schedule.SleepUntil(ctx, d.Now, next) != nil {
			return
		}
	}
}

// collect reads a source once, tells what it brought, and gives the time of the
// next try; failures is how often it failed in a row before.
func (d *Daemon) collect(ctx context.Context, s *ScheduledSource, failures int) (next time.Time, failed bool) {
	start := d.Now()
	done, err := d.Collector.Collect(ctx, s.Reading)
	if ctx.Err() != nil {
		return start, false
	}
	next = NextTry(s.Schedule, start, err, failures+1)
	if done.Changed() {
		schedule.Notify(d.changed)
	}
	noted := d.DB.Sources().RecordRead(ctx, done.Source, err, next) // first: who reads the log may look at once
	done.Log(d.Log)
	if err != nil {
		d.Log.Error("a source cannot be read; the others go on", "source", done.Source, "error", err, "next_try", next)
	}
	if noted != nil {
		d.Log.Error("the state of a source cannot be kept", "source", done.Source, "error", noted)
	}
	return next, err != nil
}

// longestPause bounds how long a site that fails is left alone.
const longestPause = 6 * time.Hour

// NextTry is when a source is read next: by its schedule; a site that could not
// be read for the failures-th time in a row not before a pause that doubles
// from a minute, nor before the time that it asked for.
func NextTry(s *schedule.Schedule, now time.Time, failure error, failures int) time.Time {
	var site *source.SiteError
	if !errors.As(failure, &site) {
		return s.Next(now)
	}
	pause := longestPause
	if failures < 10 {
		pause = min(pause, time.Minute<<(failures-1))
	}
	after := now.Add(pause)
	if at := site.RetryAt(); at.After(after) {
		after = at
	}
	return s.Next(after.Add(-time.Second))
}

// failuresOf says how often a source has failed up to now, as far as is kept.
func (d *Daemon) failuresOf(ctx context.Context, id string) int {
	states, err := d.DB.Sources().List(ctx)
	if err != nil {
		return 0 // what goes on here will say so
	}
	for _, state := range states {
		if state.ID == id {
			return FailuresBefore(state)
		}
	}
	return 0
}

// FailuresBefore reads from the pause that a source was given how often it had
// failed in a row: whoever starts the daemon anew wants a look at once, and a site
// that fails then too is not asked each minute again.
func FailuresBefore(state store.SourceState) (failures int) {
	if state.LastError == "" {
		return 0
	}
	for pause := time.Minute; pause <= min(state.NextTry.Sub(state.ErrorAt), longestPause); pause *= 2 {
		failures++
	}
	return failures
}

// Log tells what a read brought, and nothing where it brought nothing.
func (c *Collected) Log(log *slog.Logger) {
	log = log.With("source", c.Source)
	if c.Changed() {
		log.Info("bulletins collected", "added", len(c.Added), "revised", len(c.Revised), "withdrawn", len(c.Withdrawn), "restored", len(c.Restored))
	}
	for _, p := range c.Problems {
		log.Warn("an item gives no bulletin", "item", p.Item, "error", p.Err)
	}
	for _, item := range c.Gone {
		log.Warn("an item was removed; its bulletin stays", "item", item)
	}
	for _, w := range c.Warnings {
		log.Warn("something is strange in a bulletin", "bulletin", w.Bulletin, "warning", w.Warning)
	}
	for _, id := range c.Joined {
		log.Info("a bulletin is told by this source too", "bulletin", id)
	}
	for _, id := range c.Replaced {
		log.Warn("an item was overwritten with another story: it is a new bulletin", "bulletin_before", id)
	}
}

// digestLoop makes the editions of a digest when they are due.
func (d *Daemon) digestLoop(ctx context.Context, plan *DigestPlan) {
	const retry = 10 * time.Second
	for ctx.Err() == nil {
		next, err := d.Planner.Look(ctx, plan)
		switch {
		case err != nil && ctx.Err() == nil:
			d.Log.Error("an edition cannot be made; trying again", "digest", plan.ID, "error", err)
			next = d.Now().Add(retry)
		case next.IsZero():
			return
		}
		schedule.Notify(d.made)
		if schedule.SleepUntil(ctx, d.Now, next) != nil {
			return
		}
	}
}

// tend moves editions on by the clock, also while one is being sent.
func (d *Daemon) tend(ctx context.Context) {
	if err := d.Planner.Editor.Tend(ctx); err != nil && ctx.Err() == nil {
		d.Log.Error("editions cannot be moved on; trying again", "error", err)
	}
}

// deliver works what is due of an edition.
func (d *Daemon) deliver(ctx context.Context, edition int64) error {
	e, err := d.DB.Editions().ByRow(ctx, edition)
	if err != nil {
		return err
	}
	return d.deliverOne(ctx, &e)
}

func (d *Daemon) deliverOne(ctx context.Context, e *bantin.Edition) error {
	due, ok, err := d.DB.Editions().NextDue(ctx, e.Row)
	if err == nil && (!e.Frozen || !ok) {
		if err := d.Planner.Editor.Freeze(ctx, e); err != nil {
			return err
		}
		due, ok, err = d.DB.Editions().NextDue(ctx, e.Row)
	}
	if err != nil || !ok || due.After(d.Now()) {
		return err
	}
	stop := tellUnderWay(ctx, d.DB, d.Log, e.ID)
	err = d.Courier.Run(ctx, e)
	stop()
	if err != nil {
		return err
	}
	after, err := d.DB.Editions().Get(context.WithoutCancel(ctx), e.ID)
	if err == nil && after.Counts != e.Counts {
		c := after.Counts
		d.Log.Info("edition worked", "edition", e.ID, "status", after.Status, "sent", c.Sent, "waiting", c.Unsettled(), "failed", c.Failed, "skipped", c.Skipped)
	}
	return err
}

// contactsLoop imports the list of contacts at start and when its file changed.
func (d *Daemon) contactsLoop(ctx context.Context) {
	var known string
	schedule.Repeat(ctx, lookAtContacts, nil, func(ctx context.Context) {
		version, err := fileVersion(d.Contacts)
		if err != nil {
			version = err.Error()
		}
		if version == known {
			return
		}
		known = version
		if err == nil {
			err = d.importContacts(ctx)
		}
		if err != nil && ctx.Err() == nil {
			d.Log.Error("the list of contacts cannot be imported", "file", d.Contacts, "error", err)
		}
	})
}

func (d *Daemon) importContacts(ctx context.Context) error {
	list := List{File: d.Contacts, Who: "bantin run"}
	if same, err := d.Importer.Imported(ctx, list); err != nil || same {
		return err
	}
	done, err := d.Importer.Import(ctx, list, func(_, _ int) {})
	if err != nil {
		return err
	}
	d.Log.Info("contacts imported", "file", d.Contacts, "added", done.Added, "changed", done.Changed, "untouched", done.Untouched, "rejected", done.Refused)
	const mostLogged = 20
	for _, bad := range done.Rejected[:min(len(done.Rejected), mostLogged)] {
		d.Log.Warn("a row of the list of contacts is not taken", "line", bad.Line, "column", bad.Column, "reason", bad.Reason.In(d.Importer.Language))
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
