package edition

import (
	"time"

	"bantin/schedule"
	"bantin/store"
)

// Outlook is what a daemon that starts now will do about the due times of a digest.
type Outlook struct {
	After   time.Time // due are the times of its schedule after this one
	Missed  time.Time // one before that it makes up for; zero: none
	InForce string    // the schedule that is in force until then, where that is another; "" where it is the same
}

// Outlook says what follows from what is remembered of a digest.
func (d *DigestPlan) Outlook(state store.DigestState, now time.Time) Outlook {
	o := Outlook{After: now}
	if state.Schedule != "" && state.Schedule != d.Schedule.Text() {
		before, err := schedule.ParseText(state.Schedule)
		if o.InForce = before.String(); err != nil {
			o.InForce = state.Schedule
		}
		o.Missed = d.madeUp(StillMissed(state.Schedule, d.Schedule, state.LastDue, now), now)
		return o
	}
	const clockFault = time.Hour
	if state.LastDue.After(now) && state.LastDue.Before(now.Add(clockFault)) { // later ones are corrected
		o.After = state.LastDue
	}
	due, _ := d.Schedule.Latest(state.LastDue, now)
	if due.IsZero() {
		due = state.Missed
	}
	o.Missed = d.madeUp(due, now)
	return o
}

// madeUp gives a due time that was missed if an edition is made for it still.
func (d *DigestPlan) madeUp(due, now time.Time) time.Time {
	if behind := now.Sub(due); due.IsZero() || behind > d.Late || behind > missedThreshold && d.Missed == MissedSkip {
		return time.Time{}
	}
	return due
}
