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
	shown    atomic.Pointer[http.Handler]
	ended    chan error // nil before the first show
}

// servers are those of a daemon: for readers, and for whoever watches it.
type servers struct{ pages, metrics *server } // metrics is nil where http.metrics is not given

// newServer makes a server that answers from its first show on.
func newServer(log *slog.Logger, listener net.Listener) *server {
	s := &server{listener: listener}
	s.http = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			(*s.shown.Load()).ServeHTTP(w, r)
		}),
		ReadTimeout: 20 * time.Second, WriteTimeout: 2 * time.Minute, // the head has no limit of its own: setting it costs a poll more than it saves
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s
}

// show has the server answer with h from now on.
func (s *server) show(h http.Handler) {
	s.shown.Store(&h)
	if s.ended == nil {
		s.ended = make(chan error, 1)
		go func() { s.ended <- s.http.Serve(s.listener) }()
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
