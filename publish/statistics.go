package publish

import (
	"context"
	"time"
)

// Statistician adds up what the office's statistics show.
type Statistician struct {
	Zone *time.Location // in which days begin

	counted time.Time     // when contacts were counted last
	took    time.Duration // how long that was
	stale   bool          // the list has changed since
	pruned  time.Time
}

// How often it is looked what there is to count. Contacts are counted where their list
// has changed, for at most a hundredth of the time, and once a day.
const (
	tallyInterval      = time.Minute
	countContactsEvery = 100
	countContactsDaily = 24 * time.Hour
)

// tally counts what happened since it was called last. While the clock is not believed
// it waits: a count would stand under a day that is not, and for good.
func (d *Daemon) tally(ctx context.Context) {
	if d.Clock != nil && !d.Clock.Clock.Sure() {
		return
	}
	s, view := d.Statistician, d.DB.Statistics()
	changed, err := view.Tally(ctx, s.Zone)
	now := d.Now().In(s.Zone)
	s.stale = s.stale || changed || now.Format(time.DateOnly) != s.counted.In(s.Zone).Format(time.DateOnly)
	since := now.Sub(s.counted).Abs()
	if err == nil && (s.stale && since >= s.took*countContactsEvery || since >= countContactsDaily) {
		begun := time.Now()
		if err = view.CountContacts(ctx, now); err == nil {
			s.counted, s.took, s.stale = now, time.Since(begun), false
		}
	}
	if err == nil && d.mayDelete() && now.Sub(s.pruned).Abs() >= countContactsDaily {
		if err = view.Prune(ctx, now); err == nil {
			s.pruned = now
		}
	}
	if err != nil && ctx.Err() == nil {
		d.Log.Error("statistics cannot be counted, retrying", "error", err)
	}
}
