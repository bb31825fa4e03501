package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bantin/mailbox"
	"bantin/schedule"
	"bantin/store"
)

// Inbox is the mailbox in which mail comes back, and when it is read. It is
// never changed; how far it was read is kept in the database, so that nothing
// is taken twice, and what was taken is durable before that, so that nothing is
// lost when the mailbox or the program goes away in between.
type Inbox struct {
	Returns  *Returns
	Box      mailbox.Box
	Address  string // names the box, and what is remembered of it
	Schedule *schedule.Schedule
}

// InboxRead is what one reading brought.
type InboxRead struct {
	Messages, Ours         int
	Suppressed, Alarms     int
	Unsubscribed, LeftOver int // LeftOver: other mail, which was left alone
}

// Read takes what is new in the mailbox.
func (b *Inbox) Read(ctx context.Context) (read InboxRead, err error) {
	db, name := b.Returns.DB, "mailbox "+b.Address
	mark, err := db.Setting(ctx, name)
	if err != nil {
		return read, fmt.Errorf("read how far %s was read: %w", b.Address, err)
	}
	next, err := b.Box.Each(ctx, mailbox.Mark(mark), func(ctx context.Context, m *mailbox.Message) error {
		taken, err := b.Returns.Take(ctx, m.Raw, "")
		if err != nil {
			return err
		}
		read.count(taken)
		return nil
	})
	if next != mailbox.Mark(mark) {
		err = errors.Join(err, db.SetSetting(context.WithoutCancel(ctx), name, string(next)))
	}
	return read, err
}

func (r *InboxRead) count(t Taken) {
	r.Messages++
	switch {
	case !t.Ours:
		r.LeftOver++
		return
	case t.Fresh && t.Done == store.DoneSuppressed:
		r.Suppressed++
	case t.Fresh && t.Done == store.DoneUnsubscribed:
		r.Unsubscribed++
	case t.Fresh && t.Done == store.DoneAlarm:
		r.Alarms++
	}
	r.Ours++
}

// inboxLoop reads the mailbox at start and then on its schedule. While it
// cannot be read all else goes on.
func (d *Daemon) inboxLoop(ctx context.Context) {
	for ctx.Err() == nil {
		read, err := d.Inbox.Read(ctx)
		if err != nil && ctx.Err() == nil {
			d.Log.Error("the mailbox of what comes back cannot be read; trying again when it is due next", "mailbox", d.Inbox.Address, "error", err)
		}
		if read.Messages > 0 { // also before it broke
			d.Log.Info("mail that came back was read", "messages", read.Messages, "ours", read.Ours, "left_alone", read.LeftOver,
				"suppressed", read.Suppressed, "unsubscribed", read.Unsubscribed, "alarms", read.Alarms)
		}
		if next := d.Inbox.Schedule.Next(d.Now()); next.IsZero() || schedule.SleepUntil(ctx, d.Now, next) != nil {
			return
		}
	}
}

// Pruner removes what is older than it is to be kept.
type Pruner struct {
	Deliveries, Bounces time.Duration // how long they are kept
}

// lookAtAge is how often the daemon looks for what is old.
const lookAtAge = time.Hour

// forget removes what is old, a batch at a time.
func (d *Daemon) forget(ctx context.Context) {
	deliveries, err := d.DB.Deliveries().Prune(ctx, d.Now().Add(-d.Keeper.Deliveries))
	var bounces int64
	if err == nil {
		bounces, err = d.DB.Returns().Prune(ctx, d.Now().Add(-d.Keeper.Bounces))
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Error("what is old cannot be removed; trying again", "error", err)
	}
	if deliveries+bounces > 0 {
		d.Log.Info("what is old was removed", "deliveries", deliveries, "bounces", bounces)
	}
}
