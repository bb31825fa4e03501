package returns

import (
	"context"
	"errors"
	"fmt"

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
	Suppressed, Alarms     int // Suppressed: by complaints
	Pending                int // decided when their edition has settled
	Unsubscribed, LeftOver int // LeftOver: other mail, which was left alone
	Answered               int // with the mail that has the button to leave by
}

// Read takes what is new in the mailbox.
func (b *Inbox) Read(ctx context.Context) (read InboxRead, err error) {
	db, name := b.Returns.DB, "mailbox "+b.Address
	mark, err := db.Setting(ctx, name)
	if err != nil {
		return read, fmt.Errorf("read how far %s was read: %w", b.Address, err)
	}
	next, err := b.Box.Each(ctx, mailbox.Cursor(mark), func(ctx context.Context, m *mailbox.Message) error {
		taken, err := b.Returns.Process(ctx, m.Raw, "")
		if err != nil {
			return err
		}
		read.count(taken)
		return nil
	})
	if next != mailbox.Cursor(mark) {
		err = errors.Join(err, db.SetSetting(context.WithoutCancel(ctx), name, string(next)))
	}
	return read, err
}

func (r *InboxRead) count(t Processed) {
	r.Messages++
	switch {
	case !t.Ours:
		r.LeftOver++
		return
	case t.Fresh && t.Done == store.DoneSuppressed:
		r.Suppressed++
	case t.Fresh && t.Done == store.DonePending:
		r.Pending++
	case t.Fresh && t.Done == store.DoneUnsubscribed:
		r.Unsubscribed++
	case t.Fresh && t.Done == store.DoneAnswered:
		r.Answered++
	case t.Fresh && t.Done == store.DoneAlarm:
		r.Alarms++
	}
	r.Ours++
}

// Run reads the mailbox at start and then on its schedule, until ctx ends.
func (b *Inbox) Run(ctx context.Context) {
	for ctx.Err() == nil {
		read, err := b.Read(ctx)
		if ctx.Err() == nil {
			b.noteRead(ctx, err)
		}
		if err != nil && ctx.Err() == nil {
			b.Returns.Log.Error("bounce mailbox cannot be read; retrying at its next due time", "mailbox", b.Address, "error", err)
		}
		if read.Messages > 0 { // also before it broke
			b.Returns.Log.Info("bounce mailbox read", "messages", read.Messages, "ours", read.Ours, "left_alone", read.LeftOver,
				"pending", read.Pending, "suppressed", read.Suppressed, "unsubscribed", read.Unsubscribed, "alarms", read.Alarms, "answered", read.Answered)
		}
		if !b.sleepUntilDue(ctx) {
			return
		}
	}
}

// noteRead remembers how a reading went. That this fails matters little: the next one is
// noted too.
func (b *Inbox) noteRead(ctx context.Context, failure error) {
	if err := b.Returns.DB.Tasks().Record(ctx, store.TaskBounces, "", failure); err != nil {
		b.Returns.Log.Warn("state of a task cannot be stored", "task", store.TaskBounces, "error", err)
	}
}

// sleepUntilDue waits for the next reading and reports whether its time came. Where the
// clock was set back it asks the schedule again.
func (b *Inbox) sleepUntilDue(ctx context.Context) bool {
	for {
		next := b.Schedule.Next(b.Returns.Now())
		if next.IsZero() {
			return false
		}
		if reached, err := schedule.SleepUntil(ctx, b.Returns.Now, next); reached || err != nil {
			return err == nil
		}
	}
}
