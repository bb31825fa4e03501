package edition

import (
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/schedule"
	"bantin/store"
)

// What check says of due times: what a daemon that starts now will do.
func TestOutlook(t *testing.T) {
	loc, err := time.LoadLocation(hanoi)
	if err != nil {
		t.Fatal(err)
	}
	at := func(clock string) time.Time {
		if clock == "" {
			return time.Time{}
		}
		moment, err := time.ParseInLocation(officetest.Minute, clock, loc)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	daily, weekly := due(t, hanoi, nil, "0 7 * * *"), due(t, hanoi, nil, "0 7 * * MON")
	for _, c := range []struct {
		name           string
		state          store.DigestState
		now            string
		missed         MissedPolicy
		after, owed, f string
	}{
		{"nothing is due", store.DigestState{Schedule: daily.Text(), LastDue: at("01/03/2027 07:00")}, "01/03/2027 08:00", MissedOnce, "01/03/2027 08:00", "", ""},
		{"one was missed", store.DigestState{Schedule: daily.Text(), LastDue: at("01/03/2027 07:00")}, "03/03/2027 08:00", MissedOnce, "03/03/2027 08:00", "03/03/2027 07:00", ""},
		{"and is skipped", store.DigestState{Schedule: daily.Text(), LastDue: at("01/03/2027 07:00")}, "03/03/2027 08:00", MissedSkip, "03/03/2027 08:00", "", ""},
		{"the clock was set back", store.DigestState{Schedule: daily.Text(), LastDue: at("03/03/2027 07:00")}, "03/03/2027 06:30", MissedOnce, "03/03/2027 07:00", "", ""},
		{"a clock fault", store.DigestState{Schedule: daily.Text(), LastDue: at("03/03/2035 07:00")}, "03/03/2027 06:30", MissedOnce, "03/03/2027 06:30", "", ""},
		{"after an upgrade", store.DigestState{LastDue: at("01/03/2027 07:00")}, "03/03/2027 08:00", MissedOnce, "03/03/2027 08:00", "03/03/2027 07:00", ""},
		{"another schedule", store.DigestState{Schedule: weekly.Text(), LastDue: at("01/03/2027 07:00")}, "04/03/2027 08:00", MissedOnce, "04/03/2027 08:00", "", weekly.String()},
		{"another, missed by both", store.DigestState{Schedule: weekly.Text(), LastDue: at("22/02/2027 07:00")}, "01/03/2027 08:00", MissedOnce, "01/03/2027 08:00", "01/03/2027 07:00", weekly.String()},
		{"none before", store.DigestState{Schedule: schedule.NoSchedule, LastDue: at("22/02/2027 07:00")}, "01/03/2027 08:00", MissedOnce, "01/03/2027 08:00", "", "–"},
		{"kept over a change", store.DigestState{Schedule: daily.Text(), LastDue: at("03/03/2027 08:00"), Missed: at("03/03/2027 07:00")}, "03/03/2027 08:00", MissedOnce, "03/03/2027 08:00", "03/03/2027 07:00", ""},
	} {
		plan := DigestPlan{Digest: bantin.Digest{ID: "hang-tuan"}, Schedule: daily, Missed: c.missed, Late: 24 * time.Hour}
		o := plan.Outlook(c.state, at(c.now))
		if !o.After.Equal(at(c.after)) || !o.Missed.Equal(at(c.owed)) || o.InForce != c.f {
			t.Errorf("%s: %+v", c.name, o)
		}
	}
}
