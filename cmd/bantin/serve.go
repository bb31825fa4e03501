package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// hangUpAfter is how long requests in hand are waited for: browsers hold
// connections open on which nothing comes.
const hangUpAfter = 5 * time.Second

// server is the web server of the daemon. It outlives a reload: what it shows
// is exchanged between two requests.
type server struct {
	http     *http.Server
	listener net.Listener
	shown    atomic.Pointer[shown]
	ended    chan error // nil before the first show
}

// shown is what a server answers with, and how many requests it has in hand.
type shown struct {
	http.Handler
	inHand atomic.Int64
}

// servers are those of a daemon: for readers, and for whoever watches it.
type servers struct{ pages, metrics *server } // metrics is nil where http.metrics is not given

// show has both answer for a shift from now on.
func (s servers) show(now *shift) {
	s.pages.show(now.handler(now.loops))
	if s.metrics != nil {
		s.metrics.show(now.metricsHandler(now.loops.Ready))
	}
}

// newServer makes a server that answers from its first show on.
func newServer(log *slog.Logger, listener net.Listener) *server {
	s := &server{listener: listener}
	s.http = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := s.take()
			defer h.inHand.Add(-1)
			h.ServeHTTP(w, r)
		}),
		ReadTimeout: 20 * time.Second, WriteTimeout: 2 * time.Minute, // the head has no limit of its own: setting it costs a poll more than it saves
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s
}

// show has the server answer with h from now on, and comes back when nothing
// is in the hands of what was shown before: its database can be closed then.
func (s *server) show(h http.Handler) {
	before := s.shown.Swap(&shown{Handler: h})
	if before != nil {
		before.finish()
		return
	}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.http.Serve(s.listener) }()
}

// take gives what is shown and counts the request in. The second look finds an
// exchange that came between the first and the count, which finish did not see.
func (s *server) take() *shown {
	for {
		h := s.shown.Load()
		h.inHand.Add(1)
		if s.shown.Load() == h {
			return h
		}
		h.inHand.Add(-1)
	}
}

func (h *shown) finish() {
	const look = 10 * time.Millisecond
	for end := time.Now().Add(hangUpAfter); h.inHand.Load() > 0 && time.Now().Before(end); {
		time.Sleep(look)
	}
}

// stop ends the server when the requests in hand are answered.
func (s *server) stop() error {
	if s == nil {
		return nil
	}
	if s.ended == nil {
		return s.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), hangUpAfter)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	if served := <-s.ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
