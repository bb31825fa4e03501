package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bantin/internal/officetest"
	"bantin/mailer"
	"bantin/mailer/webhook"
	"bantin/store"
)

// BenchmarkWebhook posts 5,000 signed events of Mailgun over 64 connections: each is on disk
// before it is answered. It is compared with a server that only reads the same requests,
// whose turns alternate with it.
func BenchmarkWebhook(b *testing.B) {
	events := 5000
	if testing.Short() {
		events = 200
	}
	for b.Loop() {
		s := newBenchSite(b)
		bare := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
		var taken, read time.Duration
		const turns = 5
		for turn := range turns {
			requests := make([]string, events/turns)
			for i := range requests {
				requests[i] = s.mailgunRequest(fmt.Sprint("t", turn, "-", i), fmt.Sprint("e", turn, "-", i), s.tag)
			}
			read += postAll(b, bare.URL, requests)
			taken += postAll(b, s.hook.URL+"/returns/mailgun", requests)
		}
		bare.Close()
		if list, err := s.store.ReturnEvents().Waiting(b.Context(), events+1); err != nil || len(list) != events {
			b.Fatalf("%d events are stored, want %d: %v", len(list), events, err)
		}
		b.ReportMetric(float64(events)/taken.Seconds(), "events/s")
		b.ReportMetric(taken.Seconds()/read.Seconds(), "x-reading")
		s.hook.Close()
		_ = s.store.Close()
	}
}

// benchSite is a site with a webhook.
type benchSite struct {
	testSite
	hook *httptest.Server
	tag  string
}

func newBenchSite(b *testing.B) *benchSite {
	b.Helper()
	db, err := store.Open(b.Context(), officetest.DataDir(b), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s := &benchSite{testSite: testSite{store: db, tokens: mailer.NewTokens([]byte("bí mật của kiểm thử"))}}
	kind, _ := webhook.KindOf("mailgun")
	p, err := kind.New(webhook.Options{Secret: signingKey, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	site := &site{Options: Options{Store: db, Tokens: s.tokens, Now: time.Now, Webhooks: map[string]*Webhook{"mailgun": {Provider: p, BusyStatus: kind.BusyStatus}}},
		reports: make(chan struct{}, maxOpenReports)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /returns/{provider}", site.report)
	s.hook, s.tag = httptest.NewServer(mux), s.ours(b)
	return s
}

// postAll posts requests over 64 connections and demands that all are taken.
func postAll(b *testing.B, address string, requests []string) time.Duration {
	b.Helper()
	const connections = 64
	var next, failed atomic.Int64
	var clients sync.WaitGroup
	start := time.Now()
	for range connections {
		clients.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(requests)); i = next.Add(1) - 1 {
				if post(b, address, requests[i]) != http.StatusOK {
					failed.Add(1)
				}
			}
		})
	}
	clients.Wait()
	if failed.Load() > 0 {
		b.Fatalf("%d requests failed", failed.Load())
	}
	return time.Since(start)
}
