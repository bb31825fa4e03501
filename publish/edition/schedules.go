package edition

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"bantin"
	"bantin/schedule"
	"bantin/store"
)

// errUnsure says that the clock is not believed now.
var errUnsure = errors.New("the clock is not believed")

// state gives what is remembered of a digest, and puts its schedule in force where this
// planner has not yet.
func (p *Planner) state(ctx context.Context, d *DigestPlan) (store.DigestState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := d.Schedule.Text()
	if p.put[d.ID] == text {
		state, known, err := p.DB.Digests().State(ctx, d.ID)
		if known || err != nil {
			return state, err
		}
	}
	if p.Sure != nil && !p.Sure() {
		return store.DigestState{}, errUnsure
	}
	state, err := p.DB.Digests().PutScheduleInForce(ctx, store.ScheduleSeen{
		Digest: d.ID, Title: d.Title, Aliases: d.Aliases, Schedule: text, OnNews: d.Schedule.OnNews(), Now: p.Now(),
		Missed: func(was string, after, until time.Time) time.Time { return StillMissed(was, d.Schedule, after, until) },
	})
	if err != nil {
		return state, err
	}
	if p.put == nil {
		p.put, p.warned = map[string]string{}, map[string]string{}
	}
	p.put[d.ID] = text
	p.logSchedule(d, &state)
	return state, nil
}

// StillMissed gives the latest time in (after, until] at which a digest was due by the
// text of the schedule that it had and is due by the one that it has; zero for none.
func StillMissed(was string, is *schedule.Schedule, after, until time.Time) time.Time {
	before, err := schedule.ParseText(was)
	if err != nil {
		return time.Time{} // of a zone that this machine does not have: nothing was due by it
	}
	return schedule.LatestOfBoth(before, is, after, until)
}

// logSchedule says what is due next, and that a change sends nothing for the past.
func (p *Planner) logSchedule(d *DigestPlan, state *store.DigestState) {
	log := p.Log.With("digest", d.ID)
	switch {
	case !state.Taken && d.Schedule != nil:
		log.Info("digest scheduled", "next", p.nextDue(d, state))
	case !state.Taken:
	case d.Schedule == nil:
		log.Info("schedule removed; the digest is not due until it has one again")
	default:
		if !state.Missed.IsZero() {
			log = log.With("missed", state.Missed.In(d.Schedule.Location()))
		}
		log.Info("schedule put in force; nothing is sent for due times before now", "schedule", d.Schedule.String(), "next", p.nextDue(d, state))
	}
}

func (p *Planner) nextDue(d *DigestPlan, state *store.DigestState) string {
	if d.Schedule.OnNews() {
		return "when there is news"
	}
	next := d.Schedule.Next(state.LastDue)
	if next.IsZero() {
		return "never"
	}
	return next.Format(time.RFC3339)
}

// scheduleInForce is the schedule that this planner acts on. Where another machine's
// configuration has another one, and brought it later, that is the one: all machines
// act on the same.
func (p *Planner) scheduleInForce(ctx context.Context, d *DigestPlan, state *store.DigestState) (*schedule.Schedule, error) {
	text := d.Schedule.Text()
	if state.Schedule == text {
		return d.Schedule, p.DB.Troubles().End(ctx, bantin.TroubleConfig, p.scheduleObject(d))
	}
	theirs, err := schedule.ParseText(state.Schedule)
	said := theirs.String()
	if err != nil {
		said = state.Schedule
	}
	if err := p.DB.Troubles().Begin(ctx, p.otherSchedule(d, state, said)); err != nil {
		return theirs, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.warned[d.ID] != state.Schedule {
		p.warned[d.ID] = state.Schedule
		p.Log.Warn("schedule differs from the one in force, which another machine brought and all machines act on", "digest", d.ID,
			"here", d.Schedule.String(), "in_force", said, "machine", state.By, "since", state.Since)
	}
	return theirs, nil
}

// scheduleObject names what this machine's configuration says of when a digest is due.
func (p *Planner) scheduleObject(d *DigestPlan) string {
	return strings.TrimSpace(objectSchedule + d.ID + " " + p.Host)
}

// otherSchedule is the trouble that two machines have different schedules for a digest:
// people must put the same file on both.
func (p *Planner) otherSchedule(d *DigestPlan, state *store.DigestState, inForce string) bantin.Trouble {
	here := cmp.Or(p.Host, "?")
	return bantin.Trouble{
		Kind: bantin.TroubleConfig, Object: p.scheduleObject(d), Digest: d.ID,
		Subject: bantin.Words{VI: "Lịch khác nhau của " + d.Title, EN: "Different schedules of " + d.Title},
		What: bantin.Say("bantin.yaml của máy %s ghi lịch “%s” cho %s, nhưng lịch đang có hiệu lực là “%s”, của máy %s. Mọi máy gửi theo lịch đang có hiệu lực.",
			"The bantin.yaml of machine %s has the schedule “%s” for %s, and in force is “%s”, which machine %s brought. All machines mail by the one in force.", here, d.Schedule.String(), d.ID, inForce, state.By),
		Hint: bantin.Words{VI: "Hãy chép cùng một bantin.yaml lên mọi máy rồi nạp lại.", EN: "Put the same bantin.yaml on all machines and reload them."},
	}
}

// RetireOthers puts it in force that digests are not due which were taken out of the
// configuration, once the clock is believed.
func (p *Planner) RetireOthers(ctx context.Context, digests []*DigestPlan) {
	var keep []string
	for _, d := range digests {
		keep = append(append(keep, d.ID), d.Aliases...)
	}
	for ctx.Err() == nil {
		if p.Sure == nil || p.Sure() {
			gone, err := p.DB.Digests().RetireSchedules(ctx, keep, p.Now())
			for _, id := range gone {
				p.Log.Info("schedule removed; the digest is not due until it has one again", "digest", id)
			}
			if err == nil {
				err = p.endOfRemoved(ctx, keep)
			}
			if err == nil || ctx.Err() != nil {
				return
			}
			p.Log.Error("schedules of removed digests cannot be retired, retrying", "error", err)
		}
		if schedule.Sleep(ctx, unsureInterval) != nil {
			return
		}
	}
}
