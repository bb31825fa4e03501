package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"bantin"
	"bantin/internal/disk"
	"bantin/mailer"
	"bantin/publish/alarm"
	"bantin/store"
)

// processMetrics are counted by the process itself: they begin anew with it, and outlive
// a reload.
type processMetrics struct {
	replies              *prometheus.CounterVec
	reloaded, reloadedAt prometheus.Gauge
}

func newProcessMetrics() *processMetrics {
	p := &processMetrics{
		replies: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bantin_smtp_replies_total",
			Help: "Answers of the mail server to messages and connections, by class; none: it could not be reached."}, []string{"class"}),
		reloaded: prometheus.NewGauge(prometheus.GaugeOpts{Name: "bantin_config_last_reload_successful",
			Help: "1 while the configuration that was read last is in force; 0 after one was refused."}),
		reloadedAt: prometheus.NewGauge(prometheus.GaugeOpts{Name: "bantin_config_last_reload_success_timestamp_seconds",
			Help: "When a configuration was put in force last."}),
	}
	for _, class := range []mailer.ReplyClass{mailer.Reply2xx, mailer.Reply4xx, mailer.Reply5xx, mailer.ReplyNone} {
		p.replies.WithLabelValues(string(class)) // shown from the start on
	}
	p.noteReload(true, time.Now())
	return p
}

func (p *processMetrics) countReply(class mailer.ReplyClass) {
	p.replies.WithLabelValues(string(class)).Inc()
}

// noteReload notes whether a configuration was taken.
func (p *processMetrics) noteReload(ok bool, now time.Time) {
	if !ok {
		p.reloaded.Set(0)
		return
	}
	p.reloaded.Set(1)
	p.reloadedAt.Set(float64(now.Unix()))
}

// figures are what can be said of an installation. They are read when somebody asks.
type figures struct {
	w       *deps
	ready   func(context.Context) error
	probe   *alarm.Probe
	sources map[string]bool // those of the configuration
}

// figure is one metric.
type figure struct {
	*prometheus.Desc
	to chan<- prometheus.Metric
}

func (f figure) set(value float64, labels ...string) {
	f.to <- prometheus.MustNewConstMetric(f.Desc, prometheus.GaugeValue, value, labels...)
}

