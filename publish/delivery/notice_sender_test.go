package delivery

import (
	"bantin/internal/testneed"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/store"
)

// Notices that cannot be read are looked for after growing waits, and not logged each
// second.
func TestNoticesThatCannotBeRead(t *testing.T) {
	testneed.Long(t, "takes seconds")
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

// A notice that waits for a slow rate is not claimed meanwhile: the wait may be longer
// than a claim, and it would never be sent.
func TestNoticeWaitsForARate(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	server := smtptest.Start(t, nil)
	if err := o.DB.Notices().ReportDueTime(t.Context(), "admin@example.org", store.Report{Kind: store.ReportLate, Digest: "hang-tuan", Due: o.Now()}, "vi"); err != nil {
		t.Fatal(err)
	}
	set := o.Templates()
	sender := func(limit *Rate) *NoticeSender {
		return &NoticeSender{DB: o.DB, Log: o.Log(), Site: o.Site, Tokens: o.Tokens, Sender: o.Sender(), Transport: o.SMTP(server.Port()),
			Render: func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(set, m) }, Limit: limit, Node: o.Node(), Now: o.Now}
	}
	const perDay = 500.0 / (24 * 60 * 60)
	slow := NewRate(o.DB, "smtp", perDay)
	if err := slow.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if n, err := sender(slow).SendDue(ctx); n > 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d sent, %v", n, err)
		}
	})
	officetest.Eventually(t, "it waits for the rate", func() bool {
		slow.mu.Lock()
		defer slow.mu.Unlock()
		return slow.notices == 1
	})
	if n, err := sender(nil).SendDue(t.Context()); n != 1 || err != nil {
		t.Errorf("%d sent by another process, %v", n, err)
	}
	stop()
	waiting.Wait()
}
