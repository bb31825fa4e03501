package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// What systemd is told (sd_notify(3)).
const (
	notifyReady    = "READY=1"    // pages and feeds are served
	notifyStopping = "STOPPING=1" // the messages in hand are being finished
	notifyAlive    = "WATCHDOG=1"
)

// reloading tells that the configuration is being read again; notifyReady follows. The
// time has systemd know that it was not an earlier reload (Type=notify-reload).
func reloading() string {
	return "RELOADING=1\nMONOTONIC_USEC=" + strconv.FormatInt(monotonicMicroseconds(), 10)
}

// notify tells systemd where the daemon stands, so that `systemctl start` comes
// back when it serves, or says why it does not. Elsewhere nobody listens.
func notify(state string) error {
	address := os.Getenv("NOTIFY_SOCKET")
	if address == "" {
		return nil
	}
	conn, err := net.Dial("unixgram", address)
	if err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	return nil
}

// watchdogInterval is half of what systemd waits for a sign of life (WatchdogSec=) before it
// starts the service anew; 0 where it waits for none.
func watchdogInterval() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec < 2 {
		return 0
	}
	return time.Duration(usec) * time.Microsecond / 2
}

// giveSignsOfLife tells systemd that the daemon is alive for as long as it answers at its
// own address, from the first show on. What it answers does not matter: a database that is
// away is not brought back by starting again, and a message in hand would be repeated.
func (s *server) giveSignsOfLife(log *slog.Logger) (stop func()) {
	interval := watchdogInterval()
	if interval == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.signsOfLife(ctx, log, interval)
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (s *server) signsOfLife(ctx context.Context, log *slog.Logger, interval time.Duration) {
	client := &http.Client{Timeout: interval, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			address := s.listener.Addr()
			return new(net.Dialer).DialContext(ctx, address.Network(), address.String())
		},
	}}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.shown.Load() == nil {
			continue // it starts, and systemd does not wait yet
		}
		err := answers(ctx, client)
		if err == nil {
			err = notify(notifyAlive)
		}
		if err != nil && ctx.Err() == nil {
			log.Warn("systemd gets no sign of life", "error", err)
		}
	}
}

// answers asks the daemon itself whether it is alive.
func answers(ctx context.Context, client *http.Client) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://bantin/healthz", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<10))
	return errors.Join(err, response.Body.Close())
}
