package delivery

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"bantin/internal/officetest"
)

// Notices that cannot be read are looked for after growing waits, and not logged each
// second.
func TestNoticesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Exec(`ALTER TABLE notices RENAME TO notices_away`)
	log := &officetest.LogCount{Message: "notices cannot be sent, retrying"}
	sender := &NoticeSender{DB: o.DB, Log: slog.New(log), Transport: o.SMTP(25), Node: o.Node(), Now: o.Now}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { sender.Run(ctx) })
	time.Sleep(6500 * time.Millisecond) // tried at 0, 1 and 3 s
	stop()
	running.Wait()
	if n := log.Count(); n < 1 || n > 4 {
		t.Errorf("logged %d times", n)
	}
}
