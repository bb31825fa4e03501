package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bantin"
	"bantin/config"
	"bantin/publish/collect"
	"bantin/web/office"
)

// askedReads are the reads of sources that people asked for. They end with the daemon, and
// before the database is closed.
type askedReads struct {
	mu     sync.Mutex // no read begins once they are waited for
	ended  context.Context
	cancel context.CancelFunc
	going  sync.WaitGroup
}

func newAskedReads() *askedReads {
	a := &askedReads{}
	a.ended, a.cancel = context.WithCancel(context.Background())
	return a
}

// begin gives the context of a read, which ends with ctx or with the daemon; done must be
// called.
func (a *askedReads) begin(ctx context.Context) (reading context.Context, done func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.ended.Err(); err != nil {
		return nil, nil, err
	}
	a.going.Add(1)
	reading, cancel := context.WithCancel(ctx)
	unlink := context.AfterFunc(a.ended, cancel)
	return reading, func() {
		unlink()
		cancel()
		a.going.Done()
	}, nil
}

// stop ends all reads and waits for them. No other begins.
func (a *askedReads) stop() {
	if a == nil {
		return
	}
	a.mu.Lock()
	a.cancel()
	a.mu.Unlock()
	a.going.Wait()
}

// collectSource reads a source now, as `bantin collect` does. What was read when ctx ends
// stays, and the next read goes on. An error is office.ErrBeingRead, office.ErrManyReads,
// one with bantin.ErrNotFound or that of ctx, or else noted as that of the source.
func (w *deps) collectSource(ctx context.Context, id string) error {
	i := slices.IndexFunc(w.config.Sources, func(s config.Source) bool { return s.ID == id })
	if i < 0 {
		return fmt.Errorf("source %q: %w", id, bantin.ErrNotFound)
	}
	end, err := w.reads.Ask(id)
	switch {
	case errors.Is(err, collect.ErrBeingRead):
		return office.ErrBeingRead
	case err != nil:
		return office.ErrManyReads
	}
	defer end()
	ctx, done, err := w.asked.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	_, err = w.collectOnce(ctx, w.collector(), &w.config.Sources[i], readOptions{once: true})
	if err != nil && ctx.Err() != nil { // it was not the source that failed
		return fmt.Errorf("read source %s: %w", id, ctx.Err())
	}
	return w.noteRead(ctx, &w.config.Sources[i], err)
}

// collectOnce reads a source. That it cannot be opened, for want of its password, is an
// error of the read.
func (w *deps) collectOnce(ctx context.Context, c *collect.Collector, s *config.Source, opt readOptions) (collect.Collected, error) {
	reading, err := w.reading(s, opt)
	if err != nil {
		return collect.Collected{Source: s.ID}, err
	}
	return c.Collect(ctx, reading)
}

// noteRead records how a read of a source beside its loop went. When a daemon has set a
// time for its next try, it goes by that, however this read went.
func (w *deps) noteRead(ctx context.Context, s *config.Source, err error) error {
	ctx = context.WithoutCancel(ctx) // the read is over, and so may its time be
	now := time.Now()
	var next time.Time
	if s.Due != nil {
		states, failed := w.db.Sources().List(ctx)
		if failed != nil {
			return errors.Join(err, failed)
		}
		for _, state := range states {
			if state.ID == s.ID && state.NextTry.After(now) {
				next = state.NextTry
			}
		}
		if next.IsZero() {
			next = collect.NextTry(s.Due, now, err, 1)
		}
	}
	return errors.Join(err, w.db.Sources().RecordRead(ctx, s.ID, err, next))
}
