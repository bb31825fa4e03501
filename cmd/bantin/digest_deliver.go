package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/publish/delivery"
)

// deliver works the edition as a node of its own until all is settled or the
// wait is over, beside a daemon or without one.
func (a digestCommands) deliver(ctx context.Context, w *deps, e bantin.Edition, wait time.Duration) (err error) {
	node, err := w.db.Nodes().Register()
	if err != nil {
		return err
	}
	defer node.Close()
	courier, err := w.deliverer(node.Name)
	if err != nil {
		return err
	}
	told := ""
	courier.RelayAway = func(err error) { // at once: the wait may be long
		told = a.explain(err)
		a.tellRelay(told)
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	stop := a.watchProgress(waiting, w, e.ID)
	err = delivery.WhileMailing(waiting, w.db, func(ctx context.Context) error { return w.work(ctx, courier, &e) })
	stop()
	if waiting.Err() != nil {
		err = nil // it was cut short, and says below how far it came
	}
	if err != nil && !errors.Is(err, bantin.ErrHeld) {
		return err
	}
	held := err
	if err := w.returns().Settle(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	if !w.asSent { // confirmations and reports are not to be lost
		if err := a.sendReports(ctx, w, courier); err != nil {
			return err
		}
	}
	e, err = w.db.Editions().Get(context.WithoutCancel(ctx), e.ID)
	if err != nil {
		return err
	}
	if err := editionCommands(a).editionLine(w, &e); err != nil {
		return err
	}
	if w.config.SMTP == nil && e.Counts.Sent > 0 && !w.asSent {
		a.note("Không có smtp: thư được ghi vào %s và coi như đã gửi.", "No smtp: messages were written to %s and count as sent.", courier.Transport)
	}
	if errors.As(held, new(*delivery.HeldError)) {
		return held
	}
	if relay := courier.RelayError(); relay != nil && a.explain(relay) != told {
		a.tellRelay(a.explain(relay))
	}
	return a.verdict(w, &e)
}

// leaveDraft says that an edition waits for approval, and mails that to those who may
// approve it.
func (a digestCommands) leaveDraft(ctx context.Context, w *deps, e *bantin.Edition) error {
	if err := editionCommands(a).editionLine(w, e); err != nil {
		return err
	}
	a.tellDraft(e)
	if w.asSent {
		return nil
	}
	node, err := w.db.Nodes().Register()
	if err != nil {
		return err
	}
	defer node.Close()
	courier, err := w.deliverer(node.Name)
	if err != nil {
		return err
	}
	return a.sendReports(ctx, w, courier)
}

func (a digestCommands) tellRelay(why string) {
	a.note("Máy chủ gửi thư chưa dùng được: %s", "The mail server cannot be used: %s", why)
}

// sendReports mails what an admin is to be told: without a daemon nobody else
// does. A mail server that cannot be used keeps it for later.
func (a digestCommands) sendReports(ctx context.Context, w *deps, courier *delivery.Deliverer) error {
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := w.editor.Tend(ctx); err != nil {
		return ignoreEOF(ctx, err)
	}
	_, err := w.noticeSender(courier).SendDue(ctx)
	if refusal := (*mailer.SendError)(nil); errors.As(err, &refusal) {
		return nil // told already, where the edition met it too
	}
	return ignoreEOF(ctx, err)
}

// ignoreEOF drops the errors of what was cut short.
func ignoreEOF(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// work runs the courier each time the edition has something due, until it is
// settled or somebody stops it. What goes on only after the wait is not waited
// for.
func (w *deps) work(ctx context.Context, courier *delivery.Deliverer, e *bantin.Edition) error {
	for ctx.Err() == nil {
		now, err := w.makeReady(ctx, e)
		end, _ := ctx.Deadline()
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case now.Status != bantin.EditionSending && now.Status != bantin.EditionOpen, waitsBeyond(&now, end):
			return nil
		}
		if now.Status == bantin.EditionSending {
			if err := courier.Run(ctx, e); err != nil && ctx.Err() == nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(w.pause(ctx, e.Row)):
		}
	}
	return nil
}

// pause is how long to leave an edition alone that was worked: others may have
// what is left of it.
func (w *deps) pause(ctx context.Context, edition int64) time.Duration {
	const look, turn = time.Second, 10 * time.Millisecond
	if _, left, err := w.db.Editions().NextDue(ctx, edition); err == nil && !left {
		return turn // it is done, or its first wave is
	}
	return look
}

// makeReady moves the edition on by the clock and gives how it stands.
func (w *deps) makeReady(ctx context.Context, e *bantin.Edition) (bantin.Edition, error) {
	if err := w.editor.Tend(ctx); err != nil {
		return *e, err
	}
	now, err := w.db.Editions().Get(ctx, e.ID)
	if err != nil || now.Frozen || now.Status != bantin.EditionOpen {
		return now, err
	}
	return now, w.editor.Freeze(ctx, &now) // another process began that, and was stopped
}

// verdict is the exit status of a send: 1 where a delivery failed or waits.
func (a digestCommands) verdict(w *deps, e *bantin.Edition) error {
	if n := e.Counts.Unsettled(); n > 0 || e.Held != nil || e.Waiting != nil {
		a.tellWaiting(w, e, n)
		return &toldError{fmt.Errorf("%d deliveries wait", n)}
	}
	if n := e.Counts.Failed; n > 0 {
		a.note("%d thư hỏng: xem `bantin editions show %s --status failed`, gửi lại bằng `bantin editions retry --failed %s`.",
			"%d messages failed. List them with `bantin editions show %s --status failed`; retry them with `bantin editions retry --failed %s`.", n, e.ID, e.ID)
		return &toldError{fmt.Errorf("%d deliveries failed", n)}
	}
	return nil
}

// tellWaiting says what n messages wait for.
func (a digestCommands) tellWaiting(w *deps, e *bantin.Edition, n int64) {
	editionCommands(a).tellStanding(e)
	switch {
	case e.Status == bantin.EditionCancelled:
		a.note("Kỳ này đã hủy: %d thư còn lại sẽ bỏ qua.", "This edition was cancelled: the remaining %d messages will be skipped.", n)
	case e.Status == bantin.EditionPaused:
		a.note("%d thư còn chờ và không được gửi: `bantin editions resume %s` để gửi tiếp, `bantin editions cancel %s` để bỏ.",
			"%d messages wait and are not sent. Resume with `bantin editions resume %s`, or give up with `bantin editions cancel %s`.", n, e.ID, e.ID)
	case n == 0: // a domain is held whose messages were all tried
	case e.Held != nil, e.Waiting != nil && e.Waiting.Hold != nil && e.Waiting.Until.IsZero():
		a.note("%d thư còn chờ và không được gửi.", "%d messages wait and are not sent.", n)
	case !e.Opens.IsZero():
		a.note("%d thư còn chờ đến %s: `bantin run` sẽ tự gửi tiếp, hoặc chạy lại lệnh này khi đó.",
			"%d messages wait until %s. `bantin run` continues by itself; or run this command again then.", n, a.formatTime(e.Opens, w.zone(e.Digest)))
	default:
		a.note("%d thư còn chờ: chạy lại lệnh này, hoặc `bantin run`, để gửi tiếp.", "%d messages still wait. Run this command again, or `bantin run`, to continue.", n)
	}
}

func (w *deps) messageID(e *bantin.Edition, address string) string {
	return "<" + w.tokens.MessageID(e.Digest, e.Due, address) + "@" + mailer.ListDomain(w.site) + ">"
}
