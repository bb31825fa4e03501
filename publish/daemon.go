package publish

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bantin"
	"bantin/publish/alarm"
	"bantin/publish/collect"
	"bantin/publish/delivery"
	"bantin/publish/edition"
	"bantin/publish/returns"
	"bantin/publish/syndicate"
	"bantin/schedule"
	"bantin/store"
)

// Daemon runs the journeys on their schedules until its context ends. Each loop is
// beside what it loops over: a select over shutdown, wakeup and timer around a step
// that can be called by itself.
type Daemon struct {
	DB             *store.DB
	Log            *slog.Logger
	Collector      *collect.Collector
	Sources        []collect.ScheduledSource
	Feeds          *syndicate.Feeds
	ListIndexer    *syndicate.ListIndexer
	Planner        *edition.Planner
	Digests        []*edition.DigestPlan
	Deliverer      *delivery.Deliverer
	NoticeSender   *delivery.NoticeSender
	Importer       *collect.Importer
	Contacts       string // a list to import at start and when it changes; "" for none
	WebSubNotifier *syndicate.WebSubNotifier
	Exporter       *syndicate.Exporter // nil: no static copies are kept
	ExportName     string              // tells the copies of this node from those of others
	Returns        *returns.Returns
	Inbox          *returns.Inbox // nil: nothing that comes back is read
	Pruner         *Pruner        // nil: nothing is removed by age
	Clock          *ClockWatch    // nil: the clock is believed, as in tests
	Alarms         *alarm.Alarms  // nil: nobody is told of troubles
	Probe          *alarm.Probe   // nil: nobody looks whether this node can write
	Certificates   []alarm.Certificate
	Now            func() time.Time

	Journal *store.Journal // nil: none is written

	Statistician *Statistician        // nil: no statistics are counted
	ReaderLog    *syndicate.ReaderLog // nil: readers of feeds are not counted

	// Examine tries what mailing and pages need; nil: nobody does. What turns bad is kept
	// in the store, where it can be told to people.
	Examine  func(ctx context.Context) []store.Checkup
	Language bantin.Language // of what was found, in the log

	ready   atomic.Bool
	changed chan struct{} // bulletins were stored
	written chan struct{} // documents were
	made    chan struct{} // an edition may have work
}

// Ready is nil once all feeds are built and while the database answers.
func (d *Daemon) Ready(ctx context.Context) error {
	if !d.ready.Load() {
		return errors.New("feeds are being built")
	}
	return d.DB.Ping(ctx)
}

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
		d.onOneNode(ctx, &loops, "source:"+d.Sources[i].Source.ID(), func(ctx context.Context) { d.Collector.Run(ctx, &d.Sources[i], d.changed) })
	}
	loops.Go(func() { d.settleTopics(ctx) })
	for _, plan := range d.Digests {
		loops.Go(func() { d.Planner.Run(ctx, plan, d.made) })
	}
	loops.Go(func() { d.Planner.RetireOthers(ctx, d.Digests) })
	if d.Clock != nil {
		loops.Go(func() { d.Clock.Run(ctx) })
	}
	loops.Go(func() { schedule.Repeat(ctx, feedsInterval, d.changed, d.refreshFeeds) })
	loops.Go(func() { schedule.Repeat(ctx, feedsInterval, nil, d.indexLists) })
	loops.Go(func() { d.Feeds.Library.CompressQueued(ctx) })
	d.onOneNode(ctx, &loops, "hubs", d.WebSubNotifier.Run)
	if d.Exporter != nil {
		loops.Go(func() { schedule.Repeat(ctx, exportInterval, d.written, d.export) })
	}
	d.onOneNode(ctx, &loops, "editions", d.Planner.Editor.Run)
	loops.Go(func() { d.NoticeSender.Run(ctx) })
	d.onOneNode(ctx, &loops, "tidying", func(ctx context.Context) { schedule.Repeat(ctx, pruneInterval, nil, d.deleteExpiredRequests) })
	if d.Contacts != "" {
		d.onOneNode(ctx, &loops, "contacts", func(ctx context.Context) { d.Importer.Watch(ctx, d.Contacts) })
	}
	if d.Returns != nil {
		d.onOneNode(ctx, &loops, "returns", d.Returns.Run)
		d.onOneNode(ctx, &loops, "webhooks", d.Returns.RunEvents)
	}
	if d.Inbox != nil {
		d.onOneNode(ctx, &loops, "bounces", d.Inbox.Run)
	}
	if d.Alarms != nil {
		loops.Go(func() { d.Alarms.RunHere(ctx) })
		d.onOneNode(ctx, &loops, "alarms", d.Alarms.Run)
		d.onOneNode(ctx, &loops, "certificates", func(ctx context.Context) { d.Alarms.WatchCertificates(ctx, d.Certificates) })
	}
	if d.Probe != nil {
		loops.Go(func() { d.Probe.Run(ctx) })
	}
	if d.Journal != nil {
		d.onOneNode(ctx, &loops, "journal", d.writeJournal)
	}
	if d.Examine != nil {
		d.onOneNode(ctx, &loops, "checkups", d.examineDaily)
	}
	if d.Pruner != nil {
		d.onOneNode(ctx, &loops, "keeping", func(ctx context.Context) { schedule.Repeat(ctx, pruneLookInterval, nil, d.pruneDue) })
	}
	if d.Statistician != nil {
		d.onOneNode(ctx, &loops, "statistics", func(ctx context.Context) { schedule.Repeat(ctx, tallyInterval, nil, d.tally) })
	}
	if d.ReaderLog != nil {
		loops.Go(func() { d.ReaderLog.Run(ctx) })
	}
	sweeper := &delivery.Sweeper{DB: d.DB, Log: d.Log, Deliver: d.Deliverer.DeliverDue}
	err := sweeper.Run(ctx, d.made)
	stop() // a newer program has the database: this one steps back altogether
	loops.Wait()
	return err
}

// onOneNode adds a loop that one node runs for all.
func (d *Daemon) onOneNode(ctx context.Context, loops *sync.WaitGroup, name string, loop func(context.Context)) {
	loops.Go(func() { runOnOneNode(ctx, d.DB, d.Log, name, d.Deliverer.Node, loop) })
}
