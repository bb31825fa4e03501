package edition

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"bantin"
	"bantin/schedule"
	"bantin/store"
)

// Missed says what happens to due times that passed while nobody looked.
type Missed string

// What to do with missed times.
const (
	MissedOnce Missed = "once" // one edition for all of them
	MissedSkip Missed = "skip"
)

// DigestPlan is a digest of the configuration with its schedule.
type DigestPlan struct {
	bantin.Digest
	Schedule *schedule.Schedule // without its skip days
	Missed   Missed
	Late     time.Duration // a due time further back is reported and not mailed
}

// Planner makes the editions that are due.
type Planner struct {
	Editor *Editor
	DB     *store.DB
	Log    *slog.Logger
	Now    func() time.Time
}

// onTime is how late a due time is noticed in the ordinary course of things:
// one that is later was missed.
const onTime = time.Minute

// Look deals with the due time of a digest if one has come, and gives when to
// look again; zero where the schedule is over.
func (p *Planner) Look(ctx context.Context, d *DigestPlan) (next time.Time, err error) {
	state, err := p.DB.Digests().Register(ctx, d.ID, d.Title, d.Aliases)
	if err != nil {
		return next, err
	}
	now := p.Now()
	due, missed := d.Schedule.Latest(state.LastDue, now)
	if missed == 0 {
		return d.Schedule.Next(state.LastDue), nil
	}
	if err := p.deal(ctx, d, due, missed, now); err != nil {
		return next, err
	}
	if err := p.DB.Digests().MarkDueHandled(ctx, d.ID, due); err != nil {
		return next, err
	}
	return d.Schedule.Next(due), nil
}

// deal makes the edition of a due time, or says why not. Its news stays for
// the next edition then.
func (p *Planner) deal(ctx context.Context, d *DigestPlan, due time.Time, missed int, now time.Time) error {
	log := p.Log.With("digest", d.ID, "due", due.In(d.Location))
	behind := now.Sub(due)
	switch {
	case behind > d.Late:
		log.Warn("a due time is too far back: it is reported and not mailed; its news comes with the next edition", "behind", behind, "late", d.Late)
		return p.reportLate(ctx, d, due)
	case behind > onTime && d.Missed == MissedSkip:
		log.Warn("a due time was missed and is skipped, as the digest says", "behind", behind)
		return nil
	case missed > 1:
		log.Info("several due times were missed: one edition is made for all", "missed", missed)
	}
	_, err := p.Editor.Make(ctx, &d.Digest, due)
	if errors.Is(err, store.ErrNoNews) {
		log.Info("nothing new: no edition")
		return nil
	}
	return err
}

// reportLate tells the admin of a due time that is not mailed.
func (p *Planner) reportLate(ctx context.Context, d *DigestPlan, due time.Time) error {
	if d.Report == "" {
		return nil
	}
	return p.DB.Notices().ReportDueTime(ctx, d.Report, store.Report{Kind: store.ReportLate, Digest: d.ID, Title: d.Title, Due: due, Zone: d.Location.String()}, p.Editor.Site.Language)
}
