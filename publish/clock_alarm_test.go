package publish

import (
	"testing"
	"time"

	"bantin"
	"bantin/publish/alarm"
)

// watched gives a machine people who are told of its clock.
func (m *machine) watched() {
	m.watch.Alarms = &alarm.Alarms{DB: m.DB, Log: m.watch.Log, Now: m.watch.Clock.Now, Unstored: &alarm.Unstored{}}
}

// wantClock compares whether the clock is a trouble now.
func (m *machine) wantClock(want bool) {
	m.t.Helper()
	open, err := m.DB.Troubles().Open(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	got := false
	for _, t := range open {
		got = got || t.Kind == bantin.TroubleClock && t.Hint.VI != "" && t.Since.Year() == 2026
	}
	if got != want {
		m.t.Errorf("the clock is a trouble: %v\n%s", got, m.log.String())
	}
}

// A clock that jumps while the program runs is told at once, and that it is right again.
func TestClockFaultIsTold(t *testing.T) {
	m := newMachine(t)
	m.watched()
	m.pass(30 * time.Minute)
	m.wantClock(false)
	m.wall = m.wall.AddDate(9, 0, 0)
	m.told = func() time.Time { return m.wall.AddDate(-9, 0, 0) }
	m.pass(time.Minute)
	m.wantClock(true)
	m.pass(time.Hour)
	m.wantClock(true)
	m.wall = m.wall.AddDate(-9, 0, 0)
	m.told = nil
	m.pass(time.Minute)
	m.wantClock(false)
}

// A machine that was off over a weekend is in doubt until nothing contradicts its clock:
// that is nobody's trouble. A clock that is contradicted is, from the start on.
func TestClockInDoubtAfterAStart(t *testing.T) {
	m := newMachine(t)
	m.pass(30 * time.Minute)
	m.wall, m.ticks, m.boot = m.wall.Add(49*time.Hour), 0, "boot-2"
	m.start()
	m.watched()
	m.pass(3 * time.Minute)
	m.wantClock(false)
	m.pass(10 * time.Minute)
	m.wall, m.ticks, m.boot = m.wall.AddDate(1, 0, 0), 0, "boot-3"
	m.told = func() time.Time { return m.wall.AddDate(-1, 0, 0) }
	m.start()
	m.watched()
	m.pass(time.Minute)
	m.wantClock(true)
}
