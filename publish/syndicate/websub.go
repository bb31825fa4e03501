package syndicate

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// WebSubNotifier tells WebSub hubs of feeds that changed. What is to be told stands in
// the store, so that a restart or a hub that is away for days loses nothing.
// Each hub is told by a loop of its own: one that is slow holds up nobody else.
type WebSubNotifier struct {
	DB   *store.DB
	Log  *slog.Logger
	Hubs []string
	Tell func(ctx context.Context, hub, topic string) error // one attempt, which must end by itself
	Now  func() time.Time

	bells []chan struct{}
	once  sync.Once
}

// How the herald works.
const (
	lookAtTopics = 5 * time.Second // for what is due again
	toldAtOnce   = 4               // requests to a hub at a time
	topicsAtOnce = 64
)

// Ring has the hubs told of what was announced just now.
func (h *WebSubNotifier) Ring() {
	h.begin()
	for _, bell := range h.bells {
		schedule.Notify(bell)
	}
}

func (h *WebSubNotifier) begin() {
	h.once.Do(func() {
		for range h.Hubs {
			h.bells = append(h.bells, make(chan struct{}, 1))
		}
	})
}

// Run tells all hubs until ctx ends.
func (h *WebSubNotifier) Run(ctx context.Context) {
	h.begin()
	var loops sync.WaitGroup
	for i, hub := range h.Hubs {
		loops.Go(func() {
			schedule.Repeat(ctx, lookAtTopics, h.bells[i], func(ctx context.Context) { h.tellAll(ctx, hub) })
		})
	}
	loops.Wait()
}

// tellAll tells a hub all that is due. After a round in which nothing could be
// told the rest waits too: the hub is away.
func (h *WebSubNotifier) tellAll(ctx context.Context, hub string) {
	for ctx.Err() == nil {
		topics, err := h.DB.Feeds().DueTopics(ctx, hub, topicsAtOnce)
		if err != nil {
			if ctx.Err() == nil {
				h.Log.Error("what a hub is to be told cannot be looked up", "hub", hub, "error", err)
			}
			return
		}
		if len(topics) == 0 || !h.tellSome(ctx, topics) {
			return
		}
	}
}

// tellSome tells a hub of some topics and reports whether any was taken.
func (h *WebSubNotifier) tellSome(ctx context.Context, topics []store.Topic) bool {
	var wg sync.WaitGroup
	room := make(chan struct{}, toldAtOnce)
	told := make(chan bool, len(topics))
	for _, t := range topics {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			told <- h.tell(ctx, t)
		})
	}
	wg.Wait()
	close(told)
	any := false
	for ok := range told {
		any = any || ok
	}
	return any
}

// tell makes one attempt and notes how it ended.
func (h *WebSubNotifier) tell(ctx context.Context, t store.Topic) bool {
	err := h.Tell(ctx, t.Hub, t.URL)
	kept := context.WithoutCancel(ctx) // who stops now has told it all the same
	switch {
	case err == nil:
		h.note("told", h.DB.Feeds().MarkNotified(kept, t))
		return true
	case ctx.Err() != nil:
		return false // it is told after the restart
	case t.Attempts+1 == mostAttempts:
		h.Log.Error("a hub is not told of a feed any more until the feed changes", "hub", t.Hub, "feed", t.URL, "attempts", mostAttempts, "error", err)
		h.note("given up", h.DB.Feeds().MarkNotified(kept, t))
		return false
	}
	wait := hubWait(t.Attempts)
	h.Log.Warn("a hub cannot be told of a feed; trying again", "hub", t.Hub, "feed", t.URL, "in", wait, "error", err)
	h.note("not told", h.DB.Feeds().DeferNotification(kept, t, h.Now().Add(wait)))
	return false
}

func (h *WebSubNotifier) note(what string, err error) {
	if err != nil {
		h.Log.Error("how a hub was told cannot be noted", "outcome", what, "error", err)
	}
}

// mostAttempts are made over about a week.
const mostAttempts = 33

// hubWait is how long to wait after so many attempts in vain before this one:
// from seconds, for a hub that starts anew, to six hours, for one that is away.
func hubWait(before int) time.Duration {
	waits := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour}
	if before < len(waits) {
		return waits[before]
	}
	return 6 * time.Hour
}

// announce stores what hubs are to be told of what was written.
func (o *output) announce(ctx context.Context, db *store.DB, hubs []string) error {
	if len(o.topics) == 0 {
		return nil
	}
	if err := db.Feeds().QueueHubNotifications(ctx, hubs, o.topics); err != nil {
		return fmt.Errorf("announce feeds: %w", err)
	}
	o.topics = nil
	return nil
}
