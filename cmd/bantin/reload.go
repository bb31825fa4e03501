package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
)

// runUntilReload runs the daemon's loops until ctx ends, or until SIGHUP comes
// and the configuration can be used: then next is made from it, and the
// messages in hand are finished. One that cannot be used is reported, and all
// goes on as it was.
func (a *app) runUntilReload(ctx context.Context, w *works, show servers, hangup <-chan os.Signal) (next *works, err error) {
	node, err := w.db.NewNode()
	if err != nil {
		return nil, err
	}
	defer node.Close()
	d, err := w.daemon(ctx, node)
	if err != nil {
		return nil, err
	}
	if _, err := d.Feeds.Refresh(ctx); err != nil {
		return nil, err
	}
	show.pages.show(w.handler(d))
	if show.metrics != nil {
		show.metrics.show(w.metricsHandler(d.Ready))
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	var waiting sync.WaitGroup
	waiting.Go(func() {
		next = a.awaitReload(running, w, hangup)
		stop()
	})
	err = d.Run(running)
	stop()
	waiting.Wait()
	return next, err
}

// awaitReload waits for a SIGHUP whose configuration can be used.
func (a *app) awaitReload(ctx context.Context, w *works, hangup <-chan os.Signal) *works {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
		}
		next, err := a.reload(ctx, w)
		if err == nil {
			w.log.Info("the configuration is read again")
			return next
		}
		w.log.Error("the configuration is not taken over; all goes on as before", "error", err)
	}
}

func (a *app) reload(ctx context.Context, w *works) (*works, error) {
	next, err := a.open(ctx, w.log)
	if err != nil {
		return nil, err
	}
	if next.config.Data != w.config.Data || next.config.Database != w.config.Database || next.config.HTTP.Listen != w.config.HTTP.Listen || next.config.HTTP.Metrics != w.config.HTTP.Metrics {
		err := fmt.Errorf("a change of data, of database or of an address under http needs a restart")
		return nil, errors.Join(err, next.close())
	}
	return next, nil
}
