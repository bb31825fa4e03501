package main

import (
	"context"
	"errors"
	"os"
	"sync"

	systemd "github.com/coreos/go-systemd/v22/daemon"

	"bantin/config"
	"bantin/publish"
	"bantin/store"
	"bantin/web"
)

// generation is a configuration at work in the daemon, until the next one takes over.
type generation struct {
	*deps
	node   *store.Node
	loops  *publish.Daemon
	hooks  map[string]*web.Webhook
	before *generation // whose pages are shown until this one's are; its loops have ended, and it is closed once nobody reads them
}

// start puts the loops together.
func (w *deps) start(ctx context.Context) (*generation, error) {
	if err := w.endUnlisted(ctx); err != nil {
		return nil, err
	}
	hooks, err := w.webhooks()
	if err != nil {
		return nil, err
	}
	node, err := w.db.Nodes().Register()
	if err != nil {
		return nil, err
	}
	loops, err := w.loops(ctx, node)
	if err != nil {
		return nil, errors.Join(err, node.Close())
	}
	return &generation{deps: w, node: node, loops: loops, hooks: hooks}, nil
}

// close closes the deps of the generation and of the one before it. A nil
// generation has nothing to close.
func (g *generation) close() error {
	if g == nil {
		return nil
	}
	return errors.Join(g.before.close(), g.deps.close())
}

// runUntilReload runs the loops until ctx ends, or until SIGHUP comes and the
// configuration can be used: then next is made from it, and the messages in
// hand are finished. One that cannot be used is reported, and all goes on as it
// was. Readers find the old pages until the new ones stand.
func (a runCommand) runUntilReload(ctx context.Context, now *generation, show servers, hangup <-chan os.Signal) (next *generation, err error) {
	defer now.node.Close()
	defer context.AfterFunc(ctx, now.asked.cancel)()
	if _, err := now.loops.Feeds.Refresh(ctx); err != nil {
		return nil, err
	}
	finished := show.show(now)
	now.announce(systemd.SdNotifyReady)
	running, stop := context.WithCancel(ctx)
	defer stop()
	var waiting sync.WaitGroup
	waiting.Go(func() {
		finished(running)
		if err := now.before.close(); err != nil {
			now.log.Warn("what the last configuration worked with did not close well", "error", err)
		}
	})
	waiting.Go(func() {
		next = a.awaitReload(running, now, hangup)
		stop()
	})
	waiting.Go(func() {
		<-running.Done()
		if ctx.Err() != nil {
			now.announce(systemd.SdNotifyStopping)
		}
	})
	err = now.loops.Run(running)
	stop()
	waiting.Wait()
	now.before = nil
	return next, err
}

// announce tells systemd; that it cannot be told ends nothing.
func (s *generation) announce(state string) {
	if err := notify(state); err != nil {
		s.log.Warn("systemd cannot be told how far the daemon is", "error", err)
	}
}

// awaitReload waits for a SIGHUP whose configuration can be used.
func (a runCommand) awaitReload(ctx context.Context, now *generation, hangup <-chan os.Signal) *generation {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
		}
		now.announce(reloading())
		next, err := a.reload(ctx, now)
		a.alarmConfig(ctx, now, err)
		now.process.noteReload(err == nil, now.now())
		if err == nil {
			now.log.Info("the configuration is read again")
			return next
		}
		now.log.Error("the configuration is not taken over; all goes on as before", "error", err)
		now.announce(systemd.SdNotifyReady)
	}
}

func (a runCommand) reload(ctx context.Context, now *generation) (*generation, error) {
	w, err := a.open(ctx, now.log)
	if err != nil {
		return nil, err
	}
	if needsRestart(now.config, w.config) {
		err := errors.New("a change of data, of database, or of an address under http or office needs a restart")
		return nil, errors.Join(err, w.close())
	}
	w.refreshToken = now.refreshToken
	w.unstored, w.process = now.unstored, now.process
	w.clock, w.reads = now.clock, now.reads
	next, err := w.start(ctx)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	next.before = now
	return next, nil
}

// needsRestart reports whether a reload would leave what the process holds: its
// database, its lock and its ports.
func needsRestart(was, is *config.Config) bool {
	return was.Data != is.Data || was.Database != is.Database || was.DatabasePasswordFile != is.DatabasePasswordFile || was.HTTP.Listen != is.HTTP.Listen || was.HTTP.Metrics != is.HTTP.Metrics ||
		officeListen(was) != officeListen(is)
}

// officeListen is the office's own address; "" for none.
func officeListen(c *config.Config) string {
	if c.Office == nil {
		return ""
	}
	return c.Office.Listen
}
