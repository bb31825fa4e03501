package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bantin/store"
)

// metricsServer listens on http.metrics; nil where that is not given.
func metricsServer(w *deps, log *slog.Logger) (*server, error) {
	address := w.config.HTTP.Metrics
	if address == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on http.metrics %s: %w", address, err)
	}
	log.Info("metrics are served", "address", "http://"+listener.Addr().String()+"/metrics")
	return newServer(log, listener), nil
}

// metricsHandler serves /metrics in the text format of Prometheus. What it says
// is read from the database when somebody asks, so that nothing counts on the
// way and a restart loses no figure.
func (w *deps) metricsHandler(ready func(context.Context) error) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector(),
		newMetrics(w, ready))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError,
	}))
	return mux
}

// figures are what can be said of an installation: whether it is ready, its
// bulletins, how its sources fare, and where the last edition of each digest
// stands.
type figures struct {
	db      *store.DB
	digests []string
	sources map[string]bool // those of the configuration
	ready   func(context.Context) error
	sure    func() bool // whether the clock is believed

	isReady, clock, held, bulletins, success, failing, due, deliveries, unaccounted *prometheus.Desc
}

func newMetrics(w *deps, ready func(context.Context) error) *figures {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("bantin_"+name, help, labels, nil)
	}
	f := &figures{
		db: w.db, ready: ready, sure: w.clock.Sure, sources: map[string]bool{},
		isReady:    desc("ready", "1 while pages and feeds are served and the database answers."),
		clock:      desc("clock_believed", "1 while the clock of this machine is believed; 0 while it is not where it is expected."),
		held:       desc("mailing_held", "1 while all mailing is held: by a person, or since this is a restored backup or a copy."),
		bulletins:  desc("bulletins", "Bulletins: those that readers see (listed), and all that are stored.", "of"),
		success:    desc("source_last_success_timestamp_seconds", "When a source was last read well.", "source"),
		failing:    desc("source_failing", "1 while the last read of a source failed.", "source"),
		due:        desc("edition_due_timestamp_seconds", "Due time of the last edition of a digest.", "digest", "edition"),
		deliveries: desc("edition_deliveries", "Deliveries of the last edition of a digest, by where they stand.", "digest", "edition", "status"),

		unaccounted: desc("edition_unaccounted", "Recipients of the last edition of a digest that no delivery accounts for; below zero: deliveries too many. 0 unless the ledger is damaged.", "digest", "edition"),
	}
	for _, d := range w.digests {
		f.digests = append(f.digests, d.ID)
	}
	for _, s := range w.config.Sources {
		f.sources[s.ID] = true
	}
	return f
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.isReady, f.clock, f.held, f.bulletins, f.success, f.failing, f.due, f.deliveries, f.unaccounted} {
		to <- d
	}
}

// Collect implements prometheus.Collector. A figure that cannot be read is an
// error of the scrape, which says so and gives the others.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ready := 1.0
	if f.ready(ctx) != nil {
		ready = 0
	}
	to <- prometheus.MustNewConstMetric(f.isReady, prometheus.GaugeValue, ready)
	believed := 0.0
	if f.sure() {
		believed = 1
	}
	to <- prometheus.MustNewConstMetric(f.clock, prometheus.GaugeValue, believed)
	for desc, collect := range map[*prometheus.Desc]func(context.Context, chan<- prometheus.Metric) error{
		f.held: f.collectHold, f.bulletins: f.collectBulletins, f.success: f.collectSources, f.deliveries: f.collectEditions,
	} {
		if err := collect(ctx, to); err != nil {
			to <- prometheus.NewInvalidMetric(desc, err)
		}
	}
}

func (f *figures) collectHold(ctx context.Context, to chan<- prometheus.Metric) error {
	why, err := f.db.Deliveries().HoldReason(ctx)
	if err != nil {
		return err
	}
	held := 0.0
	if why != store.NotHeld {
		held = 1
	}
	to <- prometheus.MustNewConstMetric(f.held, prometheus.GaugeValue, held)
	return nil
}

func (f *figures) collectBulletins(ctx context.Context, to chan<- prometheus.Metric) error {
	listed, all, err := f.db.Bulletins().Count(ctx)
	if err != nil {
		return err
	}
	to <- prometheus.MustNewConstMetric(f.bulletins, prometheus.GaugeValue, float64(listed), "listed")
	to <- prometheus.MustNewConstMetric(f.bulletins, prometheus.GaugeValue, float64(all), "stored")
	return nil
}

func (f *figures) collectSources(ctx context.Context, to chan<- prometheus.Metric) error {
	states, err := f.db.Sources().List(ctx)
	if err != nil {
		return err
	}
	for _, s := range states {
		if !f.sources[s.ID] {
			continue
		}
		failing := 0.0
		if s.LastError != "" {
			failing = 1
		}
		to <- prometheus.MustNewConstMetric(f.failing, prometheus.GaugeValue, failing, s.ID)
		if !s.LastSuccess.IsZero() {
			to <- prometheus.MustNewConstMetric(f.success, prometheus.GaugeValue, float64(s.LastSuccess.Unix()), s.ID)
		}
	}
	return nil
}

func (f *figures) collectEditions(ctx context.Context, to chan<- prometheus.Metric) error {
	for _, digest := range f.digests {
		last, err := f.db.Editions().List(ctx, digest, 1)
		if err != nil {
			return err
		}
		for _, e := range last {
			to <- prometheus.MustNewConstMetric(f.due, prometheus.GaugeValue, float64(e.Due.Unix()), digest, e.ID)
			to <- prometheus.MustNewConstMetric(f.unaccounted, prometheus.GaugeValue, float64(e.Unaccounted), digest, e.ID)
			for status, n := range map[string]int64{
				"queued": e.Counts.Queued, "sending": e.Counts.Sending, "sent": e.Counts.Sent,
				"deferred": e.Counts.Deferred, "failed": e.Counts.Failed, "skipped": e.Counts.Skipped,
			} {
				to <- prometheus.MustNewConstMetric(f.deliveries, prometheus.GaugeValue, float64(n), digest, e.ID, status)
			}
		}
	}
	return nil
}
