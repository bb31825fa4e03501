package main

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsServer listens on http.metrics; nil where that is not given.
func metricsServer(w *deps, passed sockets) (*server, error) {
	address := w.config.HTTP.Metrics
	if address == "" {
		return nil, nil
	}
	listener, err := passed.listen("http.metrics", address)
	if err != nil {
		return nil, err
	}
	w.log.Info("metrics are served", "address", "http://"+listener.Addr().String()+"/metrics")
	return newServer(w.log, listener), nil
}

// metricsHandler serves /metrics in the text format of Prometheus. What it says
// is read from the database when somebody asks, so that nothing counts on the
// way and a restart loses no figure.
func (g *generation) metricsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector(),
		g.process.replies, g.process.reloaded, g.process.reloadedAt, newFigures(g))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(g.log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError,
	}))
	return mux
}
