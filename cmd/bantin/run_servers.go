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

// servers are those of a daemon: for readers, for monitoring, and for the office where it
// has an address of its own. The last two are nil where no address is given for them.
type servers struct{ pages, metrics, office *server }

// show has all answer for a shift from now on. What it gives waits until
// nothing is in the hands of what was shown before, or until ctx ends.
func (s servers) show(now *generation) (finished func(ctx context.Context)) {
	before := []*shown{s.pages.show(now.pages(now.loops, now.hooks))}
	if s.metrics != nil {
		before = append(before, s.metrics.show(now.metricsHandler()))
	}
	if s.office != nil {
		before = append(before, s.office.show(now.officeHandler(now.loops.Feeds.List)))
	}
	return func(ctx context.Context) {
		for _, h := range before {
			h.finish(ctx)
		}
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

// show has the server answer with h from now on, and gives what was shown
// before; nil at first.
func (s *server) show(h http.Handler) *shown {
	before := s.shown.Swap(&shown{Handler: h})
	if before == nil {
		s.ended = make(chan error, 1)
		go func() { s.ended <- s.http.Serve(s.listener) }()
	}
	return before
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

// finish waits for the requests in hand; the server's own limits end them all.
func (h *shown) finish(ctx context.Context) {
	const look = 10 * time.Millisecond
	for h != nil && h.inHand.Load() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
	}
}

// stop ends the server when the requests in hand are answered. After five
// seconds it hangs up: browsers hold connections open on which nothing comes.
func (s *server) stop() error {
	if s == nil {
		return nil
	}
	if s.ended == nil {
		return s.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
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
