package main

import (
	"context"
	"fmt"
	"time"

	"bantin/publish/edition"

	"bantin"
)

// dryRun is what a send would do, as JSON.
type dryRun struct {
	DryRun     bool      `json:"dry_run"`
	Edition    string    `json:"edition,omitempty"` // notFound: none would be made
	Due        time.Time `json:"due,omitzero"`
	Begun      bool      `json:"begun,omitempty"` // it is there already, and goes on
	Bulletins  []string  `json:"bulletins,omitempty"`
	Recipients int64     `json:"recipients"`
	Why        string    `json:"why,omitempty"` // nobody gets it

	why bantin.Words
}

// dryRun says what `digest send` would do, and does nothing.
func (a digestCommands) dryRun(ctx context.Context, w *deps, d *edition.DigestPlan, f sendFlags) error {
	e, begun, err := w.begunEdition(ctx, d, f)
	if err != nil {
		return err
	}
	if begun {
		return a.tellDryRun(w, &e, dryRun{Begun: true, Recipients: e.Counts.Unsettled()})
	}
	next, bulletins, err := w.nextEdition(ctx, d)
	if err != nil {
		return err
	}
	for i := range bulletins {
		next.Bulletins = append(next.Bulletins, bulletins[i].ID)
	}
	if !e.Due.IsZero() {
		next.Due = e.Due
	}
	n, err := w.db.Digests().CountAudience(ctx, d.ID, w.editor.Audience(&d.Digest, time.Now()), nil)
	if err != nil {
		return err
	}
	r := dryRun{Recipients: int64(n)}
	empty := len(bulletins) == 0 && d.WhenEmpty != bantin.WhenEmptySend
	if n == 0 && !empty {
		if r.why, err = w.editor.WhyNobody(ctx, &d.Digest, time.Now()); err != nil {
			return err
		}
	}
	if n == 0 || empty {
		next.ID = ""
	}
	return a.tellDryRun(w, &next, r)
}

// begunEdition is the edition that a send would go on with: that of the due
// time, else the oldest that has something to send. Where there is none, e has the
// due time alone.
func (w *deps) begunEdition(ctx context.Context, d *edition.DigestPlan, f sendFlags) (e bantin.Edition, begun bool, err error) {
	if f.due == "" {
		return w.sendable(ctx, d.ID, f.wait)
	}
	t, err := pastTime(f.due, d.Location)
	if err != nil {
		return e, false, err
	}
	const all = 100_000
	editions, err := w.db.Editions().List(ctx, d.ID, all)
	for _, e := range editions {
		if e.Due.Equal(t) {
			return e, true, nil
		}
	}
	return bantin.Edition{Due: t}, false, err
}

func (a digestCommands) tellDryRun(w *deps, e *bantin.Edition, r dryRun) error {
	if a.json {
		r.DryRun, r.Edition, r.Bulletins = true, e.ID, e.Bulletins
		if e.ID != "" {
			r.Due = e.Due
		}
		r.Why = r.why.EN
		return a.printJSON(r)
	}
	switch {
	case r.why != bantin.Words{}:
		a.say("Chạy thử, không gửi gì: 0 người nhận (%s), sẽ không lập kỳ nào.", "Dry run, nothing is sent: 0 recipients (%s), no edition would be made.", r.why.In(a.language))
		return nil
	case e.ID == "":
		a.say("Chạy thử, không gửi gì: không có tin mới, sẽ không lập kỳ nào.", "Dry run, nothing is sent: no news, no edition would be made.")
		return nil
	case r.Begun:
		a.say("Chạy thử, không gửi gì: kỳ này đã lập, còn %d thư chưa gửi xong.", "Dry run, nothing is sent: the edition exists, %d messages are left.", r.Recipients)
		return editionCommands(a).editionLine(w, e)
	}
	a.say("Chạy thử, không gửi gì: sẽ lập kỳ %s, đến hạn %s, gửi %d tin cho %d người.", "Dry run, nothing is sent: edition %s, due at %s, would send %d bulletins to %d contacts.",
		e.ID, a.formatTime(e.Due, w.zone(e.Digest)), len(e.Bulletins), r.Recipients)
	for _, id := range e.Bulletins {
		fmt.Fprintln(a.out, "  "+id)
	}
	return nil
}
