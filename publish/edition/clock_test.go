package edition

import (
	"context"
	"testing"

	"bantin/internal/officetest"
	"bantin/internal/testneed"
)

// A loop that waits for a due time of 2035 makes the edition of today within a minute
// and some seconds after the clock and what is stored were corrected.
func TestLoopNoticesACorrectedClock(t *testing.T) {
	testneed.Long(t, "takes seconds")
	s := newSecretary(t, "0 7 * * *")
	if s.DB.Shared() {
		return // the loop is the same on both
	}
	s.SetClock("01/03/2035 06:00")
	ctx, stop := context.WithCancel(t.Context())
	done, looked := make(chan struct{}), make(chan struct{}, 1)
	go func() { defer close(done); s.planner.Run(ctx, s.plan, looked) }()
	officetest.Eventually(t, "the digest is seen", func() bool {
		_, known, err := s.DB.Digests().State(ctx, s.plan.ID)
		return known && err == nil
	})
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	<-looked
	s.SetClock("01/03/2027 06:59")
	<-looked // what is stored is of 2035 still
	if _, err := s.DB.CorrectTimes(ctx, s.Now()); err != nil {
		t.Fatal(err)
	}
	s.SetClock("01/03/2027 07:00")
	officetest.Eventually(t, "the edition is made", func() bool { return len(s.editions()) == 1 })
	stop()
	<-done
	s.want("hang-tuan-1 01/03/2027 07:00 [a]")
}
