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

// WebSubNotifier notifies WebSub hubs of feeds that changed. The notifications are kept in
// the store, so that a restart or a hub that is away for days loses nothing.
// Each hub has a loop of its own: one that is slow holds up no other.
type WebSubNotifier struct {
	DB   *store.DB
	Log  *slog.Logger
	Hubs []string
	Tell func(ctx context.Context, hub, topic string) error // one attempt, which must end by itself
	Now  func() time.Time

	wakeups []chan struct{}
	once    sync.Once
}

// Limits of the notifications.
const (
	hubRetryInterval = 5 * time.Second // for what is due again
	maxHubRequests   = 4               // requests to a hub at a time
	topicBatch       = 64
)

// Notify wakes the loops of all hubs: notifications were stored.
func (n *WebSubNotifier) Notify() {
	n.begin()
	for _, wakeup := range n.wakeups {
		schedule.Notify(wakeup)
	}
}

func (n *WebSubNotifier) begin() {
	n.once.Do(func() {
		for range n.Hubs {
			n.wakeups = append(n.wakeups, make(chan struct{}, 1))
		}
	})
}

// Run notifies all hubs until ctx ends.
func (n *WebSubNotifier) Run(ctx context.Context) {
	n.begin()
	var loops sync.WaitGroup
	for i, hub := range n.Hubs {
		loops.Go(func() {
			schedule.Repeat(ctx, hubRetryInterval, n.wakeups[i], func(ctx context.Context) { n.notifyHub(ctx, hub) })
		})
	}
	loops.Wait()
}

// notifyHub sends a hub all notifications that are due. After a round in which none
// was taken the rest waits too: the hub is away.
func (n *WebSubNotifier) notifyHub(ctx context.Context, hub string) {
	for ctx.Err() == nil {
		topics, err := n.DB.Feeds().DueTopics(ctx, hub, topicBatch)
		if err != nil {
			if ctx.Err() == nil {
				n.Log.Error("pending hub notifications cannot be read", "hub", hub, "error", err)
			}
			return
		}
		if len(topics) == 0 || !n.notifyTopics(ctx, topics) {
			return
		}
	}
}

// notifyTopics sends some notifications and reports whether the hub took any.
func (n *WebSubNotifier) notifyTopics(ctx context.Context, topics []store.Topic) bool {
	var wg sync.WaitGroup
	room := make(chan struct{}, maxHubRequests)
	taken := make(chan bool, len(topics))
	for _, t := range topics {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			taken <- n.notifyTopic(ctx, t)
		})
	}
	wg.Wait()
	close(taken)
	any := false
	for ok := range taken {
		any = any || ok
	}
	return any
}

// notifyTopic makes one attempt and stores how it ended.
func (n *WebSubNotifier) notifyTopic(ctx context.Context, t store.Topic) bool {
	err := n.Tell(ctx, t.Hub, t.URL)
	kept := context.WithoutCancel(ctx) // the hub was notified, also where the process stops now
	switch {
	case err == nil:
		n.logUnrecorded("told", n.DB.Feeds().MarkNotified(kept, t))
		n.logUnrecorded("told", n.DB.Tasks().Record(kept, store.TaskHubs, t.Hub, nil))
		return true
	case ctx.Err() != nil:
		return false // the hub is notified after the restart
	case t.Attempts+1 == maxAttempts:
		n.Log.Error("hub notification given up until the feed changes", "hub", t.Hub, "feed", t.URL, "attempts", maxAttempts, "error", err)
		n.logUnrecorded("given up", n.DB.Feeds().MarkNotified(kept, t))
		return false
	}
	n.logUnrecorded("not told", n.DB.Tasks().Record(kept, store.TaskHubs, t.Hub, err))
	wait := hubRetryWait(t.Attempts)
	n.Log.Warn("hub notification failed, retrying", "hub", t.Hub, "feed", t.URL, "in", wait, "error", err)
	n.logUnrecorded("not told", n.DB.Feeds().DeferNotification(kept, t, n.Now().Add(wait)))
	return false
}

func (n *WebSubNotifier) logUnrecorded(what string, err error) {
	if err != nil {
		n.Log.Error("result of a hub notification cannot be stored", "outcome", what, "error", err)
	}
}

// maxAttempts are made over about a week.
const maxAttempts = 33

// hubRetryWait is how long to wait after so many attempts in vain before this one:
// from seconds, for a hub that starts anew, to six hours, for one that is away.
func hubRetryWait(before int) time.Duration {
	waits := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour}
	if before < len(waits) {
		return waits[before]
	}
	return 6 * time.Hour
}

// announce stores the notifications of what was written.
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
