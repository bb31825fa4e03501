package edition

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/officetest"
	"bantin/schedule"
)

// office is an association's office that makes editions.
type office struct {
	*officetest.Office
	editor *Editor
}

func newOffice(t testing.TB) *office {
	o := officetest.New(t)
	return &office{o, &Editor{DB: o.DB, Log: o.Log(), Site: o.Site, Atlas: o.Atlas}}
}

// edition makes the edition that is due now.
func (o *office) edition() bantin.Edition {
	o.T.Helper()
	e, err := o.editor.Make(o.T.Context(), o.Digest, o.Now().Truncate(time.Second))
	if err != nil {
		o.T.Fatal(err)
	}
	return e
}

// secretary is an office whose digest is due at times, under a clock that tests
// set.
type secretary struct {
	*office
	plan    *DigestPlan
	planner *Planner
}

func newSecretary(t *testing.T, line string) *secretary {
	t.Helper()
	o := newOffice(t)
	s := &secretary{office: o, planner: &Planner{Editor: o.editor, DB: o.DB, Log: o.Log(), Now: o.Now}}
	due, err := schedule.Parse([]string{line}, o.Site.Location)
	if err != nil {
		t.Fatal(err)
	}
	s.plan = &DigestPlan{Digest: *o.Digest, Schedule: due, Missed: MissedOnce, Late: 24 * time.Hour}
	o.AddContacts(3)
	return s
}

// look sets the clock, has the planner look and gives the time of the next look.
func (s *secretary) look(clock string) string {
	s.T.Helper()
	s.SetClock(clock)
	next, err := s.planner.MakeDue(s.T.Context(), s.plan)
	if err != nil {
		s.T.Fatal(err)
	}
	return next.In(s.Site.Location).Format(officetest.Minute)
}

// editions lists the editions that there are, each with its bulletins.
func (s *secretary) editions() []string {
	s.T.Helper()
	editions, err := s.DB.Editions().List(s.T.Context(), "", 100)
	if err != nil {
		s.T.Fatal(err)
	}
	var list []string
	for _, e := range editions {
		list = append(list, fmt.Sprintf("%s %s %v", e.ID, e.Due.In(s.Site.Location).Format(officetest.Minute), e.Bulletins))
	}
	return list
}

func (s *secretary) want(editions ...string) {
	s.T.Helper()
	if diff := cmp.Diff(editions, s.editions()); diff != "" {
		s.T.Errorf("editions (-want +got)\n%s", diff)
	}
}

func (s *secretary) next(got, want string) {
	s.T.Helper()
	if got != want {
		s.T.Errorf("the next look is at %s, want %s", got, want)
	}
}

// The first due time is the first after the digest was seen; then each once,
// whatever the clock is set to.
func TestClockSetBack(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.SetClock("01/03/2027 07:30")
	s.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	s.next(s.look("01/03/2027 07:30"), "02/03/2027 07:00")
	s.want()
	s.next(s.look("02/03/2027 07:00"), "03/03/2027 07:00")
	s.want("hang-tuan-1 02/03/2027 07:00 [a]")

	// An hour back: seven o'clock comes a second time.
	s.next(s.look("02/03/2027 06:00"), "03/03/2027 07:00")
	s.AddBulletin("b", "Lào Cai mở lớp", "lao-cai")
	s.next(s.look("02/03/2027 07:00"), "03/03/2027 07:00")
	s.want("hang-tuan-1 02/03/2027 07:00 [a]")

	// What came in that hour is in the next one, and only there.
	s.look("03/03/2027 07:00")
	s.look("03/03/2027 06:30")
	s.AddBulletin("c", "Cần Thơ đón ghe sách", "can-tho")
	s.look("04/03/2027 07:00")
	s.want("hang-tuan-3 04/03/2027 07:00 [c]", "hang-tuan-2 03/03/2027 07:00 [b]", "hang-tuan-1 02/03/2027 07:00 [a]")
}

// After downtime one edition stands for all missed times and bears the latest.
func TestMissedOnce(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	s.next(s.look("05/03/2027 09:00"), "06/03/2027 07:00")
	s.want("hang-tuan-1 05/03/2027 07:00 [a]")
}

func TestMissedSkipped(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.plan.Missed = MissedSkip
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	s.next(s.look("05/03/2027 09:00"), "06/03/2027 07:00")
	s.want()
	s.look("06/03/2027 07:00")
	s.want("hang-tuan-1 06/03/2027 07:00 [a]")
}

// A due time too far back is not mailed; its news stays for the next.
func TestTooLate(t *testing.T) {
	s := newSecretary(t, "0 7 * * MON")
	s.look("01/03/2027 08:00") // a Monday
	s.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	s.next(s.look("09/03/2027 07:01"), "15/03/2027 07:00")
	s.want()
	s.look("15/03/2027 07:00")
	s.want("hang-tuan-1 15/03/2027 07:00 [a]")
}

// A due time without news makes no edition, then or later.
func TestDueWithoutNews(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.next(s.look("02/03/2027 07:00"), "03/03/2027 07:00")
	s.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	s.look("02/03/2027 07:05")
	s.want()
	s.look("03/03/2027 07:00")
	s.want("hang-tuan-1 03/03/2027 07:00 [a]")
}

// Any number of planners may look at the same moment.
func TestManyPlanners(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	s.SetClock("02/03/2027 07:00")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := s.planner.MakeDue(t.Context(), s.plan); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s.want("hang-tuan-1 02/03/2027 07:00 [a]")
}

// The due times of an interval are those of the clock: planners that begin at
// different moments, on whatever node, make one edition for each.
func TestIntervalOfManyNodes(t *testing.T) {
	s := newSecretary(t, "@every 6h")
	s.plan.Schedule = s.plan.Schedule.Aligned()
	s.next(s.look("01/03/2027 07:13"), "01/03/2027 12:00")
	s.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	other := &Planner{Editor: s.editor, DB: s.DB, Log: s.Log(), Now: s.Now}
	s.SetClock("01/03/2027 12:02")
	for _, p := range []*Planner{other, s.planner} {
		next, err := p.MakeDue(t.Context(), s.plan)
		if err != nil {
			t.Fatal(err)
		}
		s.next(next.In(s.Site.Location).Format(officetest.Minute), "01/03/2027 18:00")
	}
	s.want("hang-tuan-1 01/03/2027 12:00 [a]")
	if every, ok := s.plan.Schedule.Every(); !ok || every != 6*time.Hour {
		t.Errorf("shown as %v %v", every, ok)
	}
}
