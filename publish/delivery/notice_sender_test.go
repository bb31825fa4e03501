package delivery

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"bantin/internal/officetest"
)

// Notices that cannot be read are looked for after growing waits, and not logged each
// second.
func TestNoticesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Exec(`ALTER TABLE notices RENAME TO notices_away`)
	log := &officetest.LogWaits{Message: "notices cannot be sent, retrying"}
	sender := &NoticeSender{DB: o.DB, Log: slog.New(log), Transport: o.SMTP(25), Node: o.Node(), Now: o.Now}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { sender.Run(ctx) })
	officetest.Eventually(t, "they are looked for again", func() bool { return len(log.Waits()) >= 2 })
	stop()
	running.Wait()
	if w := log.Waits(); w[0] <= 0 || w[1] != 2*w[0] {
		t.Errorf("it waits for %v", w)
	}
}
