package edition

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// troubles are those that last, by kind and object.
func (s *secretary) troubles() (list []string) {
	s.T.Helper()
	open, err := s.DB.Troubles().Open(s.T.Context())
	if err != nil {
		s.T.Fatal(err)
	}
	for _, t := range open {
		if t.Subject.VI == "" || t.Subject.EN == "" || t.What.VI == "" || t.What.EN == "" || t.Hint.VI == "" || t.Hint.EN == "" {
			s.T.Errorf("it does not say all: %+v", t)
		}
		list = append(list, string(t.Kind)+": "+t.Object)
	}
	return list
}

func (s *secretary) wantTroubles(want ...string) {
	s.T.Helper()
	if diff := cmp.Diff(want, s.troubles()); diff != "" {
		s.T.Errorf("troubles (-want +got):\n%s", diff)
	}
}

// A digest that nobody gets, or that was due too long ago, is a trouble until an edition
// is made.
func TestEditionsThatAreNotMade(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.plan.Audience.Levels = []bantin.Level{bantin.LevelCommune}
	s.look("02/03/2027 07:00")
	s.wantTroubles("edition_late: nobody hang-tuan")
	s.plan.Late = 1
	s.look("03/03/2027 09:00")
	s.wantTroubles("edition_late: nobody hang-tuan", "edition_late: missed hang-tuan")
	s.plan.Audience.Levels, s.plan.Late = nil, 24*time.Hour
	s.look("04/03/2027 07:00")
	s.wantTroubles()
}

// Two machines with different schedules for a digest: people are told until both have the
// same, and each machine by itself.
func TestSchedulesThatDiffer(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.look("01/03/2027 08:00")
	other := *s
	other.plan = &DigestPlan{Digest: s.plan.Digest, Missed: s.plan.Missed, Late: s.plan.Late, Schedule: due(t, hanoi, nil, "0 9 * * *")}
	other.planner = &Planner{Editor: s.editor, DB: s.DB, Log: s.Log(), Now: s.Now, Host: "may-2"}
	s.planner.Host = "may-1"
	s.Skew.Add(1)
	if _, err := other.planner.MakeDue(t.Context(), other.plan); err != nil {
		t.Fatal(err)
	}
	if _, err := s.planner.MakeDue(t.Context(), s.plan); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(s.troubles(), ", ")
	if len(s.troubles()) != 1 || !strings.HasPrefix(got, "config: schedule hang-tuan may-") {
		t.Fatalf("troubles: %s", got)
	}
	s.plan.Schedule = other.plan.Schedule
	s.planner = &Planner{Editor: s.editor, DB: s.DB, Log: s.Log(), Now: s.Now, Host: "may-1"}
	for _, one := range []*secretary{s, &other} {
		if _, err := one.planner.MakeDue(t.Context(), one.plan); err != nil {
			t.Fatal(err)
		}
	}
	s.wantTroubles()
}

// What troubled a digest that is taken out of the configuration is over.
func TestTroublesOfARemovedDigest(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.plan.Late = 1
	s.look("02/03/2027 09:00")
	s.wantTroubles("edition_late: missed hang-tuan")
	s.planner.RetireOthers(t.Context(), []*DigestPlan{s.plan})
	s.wantTroubles("edition_late: missed hang-tuan")
	s.planner.RetireOthers(t.Context(), nil)
	s.wantTroubles()
}