// setTime sets the seconds of a time; none is left out.
func (f figure) setTime(t time.Time, labels ...string) {
	if !t.IsZero() {
		f.set(float64(t.UnixMilli())/1000, labels...)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// descriptions are the metrics that are read, by name without "bantin_".
func descriptions() map[string]*prometheus.Desc {
	list := map[string]*prometheus.Desc{}
	for _, d := range []struct {
		name, help string
		labels     []string
	}{
		{"build_info", "1; what this program was built from stands in the labels.", []string{"version", "revision", "goversion"}},
		{"ready", "1 while pages and feeds are served and the database answers.", nil},
		{"writable", "1 while the database and the data directory can be written.", nil},
		{"disk_free_bytes", "What is free of the disk of the data directory, for this program.", nil},
		{"disk_free_ratio", "The share of the disk of the data directory that is free, from 0 to 1.", nil},
		{"clock_believed", "1 while the clock of this machine is believed; 0 while it is not where it is expected.", nil},
		{"troubles", "Troubles that last, by kind: what `bantin alarm list` shows.", []string{"kind"}},
		{"mailing_held", "1 while all mailing is held: by a person, or since this is a restored backup or a copy.", nil},
		{"relay_waiting", "1 while sending waits for the mail server, by reason: quota or relay.", []string{"reason"}},
		{"bulletins", "Bulletins: those that readers see (listed), and all that are stored.", []string{"of"}},
		{"source_last_success_timestamp_seconds", "When a source was last read well.", []string{"source"}},
		{"source_failing", "1 while the last read of a source failed.", []string{"source"}},
		{"task_last_success_timestamp_seconds", "When recurring work was last done well; of several, the one that is longest ago.", []string{"task"}},
		{"task_failing", "1 while recurring work fails.", []string{"task"}},
		{"digest_next_due_timestamp_seconds", "When a digest is due next.", []string{"digest"}},
		{"edition_due_timestamp_seconds", "Due time of an edition: the last one of each digest, and all that are not settled.", []string{"digest", "edition"}},
		{"edition_deliveries", "Deliveries of these editions, by where they stand.", []string{"digest", "edition", "status"}},
		{"edition_unaccounted", "Recipients of these editions that no delivery accounts for; below zero: deliveries too many. 0 unless the ledger is damaged.", []string{"digest", "edition"}},
		{"edition_held", "1 while an edition is held and a person must let it go on, by reason.", []string{"digest", "edition", "reason"}},
		{"oldest_waiting_timestamp_seconds", "Since when the oldest message waits to be sent: of an edition (delivery), or outside editions (notice).", []string{"of"}},
		{"suppressions", "Addresses that must not be mailed, by what led there.", []string{"origin"}},
		{"returned_messages", "Returned messages that are kept, by kind.", []string{"kind"}},
	} {
		list[d.name] = prometheus.NewDesc("bantin_"+d.name, d.help, d.labels, nil)
	}
	return list
}

func newFigures(g *generation) *figures {
	f := &figures{w: g.deps, ready: g.loops.Ready, probe: g.loops.Probe, sources: map[string]bool{}}
	for _, s := range g.config.Sources {
		f.sources[s.ID] = true
	}
	return f
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range descriptions() {
		to <- d
	}
}

// Collect implements prometheus.Collector. A figure that cannot be read is an error of
// the scrape, which says so and gives the others.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	list := descriptions()
	get := func(name string) figure { return figure{list[name], to} }
	f.collectProcess(ctx, get)
	for name, collect := range map[string]func(context.Context, func(string) figure) error{
		"troubles": f.collectTroubles, "mailing_held": f.collectMailing, "bulletins": f.collectBulletins, "source_failing": f.collectSources,
		"task_failing": f.collectTasks, "edition_deliveries": f.collectEditions, "suppressions": f.collectReturns,
	} {
		if err := collect(ctx, get); err != nil {
			to <- prometheus.NewInvalidMetric(list[name], err)
		}
	}
}

// collectProcess says what needs no database, or how that is.
func (f *figures) collectProcess(ctx context.Context, get func(string) figure) {
	b := builtFrom()
	get("build_info").set(1, b.Version, b.Revision, b.Go)
	get("ready").set(truth(f.ready(ctx) == nil))
	get("writable").set(truth(f.probe.Writable(ctx) == nil))
	get("clock_believed").set(truth(f.w.clock.Sure()))
	if space, err := disk.At(f.w.config.Data); err == nil {
		get("disk_free_ratio").set(space.FreeShare())
		get("disk_free_bytes").set(float64(space.Free))
	}
	for _, d := range f.w.digests {
		if d.Schedule != nil && !d.Schedule.OnNews() {
			get("digest_next_due_timestamp_seconds").setTime(f.w.nextDue(ctx, d), d.ID)
		}
	}
}

func (f *figures) collectTroubles(ctx context.Context, get func(string) figure) error {
	counts, err := f.w.db.Figures().Troubles(ctx)
	if err != nil {
		return err
	}
	for _, kind := range bantin.TroubleKinds() {
		get("troubles").set(float64(counts[string(kind)]), string(kind))
	}
	return nil
}

func (f *figures) collectMailing(ctx context.Context, get func(string) figure) error {
	why, err := f.w.db.Deliveries().HoldReason(ctx)
	if err != nil {
		return err
	}
	relay, waits, err := f.w.db.Relays().Waiting(ctx)
	if err != nil {
		return err
	}
	get("mailing_held").set(truth(why != store.NotHeld))
	for _, reason := range []bantin.WaitReason{bantin.WaitQuota, bantin.WaitRelay} {
		get("relay_waiting").set(truth(waits && relay.Reason == reason), string(reason))
	}
	delivery, notice, err := f.w.db.Figures().OldestWaiting(ctx)
	if err != nil {
		return err
	}
	get("oldest_waiting_timestamp_seconds").setTime(delivery, "delivery")
	get("oldest_waiting_timestamp_seconds").setTime(notice, "notice")
	return nil
}

func (f *figures) collectBulletins(ctx context.Context, get func(string) figure) error {
	listed, all, err := f.w.db.Bulletins().Count(ctx)
	if err != nil {
		return err
	}
	get("bulletins").set(float64(listed), "listed")
	get("bulletins").set(float64(all), "stored")
	return nil
}

func (f *figures) collectReturns(ctx context.Context, get func(string) figure) error {
	suppressed, err := f.w.db.Figures().Suppressions(ctx)
	if err != nil {
		return err
	}
	for origin, n := range suppressed {
		get("suppressions").set(float64(n), origin)
	}
	returned, err := f.w.db.Figures().Returns(ctx)
	if err != nil {
		return err
	}
	for kind, n := range returned {
		get("returned_messages").set(float64(n), kind)
	}
	return nil
}
