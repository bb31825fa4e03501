package edition

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bantin"
	"bantin/schedule"
	"bantin/store"
)

// MissedPolicy says what happens to due times that passed while nobody looked.
type MissedPolicy string

// What to do with missed times.
const (
	MissedOnce MissedPolicy = "once" // one edition for all of them
	MissedSkip MissedPolicy = "skip"
)

// DigestPlan is a digest of the configuration with its schedule.
type DigestPlan struct {
	bantin.Digest
	Schedule *schedule.Schedule // without its skip days
	Missed   MissedPolicy
	Late     time.Duration // a due time further back is reported and not mailed
	Tests    []string      // addresses that get tests
}

// Planner makes the editions that are due.
type Planner struct {
	Editor *Editor
	DB     *store.DB
	Log    *slog.Logger
	Now    func() time.Time
	// Sure reports whether the clock is believed; nil for always. Until it is no
	// schedule is put in force: it would count from a time that never was.
	Sure func() bool
	Host string // names this machine where there are others

	mu     sync.Mutex
	put    map[string]string // by digest: the schedule that was put in force
	warned map[string]string // by digest: the schedule of another machine that was warned of
}

const (
	// lookInterval is how often a digest is looked at though nothing is due: another
	// machine may have brought a schedule, and a stored time may have been corrected.
	lookInterval = time.Minute
	// unsureInterval is how often a clock is asked again that is not believed.
	unsureInterval = 5 * time.Second
	retryInterval  = 10 * time.Second
)

// Run makes the editions of a digest when they are due, until ctx ends. It notifies
// made after each look. A digest without a schedule is noted as that, once.
func (p *Planner) Run(ctx context.Context, d *DigestPlan, made chan<- struct{}) {
	for ctx.Err() == nil {
		next, err := p.MakeDue(ctx, d)
		until := p.Now().Add(lookInterval)
		switch {
		case err != nil && ctx.Err() == nil:
			p.Log.Error("edition cannot be made, retrying", "digest", d.ID, "error", err)
			until = p.Now().Add(retryInterval)
		case next.IsZero() && d.Schedule == nil:
			return
		case !next.IsZero() && next.Before(until):
			until = next
		}
		schedule.Notify(made)
		if _, err := schedule.SleepUntil(ctx, p.Now, until); err != nil {
			return
		}
	}
}

// missedThreshold is how late a due time is noticed while the daemon runs: one that is
// later was missed.
const missedThreshold = time.Minute

// MakeDue makes the edition of a digest if one is due, and gives when the next one is;
// zero where the schedule is over. The first time it puts the schedule in force.
func (p *Planner) MakeDue(ctx context.Context, d *DigestPlan) (next time.Time, err error) {
	state, err := p.state(ctx, d)
	if errors.Is(err, errUnsure) {
		return p.Now().Add(unsureInterval), nil
	}
	if err != nil {
		return next, err
	}
	inForce, err := p.scheduleInForce(ctx, d, &state)
	if err != nil {
		return next, err
	}
	now := p.Now()
	if !state.Missed.IsZero() {
		if err := p.handle(ctx, d, state.Missed, 1, now); err != nil {
			return next, err
		}
	}
	if inForce == nil {
		return next, nil
	}
	if inForce.OnNews() {
		return p.makeOnNews(ctx, d, inForce, &state)
	}
	due, missed := inForce.Latest(state.LastDue, now)
	if missed == 0 {
		return inForce.Next(state.LastDue), nil
	}
	if err := p.handle(ctx, d, due, missed, now); err != nil {
		return next, err
	}
	return inForce.Next(due), nil
}

// handle deals with a due time, and notes that.
func (p *Planner) handle(ctx context.Context, d *DigestPlan, due time.Time, missed int, now time.Time) error {
	if err := p.makeOrSkip(ctx, d, due, missed, now); err != nil {
		return err
	}
	return p.DB.Digests().MarkDueHandled(ctx, d.ID, due)
}

// makeOrSkip makes the edition of a due time, or says why not. Its news stays for
// the next edition then.
func (p *Planner) makeOrSkip(ctx context.Context, d *DigestPlan, due time.Time, missed int, now time.Time) error {
	log := p.Log.With("digest", d.ID, "due", due.In(d.Location))
	behind := now.Sub(due)
	switch {
	case behind > d.Late:
		log.Warn("due time too late: reported and not mailed; its news goes into the next edition", "behind", behind, "late", d.Late)
		return p.reportLate(ctx, d, due)
	case behind > missedThreshold && d.Missed == MissedSkip:
		log.Warn("due time missed and skipped, as the digest says", "behind", behind)
		return nil
	case missed > 1:
		log.Info("several due times missed: one edition replaces them", "missed", missed)
	}
	_, err := p.Editor.makeDue(ctx, &d.Digest, due)
	if errors.Is(err, store.ErrNoNews) {
		log.Info("no news: no edition")
		return p.Editor.endNotMade(ctx, d.ID)
	}
	if errors.Is(err, store.ErrNobody) {
		return p.reportNobody(ctx, d, due)
	}
	return err
}

// reportNobody tells the admin that nobody would get an edition.
func (p *Planner) reportNobody(ctx context.Context, d *DigestPlan, due time.Time) error {
	why, err := p.Editor.WhyNobody(ctx, &d.Digest, due)
	if err != nil {
		return err
	}
	p.Log.Warn("nobody gets the digest: no edition; its news goes into the next one", "digest", d.ID, "due", due.In(d.Location), "why", why.EN)
	if err := p.DB.Troubles().Begin(ctx, nobodyTrouble(d, due, why)); err != nil || d.Report == "" {
		return err
	}
	return p.DB.Notices().ReportDueTime(ctx, d.Report, store.Report{Kind: store.ReportNobody, Digest: d.ID, Title: d.Title, Due: due,
		Zone: d.Location.String(), Detail: why.In(p.Editor.Site.Language)}, p.Editor.Site.Language)
}

// reportLate tells the admin of a due time that is not mailed.
func (p *Planner) reportLate(ctx context.Context, d *DigestPlan, due time.Time) error {
	if err := p.DB.Troubles().Begin(ctx, missedTrouble(d, due)); err != nil || d.Report == "" {
		return err
	}
	return p.DB.Notices().ReportDueTime(ctx, d.Report, store.Report{Kind: store.ReportLate, Digest: d.ID, Title: d.Title, Due: due, Zone: d.Location.String()}, p.Editor.Site.Language)
}
