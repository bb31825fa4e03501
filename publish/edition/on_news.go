package edition

import (
	"context"
	"time"

	"bantin/schedule"
	"bantin/store"
)

// makeOnNews is MakeDue for a digest that is due when there is news. What came while a
// due time was dealt with is news of the next one.
func (p *Planner) makeOnNews(ctx context.Context, d *DigestPlan, s *schedule.Schedule, state *store.DigestState) (next time.Time, err error) {
	tags := p.Editor.Atlas.SelectTags(d.Select)
	first, err := p.DB.Digests().FirstNews(ctx, d.ID, tags, state.LastDue.Add(-schedule.NewsDelay))
	if err != nil || first.IsZero() {
		return next, err
	}
	before, err := p.DB.Digests().LastDueTimes(ctx, d.ID)
	if err != nil {
		return next, err
	}
	due := s.NewsDue(first, before)
	now, err := p.DB.DatabaseTime(ctx)
	if err != nil || due.After(now) {
		return due, err
	}
	return next, p.handle(ctx, d, due, 1, now)
}
