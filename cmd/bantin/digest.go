package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/mailer"
	"bantin/publish"
	"bantin/store"
)

func (a *app) digestCommand() *cobra.Command {
	return group("digest", "Preview and send digests", a.previewCommand(), a.audienceCommand(), a.sendCommand())
}

// sendFlags are the flags of `bantin digest send`.
type sendFlags struct {
	due  string
	wait time.Duration
}

func (a *app) sendCommand() *cobra.Command {
	var f sendFlags
	c := &cobra.Command{
		Use:   "send ID",
		Short: "Make the digest's edition and deliver it, or go on with an unsettled one",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.sendDigest(cmd.Context(), args[0], f) },
	}
	c.Flags().StringVar(&f.due, "due", "", "the edition of this due `TIME`: 2026-11-23T07:00 in the digest's zone, or RFC 3339")
	c.Flags().DurationVar(&f.wait, "wait", 10*time.Minute, "how long to deliver")
	return c
}

func (a *app) sendDigest(ctx context.Context, id string, f sendFlags) (err error) {
	w, err := a.open(ctx, a.quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	d, err := w.digest(id)
	if err != nil {
		return err
	}
	if _, err := w.db.SeeDigest(ctx, d.ID, d.Title, d.Aliases); err != nil {
		return err
	}
	e, err := a.editionToSend(ctx, w, d, f.due)
	if errors.Is(err, store.ErrNoNews) {
		a.note("Không có tin mới: không lập kỳ nào.", "There is nothing new: no edition is made.")
		return nil
	}
	if err != nil {
		return err
	}
	return a.deliver(ctx, w, e, f.wait)
}

// editionToSend is the edition of the due time; without one, the oldest that
// is not settled, else a new one that is due now.
func (a *app) editionToSend(ctx context.Context, w *works, d *publish.DigestPlan, due string) (bantin.Edition, error) {
	if due != "" {
		t, err := parseTime(due, d.Location)
		if err != nil {
			return bantin.Edition{}, &usageError{err}
		}
		return w.editor.Make(ctx, &d.Digest, t)
	}
	if err := w.letGoOn(ctx, d.ID); err != nil {
		return bantin.Edition{}, err
	}
	unsettled, err := w.db.Unsettled(ctx)
	if err != nil {
		return bantin.Edition{}, err
	}
	for i := range unsettled {
		if e := &unsettled[i]; e.Digest == d.ID {
			a.note("Tiếp tục kỳ %s.", "Going on with edition %s.", e.ID)
			if err := w.editor.Freeze(ctx, e); err != nil {
				return *e, err
			}
			return w.db.Edition(ctx, e.ID)
		}
	}
	return w.makeNow(ctx, d)
}

// letGoOn frees the editions of a digest that an alarm holds: whoever sends by
// hand has seen to what it was about.
func (w *works) letGoOn(ctx context.Context, digest string) error {
	const recent = 20
	editions, err := w.db.Editions(ctx, digest, recent)
	for i := range editions {
		if err == nil && editions[i].Status == bantin.EditionHeld {
			err = w.db.LetGoOn(ctx, editions[i].Row)
		}
	}
	return err
}

// makeNow makes an edition that is due now. Commands that are started in the
// same second share it; but one that was settled before this command began is
// another's, and what came since wants an edition of its own.
func (w *works) makeNow(ctx context.Context, d *publish.DigestPlan) (bantin.Edition, error) {
	now := time.Now().Truncate(time.Millisecond)
	e, err := w.editor.Make(ctx, &d.Digest, now.Truncate(time.Second))
	if err == nil && e.Status == bantin.EditionDone && e.Created.Before(now) {
		return w.editor.Make(ctx, &d.Digest, now)
	}
	return e, err
}

// parseTime reads a time as people write it on a command line.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("time %q: want 2026-11-23T07:00 or RFC 3339", text)
}

