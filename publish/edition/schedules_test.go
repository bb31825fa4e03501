package edition

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of these tests, whatever the machine has

	"bantin/internal/officetest"
	"bantin/schedule"
	"bantin/store"
)

// due parses lines in a zone, without some days.
func due(t testing.TB, zone string, skip []string, lines ...string) *schedule.Schedule {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	s, err := schedule.Parse(lines, loc)
	if err != nil {
		t.Fatal(err)
	}
	days, err := schedule.ParseDays(skip)
	if err != nil {
		t.Fatal(err)
	}
	return s.Skipping(days).Aligned()
}

const hanoi = "Asia/Ho_Chi_Minh"

// reload gives the secretary another schedule, as a daemon that read its configuration
// again has it.
func (s *secretary) reload(is *schedule.Schedule) {
	s.planner = &Planner{Editor: s.editor, DB: s.DB, Log: s.Log(), Now: s.Now}
	s.plan.Schedule = is
}

// A changed schedule, zone or list of skipped days makes no time before the change due;
// what the old one had due as well stays missed.
func TestChangedSchedule(t *testing.T) {
	daily := func(t *testing.T) *schedule.Schedule { return due(t, hanoi, nil, "0 7 * * *") }
	for _, c := range []struct {
		name           string
		was, is        func(t *testing.T) *schedule.Schedule
		seen, last     string // when the old one was seen, and when it was looked at last
		changed        string
		next, edition  string // after the change: the next due time, and the edition that was made
		laterDue, then string // at which the first edition of the new one is made
	}{
		{name: "07:00 to 06:00 at half past six", was: daily,
			is:   func(t *testing.T) *schedule.Schedule { return due(t, hanoi, nil, "0 6 * * *") },
			seen: "01/03/2027 08:00", last: "02/03/2027 06:00", changed: "02/03/2027 06:30",
			next: "03/03/2027 06:00", laterDue: "03/03/2027 06:00"},
		{name: "Mondays to daily on a Thursday",
			was: func(t *testing.T) *schedule.Schedule { return due(t, hanoi, nil, "0 7 * * MON") }, is: daily,
			seen: "22/02/2027 08:00", last: "22/02/2027 08:00", changed: "25/02/2027 09:00",
			next: "26/02/2027 07:00", laterDue: "26/02/2027 07:00"},
		{name: "to a zone in the east", was: daily,
			is:   func(t *testing.T) *schedule.Schedule { return due(t, "Asia/Tokyo", nil, "0 7 * * *") }, // 05:00 of Hanoi
			seen: "01/03/2027 08:00", last: "02/03/2027 05:30", changed: "02/03/2027 06:00",
			next: "03/03/2027 05:00", laterDue: "03/03/2027 05:00"},
		{name: "a day that is skipped no more",
			was: func(t *testing.T) *schedule.Schedule {
				return due(t, hanoi, []string{"2027-03-02..2027-03-03"}, "0 7 * * *")
			}, is: daily,
			seen: "01/03/2027 08:00", last: "01/03/2027 08:00", changed: "03/03/2027 08:00",
			next: "04/03/2027 07:00", laterDue: "04/03/2027 07:00"},
		{name: "what both have stays missed", was: daily,
			is:   func(t *testing.T) *schedule.Schedule { return due(t, hanoi, nil, "0 7,8 * * *") },
			seen: "01/03/2027 08:00", last: "01/03/2027 08:00", changed: "03/03/2027 09:00",
			next: "04/03/2027 07:00", edition: "hang-tuan-1 03/03/2027 07:00 [a]"},
		{name: "written otherwise", was: daily,
			is:   func(t *testing.T) *schedule.Schedule { return due(t, hanoi, nil, " 0  7 * * * ") },
			seen: "01/03/2027 08:00", last: "01/03/2027 08:00", changed: "03/03/2027 09:00",
			next: "04/03/2027 07:00", edition: "hang-tuan-1 03/03/2027 07:00 [a]"},
		{name: "removed and brought back", was: daily, is: func(*testing.T) *schedule.Schedule { return nil },
			seen: "01/03/2027 08:00", last: "01/03/2027 08:00", changed: "02/03/2027 06:00",
			next: "", laterDue: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSecretary(t, "0 7 * * *")
			s.plan.Schedule = c.was(t)
			s.look(c.seen)
			s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
			s.look(c.last)
			s.want()
			s.reload(c.is(t))
			next := s.look(c.changed)
			if c.next == "" { // brought back two days later: nothing of the time between is due
				s.want()
				s.reload(daily(t))
				s.next(s.look("04/03/2027 07:30"), "05/03/2027 07:00")
				s.want()
				return
			}
			s.next(next, c.next)
			if c.edition != "" {
				s.want(c.edition)
				s.look(c.changed) // and nothing more
				s.want(c.edition)
				return
			}
			s.want()
			s.look(c.laterDue)
			s.want("hang-tuan-1 " + c.laterDue + " [a]")
		})
	}
}

