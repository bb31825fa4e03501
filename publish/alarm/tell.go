package alarm

import (
	"context"
	"sync"
	"time"

	"bantin"
	"bantin/schedule"
	"bantin/store"
)

// The waits after a way failed.
const (
	minWayWait = 10 * time.Second
	maxWayWait = time.Hour
)

// tellStored tells what is to be told of the troubles in the database.
func (a *Alarms) tellStored(ctx context.Context) {
	list, err := a.DB.Troubles().Unfinished(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.Log.Warn("troubles cannot be read, retrying", "error", err)
		}
		return
	}
	a.forget(list)
	a.tellAll(ctx, list, func(ctx context.Context, id, way string, s store.Telling) error {
		return a.DB.Troubles().SaveTelling(ctx, id, way, s)
	})
	a.sayWell(ctx)
}

// tellUnstored tells what this node keeps to itself, and stores what can be stored.
func (a *Alarms) tellUnstored(ctx context.Context) {
	a.tellAll(ctx, a.Unstored.list(), func(_ context.Context, id, way string, s store.Telling) error {
		a.Unstored.save(id, way, s)
		return nil
	})
	for _, t := range a.Unstored.list() {
		if err := a.DB.Troubles().TakeOver(ctx, t); err != nil {
			return // it is told from here still
		}
		a.Unstored.remove(t.ID)
	}
}

// tellAll uses each way for what it has to tell. The ways do not wait for each other.
func (a *Alarms) tellAll(ctx context.Context, list []store.ToldTrouble, save func(context.Context, string, string, store.Telling) error) {
	var ways sync.WaitGroup
	for _, way := range a.Ways {
		ways.Go(func() {
			for i := range list {
				if !a.tellOne(ctx, &way, &list[i], save) || ctx.Err() != nil {
					return // a way that hangs costs a round its time once
				}
			}
		})
	}
	ways.Wait()
}

// tellOne tells a trouble by a way, if there is something to tell, notes that, and reports
// whether the way worked. What cannot be noted this node remembers: nobody is to be told
// each few seconds since a disk is full.
func (a *Alarms) tellOne(ctx context.Context, way *Way, t *store.ToldTrouble, save func(context.Context, string, string, store.Telling) error) (ok bool) {
	key, now := saying{t.ID, way.Name}, a.Now()
	state, remembered := a.recall(key)
	if !remembered {
		state = t.Ways[way.Name]
	}
	step := a.due(way, &t.Trouble, state, now)
	if step == nothing {
		if remembered && save(ctx, t.ID, way.Name, state) == nil {
			a.unremember(key)
		}
		return true
	}
	telling, end := finishing(ctx)
	err := way.Tell(telling, &t.Trouble, NewMessage(&t.Trouble, a.Language, a.Zone))
	end()
	if ctx.Err() != nil && err != nil {
		return false // it is told after the restart
	}
	state = after(state, step, now, err)
	if err != nil {
		a.Log.Warn("alarm cannot be told, retrying", "way", way.Name, "kind", t.Kind, "tries", state.Tries, "wait", state.Next.Sub(now), "error", err)
	}
	if save(context.WithoutCancel(ctx), t.ID, way.Name, state) != nil {
		a.keepInMind(key, state)
	} else {
		a.unremember(key)
	}
	return err == nil
}

// finishTimeout is how long a telling in hand may take once the program stops.
const finishTimeout = 5 * time.Second

// finishing is a context that ends finishTimeout after another: a way that was cut off may
// have told people of a trouble, and then its end is not told.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	later, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(finishTimeout, cancel) })
	return later, func() { stop(); cancel() }
}

// step is what a way has to say of a trouble.
type step int

const (
	nothing step = iota
	lasts        // it began, or goes on
	ended
)

// due says what a way has to say of a trouble now.
func (a *Alarms) due(way *Way, t *bantin.Trouble, s store.Telling, now time.Time) step {
	if now.Before(s.Next) || way.Takes != nil && !way.Takes(t) {
		return nothing
	}
	if !t.Resolved.IsZero() {
		if s.Told.After(s.Ended) && !now.Before(t.Resolved.Add(a.patience(t.Kind))) {
			return ended
		}
		return nothing
	}
	switch {
	case s.Told.IsZero() && !now.Before(t.Since.Add(a.patience(t.Kind))):
		return lasts
	case !s.Told.IsZero() && !way.Once && now.Sub(s.Told) >= repeatInterval:
		return lasts
	}
	return nothing
}

// patience is how long a trouble of a kind has lasted when it is told, and how long it
// has been over.
func (a *Alarms) patience(k bantin.TroubleKind) time.Duration {
	if k.ComesAndGoes() {
		return a.After
	}
	return 0
}

// after is how far a way is with a trouble after it was used.
func after(s store.Telling, did step, now time.Time, err error) store.Telling {
	switch {
	case err != nil:
		backoff := schedule.Backoff{Min: minWayWait, Max: maxWayWait}
		wait := backoff.Next()
		for range min(s.Tries, 10) {
			wait = backoff.Next()
		}
		s.Tries++
		s.Next = now.Add(wait)
		return s
	case did == ended:
		s.Ended = now
	default:
		s.Told = now
	}
	s.Tries, s.Next = 0, time.Time{}
	return s
}

func (a *Alarms) recall(key saying) (store.Telling, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.remember[key]
	return s, ok
}

func (a *Alarms) keepInMind(key saying, s store.Telling) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.remember == nil {
		a.remember = map[saying]store.Telling{}
	}
	a.remember[key] = s
}

func (a *Alarms) unremember(key saying) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.remember, key)
}

// forget drops what is remembered of troubles that are finished.
func (a *Alarms) forget(unfinished []store.ToldTrouble) {
	ids := map[string]bool{}
	for _, t := range unfinished {
		ids[t.ID] = true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for key := range a.remember {
		if !ids[key.trouble] {
			delete(a.remember, key)
		}
	}
}