// deliver works the edition as a node of its own until all is settled or the
// wait is over, beside a daemon or without one.
func (a *app) deliver(ctx context.Context, w *works, e bantin.Edition, wait time.Duration) (err error) {
	node, err := w.db.NewNode()
	if err != nil {
		return err
	}
	defer node.Close()
	courier, err := w.courier(node.Name)
	if err != nil {
		return err
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	stop := a.watchProgress(waiting, w, e.ID)
	err = work(waiting, w.db, courier, &e)
	stop()
	if err != nil && !errors.Is(err, bantin.ErrHeld) {
		return err
	}
	e, err = w.db.Edition(context.WithoutCancel(ctx), e.ID)
	if err != nil {
		return err
	}
	if err := a.editionLine(w, &e); err != nil {
		return err
	}
	if w.config.SMTP == nil && e.Counts.Sent > 0 {
		a.note("Không có smtp: thư được ghi vào %s và coi như đã gửi.", "There is no smtp: the mail was written to %s and counts as sent.", courier.Transport)
	}
	return a.verdict(&e, courier.RelayError())
}

// work runs the courier each time the edition has something due.
func work(ctx context.Context, db *store.DB, courier *publish.Courier, e *bantin.Edition) error {
	const look = time.Second
	for ctx.Err() == nil {
		_, left, err := db.NextDue(ctx, e.Row)
		if ctx.Err() != nil || err == nil && !left {
			return nil
		}
		if err != nil {
			return err
		}
		if err := courier.Run(ctx, e); err != nil && ctx.Err() == nil {
			return err
		}
		if _, left, err := db.NextDue(ctx, e.Row); err == nil && !left {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(look):
		}
	}
	return nil
}

// verdict is the exit status of a send: 1 where a delivery failed or waits.
func (a *app) verdict(e *bantin.Edition, relay error) error {
	if relay != nil {
		a.note("Máy chủ gửi thư chưa dùng được: %v", "The mail server cannot be used: %v", relay)
	}
	if n := e.Counts.Unsettled(); n > 0 && e.Status == bantin.EditionHeld {
		a.note("Nó từ chối mọi thư, nên kỳ này bị giữ lại, %d thư còn chờ: sửa `smtp` trong %s, rồi chạy lại lệnh này.",
			"It refuses everything, so this edition is held, with %d messages waiting: mend `smtp` in %s, then run this command again.", n, a.config)
		return &failure{fmt.Errorf("%d deliveries wait", n)}
	}
	if n := e.Counts.Unsettled(); n > 0 {
		a.note("%d thư còn chờ: chạy lại lệnh này, hoặc `bantin run`, để gửi tiếp.", "%d messages still wait: run this command again, or `bantin run`, to go on.", n)
		return &failure{fmt.Errorf("%d deliveries wait", n)}
	}
	if n := e.Counts.Failed; n > 0 {
		a.note("%d thư hỏng: xem `bantin editions show %s --status failed`.", "%d messages failed: see `bantin editions show %s --status failed`.", n, e.ID)
		return &failure{fmt.Errorf("%d deliveries failed", n)}
	}
	return nil
}

// watchProgress shows on a terminal how far the edition is; the function it
// gives ends that.
func (a *app) watchProgress(ctx context.Context, w *works, id string) func() {
	if !a.terminal() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	start := time.Now()
	go func() {
		defer close(done)
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if e, err := w.db.Edition(ctx, id); err == nil {
				settled := e.Counts.Total() - e.Counts.Unsettled()
				a.progress("%s: %d/%d thư, %.0f thư/giây", "%s: %d of %d messages, %.0f a second", id,
					settled, e.Counts.Total(), float64(settled)/time.Since(start).Seconds())
			}
		}
	}()
	return func() { cancel(); <-done; a.progressDone() }
}

func (w *works) messageID(e *bantin.Edition, address string) string {
	return "<" + w.tokens.MessageID(e.Digest, e.Due, address) + "@" + mailer.Host(w.site) + ">"
}
