package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/mailer"
	"bantin/publish/edition"
	"bantin/store"
)

// digestCommands are the subcommands of `bantin digest`.
type digestCommands struct{ *app }

func (a digestCommands) command() *cobra.Command {
	return a.group("digest", "Bản tin tổng hợp: soạn, xem trước, ai nhận, gửi", "Compose, preview and send digests, list their recipients", a.composeCommand(), a.previewCommand(), a.audienceCommand(), a.sendCommand())
}

// sendFlags are the flags of `bantin digest send`.
type sendFlags struct {
	due  string
	wait time.Duration
	dry  bool
}

func (a digestCommands) sendCommand() *cobra.Command {
	f := sendFlags{wait: 10 * time.Minute}
	c := &cobra.Command{
		Use:   "send ID",
		Short: a.text("Lập kỳ của bản tin tổng hợp rồi gửi, hoặc gửi tiếp kỳ còn dở", "Send a digest: make its edition and deliver it, or continue an unfinished one"),
		Example: asTyped(
			"bantin digest send hang-tuan --dry-run",
			"bantin digest send hang-tuan",
			"bantin digest send hang-tuan --due 2026-11-23T07:00 --wait 1h"),
		ValidArgsFunction: a.completes(1, digestIDs),
		RunE: a.doesWithDigest(func(ctx context.Context, w *deps, d *edition.DigestPlan) error {
			if !f.dry {
				if err := w.note(ctx, bantin.ActionSend, d.ID, f.due); err != nil {
					return err
				}
			}
			return a.sendDigest(ctx, w, d, f)
		}),
	}
	c.Flags().StringVar(&f.due, "due", "", a.text("kỳ đến hạn lúc `TIME`: 2026-11-23T07:00 theo múi giờ của bản tin, hoặc RFC 3339", "the edition due at `TIME`: 2026-11-23T07:00 in the digest's zone, or RFC 3339"))
	c.Flags().BoolVar(&f.dry, "dry-run", false, a.text("cho biết sẽ gửi gì cho bao nhiêu người, không gửi gì cả", "show what would be sent to how many contacts, and send nothing"))
	c.Flags().Var(duration{&f.wait}, "wait", a.text("gửi trong bao lâu", "how long to keep delivering"))
	return c
}

func (a digestCommands) sendDigest(ctx context.Context, w *deps, d *edition.DigestPlan, f sendFlags) error {
	// A template that fails is told before there is an edition that waits for it.
	if _, _, err := mailer.PersonalizationCost(w.templates, d.Subject, w.site); err != nil {
		a.note("Mẫu thư hỏng, nên không gửi gì: %v", "The mail templates fail, so nothing is sent: %v", err)
		return &toldError{err}
	}
	if f.dry {
		return a.dryRun(ctx, w, d, f)
	}
	outlivePipes()
	if err := a.believeClock(ctx, w); err != nil {
		return err
	}
	if err := a.beginMailing(ctx, w); err != nil {
		return err
	}
	if err := w.db.Digests().Register(ctx, d.ID, d.Title, d.Aliases); err != nil {
		return err
	}
	if err := w.returns().Settle(ctx); err != nil { // what came back since the last edition
		return err
	}
	if err := w.db.Relays().ProbeNow(ctx); err != nil { // who sends by hand wants to see
		return err
	}
	e, err := a.editionToSend(ctx, w, d, f.due, f.wait)
	if errors.Is(err, store.ErrNoNews) {
		a.note("Không có tin mới: không lập kỳ nào.", "No news: no edition was made.")
		return a.tellUnsettled(ctx, w, d.ID)
	}
	if errors.Is(err, store.ErrNobody) {
		why, err := w.editor.WhyNobody(ctx, &d.Digest, w.now())
		if err != nil {
			return err
		}
		a.note("Không có người nhận (%s): không lập kỳ nào, tin vẫn để dành cho kỳ sau.", "Nobody gets it (%s): no edition was made, its news stays for the next one.", why.In(a.language))
		return nil
	}
	if err != nil {
		return err
	}
	if e.Status == bantin.EditionDraft {
		return a.leaveDraft(ctx, w, &e)
	}
	return a.deliver(ctx, w, e, f.wait)
}

