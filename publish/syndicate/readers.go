package syndicate

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/schedule"
	"bantin/store"
)

// ReaderLog stores what Readers counted, now and then: serving a feed never waits for it.
// What was counted since is lost with a process that ends at once; readers come again
// within the day.
type ReaderLog struct {
	DB      *store.DB
	Log     *slog.Logger
	Readers *feed.Readers
	Now     func() time.Time
	Zone    *time.Location // in which days begin
	Sure    func() bool    // whether Now is believed; nil: it is

	day time.Time // that is counted
}

// How often a new day is looked for, and how many of these looks there are for one in
// which counts are stored.
const (
	readersLookInterval = 30 * time.Second
	looksPerStore       = 10
)

// Run stores counts until ctx ends, and then what is left.
func (l *ReaderLog) Run(ctx context.Context) {
	looks := 0
	schedule.Repeat(ctx, readersLookInterval, nil, func(ctx context.Context) {
		l.beginDay(ctx)
		if looks++; looks%looksPerStore == 0 {
			l.Store(ctx)
		}
	})
	rest, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	l.Store(rest)
}

// beginDay begins to count a day that has begun. While the clock is not believed none
// begins: it would be counted under another date, and its key be that of no day.
func (l *ReaderLog) beginDay(ctx context.Context) {
	if l.Sure != nil && !l.Sure() {
		return
	}
	now := l.Now().In(l.Zone)
	if bantin.DayOf(now) == bantin.DayOf(l.day) {
		return
	}
	l.Store(ctx)
	key, err := l.DB.Statistics().ReadersKey(ctx, now)
	switch {
	case errors.Is(err, bantin.ErrNotFound): // another node is in the next day
	case err != nil && ctx.Err() == nil:
		l.Log.Error("readers of feeds cannot be counted, retrying", "error", err)
	case err == nil:
		l.Readers.Begin(key)
		l.day = now
	}
}

// Store stores what was counted since it was called last.
func (l *ReaderLog) Store(ctx context.Context) {
	changed := l.Readers.Changed()
	list := make([]store.FeedReaders, 0, len(changed))
	for _, c := range changed {
		list = append(list, store.FeedReaders{Feed: c.Feed, Program: c.Program, N: c.N, Seen: c.Seen})
	}
	if err := l.DB.Statistics().AddReaders(ctx, l.day, list, feed.EstimateReaders); err != nil {
		l.Readers.Restore(changed)
		if ctx.Err() == nil {
			l.Log.Error("readers of feeds cannot be counted, retrying", "error", err)
		}
	}
}
