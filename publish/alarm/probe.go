package alarm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bantin"
	"bantin/internal/disk"
	"bantin/schedule"
	"bantin/store"
)

// Probe looks whether this node can write: into its database and into its data
// directory, and how much of that disk is free.
type Probe struct {
	Alarms *Alarms
	Dir    string // the data directory

	mu        sync.Mutex
	at        time.Time // of the last look
	checkedAt time.Time // when this process read the whole database last
	database  error
	disk      error

	started time.Time // when it looked first
}

const (
	probeInterval = 30 * time.Second
	probeTimeout  = 15 * time.Second
	// probeAge is how old an answer about writing may be: frequent
	// requests do not make the disk flush often.
	probeAge = 2 * time.Second
	// checkInterval is how often a database file is read through, recheckInterval how often
	// where it was damaged; not before checkDelay after a start, which is to be quick.
	checkInterval   = 24 * time.Hour
	recheckInterval = time.Hour
	checkDelay      = 5 * time.Minute
	// minFree is the share of the disk that should be free.
	minFree = 0.05
)

// Run looks until ctx ends, and says what is in trouble.
func (p *Probe) Run(ctx context.Context) { schedule.Repeat(ctx, probeInterval, nil, p.look) }

func (p *Probe) look(ctx context.Context) {
	_ = p.Writable(ctx) // what it finds is reported here
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	database, unwritable := p.database, p.disk
	p.mu.Unlock()
	a := p.Alarms
	p.report(ctx, database != nil, databaseTrouble(a, database))
	p.report(ctx, unwritable != nil, unwritableTrouble(a, p.Dir, unwritable))
	if space, err := disk.At(p.Dir); err == nil { // else this system does not tell
		p.reportSpace(ctx, space)
	}
	if p.started.IsZero() {
		p.started = a.Now()
	}
	if database == nil && a.Now().Sub(p.started).Abs() >= checkDelay && p.checkIsDue(ctx) {
		p.check(ctx)
	}
}

// checkIsDue reports whether the database is to be read through: restarts do not have it
// read anew.
func (p *Probe) checkIsDue(ctx context.Context) bool {
	if p.Alarms.DB.Shared() {
		return false // a server looks after that itself
	}
	s, err := p.Alarms.DB.Tasks().State(ctx, store.TaskCheck, p.Alarms.Here(""))
	if err != nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now, wait := p.Alarms.Now(), checkInterval
	if !s.FailingSince.IsZero() {
		wait = recheckInterval
	}
	if now.Sub(s.LastSuccess) < checkInterval && s.FailingSince.IsZero() || now.Sub(p.checkedAt).Abs() < wait {
		return false
	}
	p.checkedAt = now
	return true
}

// CannotStart tells, without a database, that a program cannot start for it: at once
// where that does not end by itself, else when it has lasted for After, as the file of
// Unstored says. It needs neither DB nor Watched.
func (a *Alarms) CannotStart(ctx context.Context, failure error, host string) {
	a.Host = host
	t := databaseTrouble(a, failure)
	t.Since = a.Now()
	if !errors.Is(failure, store.ErrUnavailable) && !errors.Is(failure, store.ErrTooManyConnections) && !errors.Is(failure, store.ErrLocked) {
		a.After = 0
	}
	t.What.VI = "bantin không khởi động được. " + t.What.VI
	t.What.EN = "bantin cannot start. " + t.What.EN
	a.Unstored.begin(t)
	a.tellAll(ctx, a.Unstored.list(), func(_ context.Context, id, way string, s store.Telling) error {
		a.Unstored.save(id, way, s)
		return nil
	})
}

// check reads the database through.
func (p *Probe) check(ctx context.Context) {
	err := p.Alarms.DB.QuickCheck(ctx)
	if err != nil && !errors.Is(err, store.ErrDamaged) {
		return // it is away, which is a trouble of its own
	}
	t := databaseTrouble(p.Alarms, err)
	t.Object = p.Alarms.Here("check")
	p.report(ctx, err != nil, t)
	_ = p.Alarms.DB.Tasks().Record(ctx, store.TaskCheck, p.Alarms.Here(""), err) // else it is read again sooner
}

func (p *Probe) reportSpace(ctx context.Context, space disk.Space) {
	free := space.FreeShare()
	p.report(ctx, free < minFree, fullTrouble(p.Alarms, p.Dir, free))
}

func (p *Probe) report(ctx context.Context, wrong bool, t bantin.Trouble) {
	if wrong {
		p.Alarms.Begin(ctx, t)
		return
	}
	p.Alarms.End(ctx, t.Kind, t.Object)
}

// Writable is nil where the database and the disk can be written now.
func (p *Probe) Writable(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if since := time.Since(p.at); since < probeAge && !p.at.IsZero() {
		return errors.Join(p.database, p.disk)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
	defer cancel()
	p.database = p.Alarms.DB.TryWriting(ctx)
	p.disk = tryDisk(p.Dir)
	p.at = time.Now()
	return errors.Join(p.database, p.disk)
}

// tryDisk writes a small file and flushes it.
func tryDisk(dir string) (err error) {
	f, err := os.OpenFile(filepath.Join(dir, ".probe"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // one name: a process that is killed leaves one
	if err != nil {
		return fmt.Errorf("write to the data directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.Write(make([]byte, 4096))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write to the data directory: %w", err)
	}
	return nil
}
