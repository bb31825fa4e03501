package edition

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
	"bantin/store"
)

// Special plans a special edition of a digest at a time, with what is pinned only:
// store.ErrTimeTaken where the digest has or will have an edition in that minute.
func (ed *Editor) Special(ctx context.Context, d *DigestPlan, at time.Time, c bantin.Composition) (bantin.Edition, error) {
	minute := at.Truncate(time.Minute)
	if d.Schedule != nil && d.Schedule.Next(minute.Add(-time.Nanosecond)).Before(minute.Add(time.Minute)) {
		if next := d.Schedule.Next(minute.Add(-time.Nanosecond)); !next.IsZero() {
			return bantin.Edition{}, fmt.Errorf("the schedule is due then: %w", store.ErrTimeTaken)
		}
	}
	e, err := ed.DB.Editions().Special(ctx, ed.plan(&d.Digest, at), c)
	if err == nil {
		ed.Log.Info("special edition planned", "edition", e.ID, "due", at, "bulletins", len(e.Bulletins), "status", e.Status)
	}
	return e, err
}

// Approve lets a draft be sent. version is the one that was looked at; 0 for the current
// one. See store.Editions.Approve.
func (ed *Editor) Approve(ctx context.Context, id string, version int, who string) (bantin.Edition, error) {
	e, err := ed.DB.Editions().Get(ctx, id)
	if err != nil {
		return e, err
	}
	d, ok := ed.digest(e.Digest)
	if !ok {
		return e, fmt.Errorf("digest %q: it is not in the configuration: %w", e.Digest, bantin.ErrNotFound)
	}
	e, err = ed.DB.Editions().Approve(ctx, id, store.EditionApproval{
		Version: version, Who: who, Audience: ed.Audience(&d.Digest, ed.DB.Now()), Expected: expected(&d.Digest),
	})
	if err == nil {
		ed.Log.Info("edition approved", "edition", e.ID, "version", e.Version, "status", e.Status)
	}
	return e, err
}

func (ed *Editor) digest(id string) (*DigestPlan, bool) {
	i := slices.IndexFunc(ed.Digests, func(d *DigestPlan) bool { return d.ID == id })
	if i < 0 {
		return nil, false
	}
	return ed.Digests[i], true
}

// beginScheduled begins the special editions whose time has come. One of a digest that is
// not in the configuration waits.
func (ed *Editor) beginScheduled(ctx context.Context) error {
	list, err := ed.DB.Editions().Scheduled(ctx)
	if err != nil {
		return err
	}
	for _, s := range list {
		if d, ok := ed.digest(s.Digest); ok {
			if err := ed.beginOrCancel(ctx, d, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// beginOrCancel begins a special edition. Where it is too late for it, or nobody would
// get it, it is cancelled, and that is reported.
func (ed *Editor) beginOrCancel(ctx context.Context, d *DigestPlan, s store.ScheduledEdition) error {
	now := ed.DB.Now()
	cancel := func(kind store.EditionReportKind, why bantin.Words) error {
		ed.Log.Warn("special edition cancelled", "edition", s.ID, "due", s.Due, "why", kind)
		if _, err := ed.DB.Editions().Cancel(ctx, s.ID); err != nil || d.Report == "" {
			return err
		}
		return ed.DB.Notices().ReportDueTime(ctx, d.Report, store.Report{Kind: kind, Digest: d.ID, Title: d.Title, Due: s.Due,
			Zone: d.Location.String(), Detail: why.In(ed.Site.Language)}, ed.Site.Language)
	}
	if now.Sub(s.Due) > d.Late && !s.IsApproved {
		return cancel(store.ReportLate, bantin.Words{})
	}
	err := ed.DB.Editions().BeginScheduled(ctx, s, ed.Audience(&d.Digest, now), expected(&d.Digest))
	if errors.Is(err, store.ErrNobody) {
		why, err := ed.WhyNobody(ctx, &d.Digest, now)
		if err != nil {
			return err
		}
		return cancel(store.ReportNobody, why)
	}
	if err != nil {
		return err
	}
	ed.Log.Info("special edition begun", "edition", s.ID, "due", s.Due)
	e, err := ed.DB.Editions().ByRow(ctx, s.Row)
	if err != nil || e.Status != bantin.EditionOpen {
		return err
	}
	return ed.Freeze(ctx, &e)
}
