package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
)

// reloading tells that the configuration is being read again; systemd.SdNotifyReady follows.
// The time has systemd know that it was not an earlier reload (Type=notify-reload).
func reloading() string {
	return systemd.SdNotifyReloading + "\n" + systemd.SdNotifyMonotonicUsec()
}

// notify tells systemd where the daemon stands (sd_notify(3)), so that `systemctl start`
// comes back when it serves, or says why it does not. Elsewhere nobody listens.
func notify(state string) error {
	if _, err := systemd.SdNotify(false, state); err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	return nil
}

// giveSignsOfLife tells systemd that the daemon is alive for as long as it answers at its
// own address, from the first show on, twice in the time that systemd waits (WatchdogSec=).
// What it answers does not matter: a database that is away is not brought back by starting
// again, and a message in hand would be repeated.
func (s *server) giveSignsOfLife(log *slog.Logger) (stop func()) {
	limit, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		log.Warn("systemd gets no sign of life", "error", err)
	}
	interval := limit / 2
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
			err = notify(systemd.SdNotifyWatchdog)
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