// sendable is the oldest edition of a digest that has something to send before the
// wait is over, and is not held.
func (w *deps) sendable(ctx context.Context, digest string, wait time.Duration) (e bantin.Edition, ok bool, err error) {
	list, err := w.db.Editions().Unsettled(ctx)
	if err != nil {
		return e, false, err
	}
	for _, e := range list {
		if e.Digest == digest && e.Held == nil && !waitsBeyond(&e, time.Now().Add(wait)) {
			return e, true, nil
		}
	}
	return e, false, nil
}

// waitsBeyond reports whether nothing of an edition can go before a time.
func waitsBeyond(e *bantin.Edition, end time.Time) bool {
	w := e.Waiting
	return w != nil && (w.Hold != nil && w.Until.IsZero() || w.Until.After(end))
}

// editionToSend is the edition of the due time; without one, the oldest that has
// something to send, else the draft that waits, else a new one that is due now.
func (a digestCommands) editionToSend(ctx context.Context, w *deps, d *edition.DigestPlan, due string, wait time.Duration) (bantin.Edition, error) {
	if due != "" {
		t, err := pastTime(due, d.Location)
		if err != nil {
			return bantin.Edition{}, err
		}
		return w.editor.Make(ctx, &d.Digest, t)
	}
	if err := w.editor.Tend(ctx); err != nil { // a special edition may be due
		return bantin.Edition{}, err
	}
	e, ok, err := w.sendable(ctx, d.ID, wait)
	if err != nil {
		return e, err
	}
	if ok {
		a.note("Tiếp tục kỳ %s.", "Continuing edition %s.", e.ID)
		if err := w.editor.Freeze(ctx, &e); err != nil {
			return e, err
		}
		return w.db.Editions().Get(ctx, e.ID)
	}
	if e, ok, err := w.db.Editions().Draft(ctx, d.ID); ok || err != nil {
		return e, err
	}
	return w.makeNow(ctx, d)
}

// makeNow makes an edition that is due now. Commands that are started in the
// same second share it; but one that was over before this command began is
// another's, and what came since wants an edition of its own.
func (w *deps) makeNow(ctx context.Context, d *edition.DigestPlan) (bantin.Edition, error) {
	now := w.now().Truncate(time.Millisecond)
	e, err := w.editor.Make(ctx, &d.Digest, now.Truncate(time.Second))
	over := e.Status == bantin.EditionDone || e.Status == bantin.EditionCancelled
	if err == nil && over && e.Created.Before(now) {
		return w.editor.Make(ctx, &d.Digest, now)
	}
	return e, err
}

// tellUnsettled tells of the editions of a digest that wait.
func (a digestCommands) tellUnsettled(ctx context.Context, w *deps, digest string) error {
	e, ok, err := w.db.Editions().OldestUnsettled(ctx, digest)
	if err != nil || !ok || e.Counts.Unsettled() == 0 {
		return err
	}
	if err := editionCommands(a).editionLine(w, &e); err != nil {
		return err
	}
	return a.verdict(w, &e)
}

// pastTime reads a due time, which may not be in the future.
func pastTime(text string, zone *time.Location) (time.Time, error) {
	t, err := parseTime(text, zone)
	if err == nil && t.After(time.Now()) {
		return t, wrongUsage("--due %s: chưa tới lúc đó", "--due %s: that is in the future", text)
	}
	return t, err
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
	return time.Time{}, wrongUsage("%q không phải một thời điểm: viết 2026-11-23T07:00 hoặc theo RFC 3339", "time %q: want 2026-11-23T07:00 or RFC 3339", text)
}
