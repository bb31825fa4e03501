package publish

import (
	"bantin/schedule"
	"context"
)

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