// A due time that stays missed over a change is made up for as the digest says: not
// where it skips what was missed, and not where it is late.
func TestMissedOverAChange(t *testing.T) {
	for name, change := range map[string]func(*DigestPlan){
		"skip": func(d *DigestPlan) { d.Missed = MissedSkip },
		"late": func(d *DigestPlan) { d.Late = time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSecretary(t, "0 7 * * *")
			s.plan.Schedule = due(t, hanoi, nil, "0 7 * * *")
			s.look("01/03/2027 08:00")
			s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
			s.reload(due(t, hanoi, nil, "0 7,8 * * *"))
			change(s.plan)
			s.next(s.look("03/03/2027 09:00"), "04/03/2027 07:00")
			s.want()
		})
	}
}

// A process that is stopped between a change and the edition that it owes makes that
// edition after its next start, also where the schedule changed again meanwhile.
func TestMissedIsKept(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.plan.Schedule = due(t, hanoi, nil, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.SetClock("03/03/2027 09:00")
	put := func(is *schedule.Schedule) store.DigestState {
		t.Helper()
		state, err := s.DB.Digests().PutScheduleInForce(t.Context(), store.ScheduleSeen{Digest: s.plan.ID, Title: s.plan.Title, Schedule: is.Text(), Now: s.Now(),
			Missed: func(was string, after, until time.Time) time.Time { return StillMissed(was, is, after, until) }})
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	if state := put(due(t, hanoi, nil, "0 7,8 * * *")); state.Missed.In(s.Site.Location).Format(officetest.Minute) != "03/03/2027 07:00" {
		t.Errorf("missed %v", state.Missed)
	}
	s.SetClock("03/03/2027 09:05")
	if state := put(due(t, hanoi, nil, "0 7,9 * * *")); state.Missed.In(s.Site.Location).Format(officetest.Minute) != "03/03/2027 07:00" {
		t.Errorf("missed %v", state.Missed)
	}
	s.reload(due(t, hanoi, nil, "0 7,9 * * *"))
	s.next(s.look("03/03/2027 09:06"), "04/03/2027 07:00")
	s.want("hang-tuan-1 03/03/2027 07:00 [a]")
	if state := put(due(t, hanoi, nil, "0 6 * * *")); !state.Missed.IsZero() {
		t.Errorf("still missed: %v", state.Missed)
	}
}

// After an upgrade the last due time that is stored counts: what was due since then by
// the schedule was missed.
func TestScheduleAfterAnUpgrade(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.plan.Schedule = due(t, hanoi, nil, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.Exec(`UPDATE digests SET schedule = '', schedule_since = 0, schedule_by = ''`)
	s.Exec(`DELETE FROM machine_schedules`)
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.reload(s.plan.Schedule)
	s.next(s.look("02/03/2027 07:30"), "03/03/2027 07:00")
	s.want("hang-tuan-1 02/03/2027 07:00 [a]")
}

// A schedule is first seen by the daemon, whatever commands did with the digest before,
// and other keys of a digest do not count as its schedule.
func TestFirstSeenByTheDaemon(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.plan.Schedule = due(t, hanoi, nil, "0 7 * * *")
	s.SetClock("01/03/2027 08:00")
	if err := s.DB.Digests().Register(t.Context(), s.plan.ID, s.plan.Title, nil); err != nil {
		t.Fatal(err)
	}
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.next(s.look("03/03/2027 09:00"), "04/03/2027 07:00")
	s.want()
	s.reload(s.plan.Schedule)
	s.plan.Title, s.plan.Late, s.plan.Between = "Bản tin mới", 48*time.Hour, "06:00-21:00"
	s.next(s.look("04/03/2027 08:00"), "05/03/2027 07:00")
	s.want("hang-tuan-1 04/03/2027 07:00 [a]")
}

// A digest that was taken out of the configuration and brought back owes nothing of the
// time between.
func TestDigestTakenOut(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	s.plan.Schedule = due(t, hanoi, nil, "0 7 * * *")
	s.look("01/03/2027 08:00")
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.SetClock("01/03/2027 09:00")
	s.planner.RetireOthers(t.Context(), []*DigestPlan{s.plan}) // it is there still
	s.next(s.look("01/03/2027 10:00"), "02/03/2027 07:00")
	s.planner.RetireOthers(t.Context(), nil)
	s.reload(s.plan.Schedule)
	s.next(s.look("02/03/2027 08:00"), "03/03/2027 07:00")
	s.want()
}

// Two nodes whose configurations have different schedules act on the one that was
// brought last, warn of it, and do not take turns when they start again.
func TestNodesWithDifferentSchedules(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	if !s.DB.Shared() {
		return // where the database is a file there is one daemon
	}
	s.plan.Schedule = due(t, hanoi, nil, "0 7 * * *")
	other, err := store.Open(t.Context(), t.TempDir(), store.Options{URL: s.URL, Now: s.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	var log, otherLog bytes.Buffer
	begin := func(db *store.DB, to *bytes.Buffer) *Planner {
		return &Planner{Editor: s.editor, DB: db, Log: slog.New(slog.NewTextHandler(to, nil)), Now: s.Now}
	}
	theirs := *s.plan
	theirs.Schedule = due(t, hanoi, nil, "0 9 * * *")
	look := func(p *Planner, d *DigestPlan, clock, want string) {
		t.Helper()
		s.SetClock(clock)
		next, err := p.MakeDue(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		s.next(next.In(s.Site.Location).Format(officetest.Minute), want)
	}
	first, second := begin(s.DB, &log), begin(other, &otherLog)
	look(first, s.plan, "01/03/2027 08:00", "02/03/2027 07:00")
	look(second, &theirs, "01/03/2027 08:10", "01/03/2027 09:00")
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	look(first, s.plan, "01/03/2027 08:11", "01/03/2027 09:00")
	look(first, s.plan, "01/03/2027 08:12", "01/03/2027 09:00")
	// Somebody who starts again with what it had says nothing new.
	look(begin(s.DB, &log), s.plan, "01/03/2027 08:20", "01/03/2027 09:00")
	look(begin(other, &otherLog), &theirs, "01/03/2027 08:30", "01/03/2027 09:00")
	look(first, s.plan, "01/03/2027 09:00", "02/03/2027 09:00")
	look(second, &theirs, "01/03/2027 09:00", "02/03/2027 09:00")
	s.want("hang-tuan-1 01/03/2027 09:00 [a]")
	if n := strings.Count(log.String(), "schedule differs"); n != 2 || !strings.Contains(log.String(), "0 9 * * *") || !strings.Contains(log.String(), "0 7 * * *") {
		t.Errorf("warned %d times, once for each start is right:\n%s", n, log.String())
	}
	if strings.Contains(otherLog.String(), "schedule differs") {
		t.Error(otherLog.String())
	}
	// An edit is an edit, also back to what it was.
	s.plan.Schedule = due(t, hanoi, nil, "0 8 * * *")
	look(begin(s.DB, &log), s.plan, "01/03/2027 10:00", "02/03/2027 08:00")
	look(second, &theirs, "01/03/2027 10:01", "02/03/2027 08:00")
}

// Two digests due in one minute are two editions, each with its own news.
func TestTwoDigestsInOneMinute(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	second := *s.plan
	second.ID, second.Title = "hang-ngay", "Tin hằng ngày"
	s.look("01/03/2027 08:00")
	if _, err := s.planner.MakeDue(t.Context(), &second); err != nil {
		t.Fatal(err)
	}
	s.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	s.look("02/03/2027 07:00")
	if _, err := s.planner.MakeDue(t.Context(), &second); err != nil {
		t.Fatal(err)
	}
	s.want("hang-ngay-1 02/03/2027 07:00 [a]", "hang-tuan-1 02/03/2027 07:00 [a]")
}

// Nothing is put in force and nothing is made while the clock is not believed.
func TestUnsureClock(t *testing.T) {
	s := newSecretary(t, "0 7 * * *")
	sure := false
	s.planner.Sure = func() bool { return sure }
	s.look("01/03/2035 08:00")
	if _, known, err := s.DB.Digests().State(t.Context(), s.plan.ID); known || err != nil {
		t.Errorf("the digest was seen in 2035: %v", err)
	}
	sure = true
	s.next(s.look("01/03/2027 08:00"), "02/03/2027 07:00")
}
