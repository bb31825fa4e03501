package publish

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/clock"
	"bantin/internal/officetest"
	"bantin/publish/edition"
	"bantin/schedule"
	"bantin/store"
)

// machine is an office with a daemon whose clock may be wrong.
type machine struct {
	*officetest.Office
	t       *testing.T
	wall    time.Time
	ticks   time.Duration
	boot    string
	log     bytes.Buffer
	told    func() time.Time // another source; nil: none
	watch   *ClockWatch
	daemon  *Daemon
	planner *edition.Planner
	plan    *edition.DigestPlan
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{Office: officetest.New(t), t: t, boot: "boot-1", wall: time.Date(2026, time.November, 30, 6, 0, 0, 0, time.UTC)}
	daily, err := schedule.Parse([]string{"0 7 * * *"}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	m.plan = &edition.DigestPlan{Digest: *m.Digest, Schedule: daily, Missed: edition.MissedOnce, Late: 24 * time.Hour}
	m.plan.Location = time.UTC
	m.start()
	m.AddContacts(3)
	return m
}

// start starts the daemon on the database as it is, after whatever the machine did.
func (m *machine) start() {
	m.t.Helper()
	log := slog.New(slog.NewTextHandler(&m.log, nil))
	m.watch = &ClockWatch{DB: m.DB, Log: log, Clock: clock.New(clock.Options{
		Log: log, Boot: m.boot, Wall: func() time.Time { return m.wall }, Ticks: func() time.Duration { return m.ticks },
	}), Sources: []clock.Source{{Name: "máy khác", Ask: func(context.Context) (time.Time, error) {
		if m.told == nil {
			return time.Time{}, clock.ErrUnknown
		}
		return m.told(), nil
	}}}}
	if err := m.watch.Begin(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	now := m.watch.Clock.Now
	m.planner = &edition.Planner{DB: m.DB, Log: log, Now: now, Sure: m.watch.Clock.Sure,
		Editor: &edition.Editor{DB: m.DB, Log: log, Site: m.Site, Atlas: m.Atlas}}
	m.daemon = &Daemon{DB: m.DB, Log: log, Now: now, Clock: m.watch, Pruner: &Pruner{Deliveries: 400 * 24 * time.Hour, Bounces: 90 * 24 * time.Hour}}
}

// pass lets time pass, in which the daemon does what its loops do.
func (m *machine) pass(long time.Duration) {
	m.t.Helper()
	for ; long > 0; long -= time.Minute {
		step := min(long, time.Minute)
		m.wall, m.ticks = m.wall.Add(step), m.ticks+step
		m.watch.step(m.t.Context())
		m.daemon.pruneDue(m.t.Context())
		m.daemon.deleteExpiredRequests(m.t.Context())
		if _, err := m.planner.MakeDue(m.t.Context(), m.plan); err != nil {
			m.t.Fatal(err)
		}
	}
}

func (m *machine) want(editions ...string) {
	m.t.Helper()
	list, err := m.DB.Editions().List(m.t.Context(), "", 100)
	if err != nil {
		m.t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Due.UTC().Format("2006-01-02 15:04"))
	}
	if strings.Join(got, ", ") != strings.Join(editions, ", ") {
		m.t.Errorf("editions of %v, want %v\n%s", got, editions, m.log.String())
	}
}

// at sets the wall clock, as a hand or a battery does.
func (m *machine) at(clock string) {
	m.t.Helper()
	t, err := time.Parse("2006-01-02 15:04", clock)
	if err != nil {
		m.t.Fatal(err)
	}
	m.wall = t
}

// A machine that starts in 1970 counts no statistics until it knows the time.
func TestStatisticsOfADoubtfulClock(t *testing.T) {
	m := newMachine(t)
	m.pass(30 * time.Minute)
	was := m.wall
	m.at("1970-01-01 00:01")
	m.boot, m.ticks = "boot-2", 0
	m.start()
	m.daemon.Statistician = &Statistician{Zone: time.UTC}
	counted := func() int {
		t.Helper()
		m.pass(time.Minute)
		m.daemon.tally(t.Context())
		points, err := m.DB.Statistics().Series(t.Context(), store.StatisticsFilter{Unit: store.UnitYear, From: "1900", To: "2100"}, store.FigureContacts)
		if err != nil {
			t.Fatal(err)
		}
		return len(points)
	}
	if m.watch.Clock.Sure() || counted() != 0 {
		t.Errorf("a clock in 1970 is believed, or it counts\n%s", m.log.String())
	}
	m.wall = was.Add(time.Hour)
	m.told = func() time.Time { return m.wall }
	if n := counted(); n != 1 {
		t.Errorf("%d years are counted, want 1\n%s", n, m.log.String())
	}
}

// A clock that is nine years ahead for ten seconds silences nothing: the digest of the
// next morning is made.
func TestClockAheadForTenSeconds(t *testing.T) {
	m := newMachine(t)
	m.pass(30 * time.Minute)
	m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	was := m.wall
	m.at("2035-06-01 12:00")
	m.pass(10 * time.Second)
	m.want()
	m.wall = was.Add(10 * time.Second)
	m.pass(30 * time.Minute)
	m.want("2026-11-30 07:00")
	if text := m.log.String(); !strings.Contains(text, "clock is not where it is expected") || !strings.Contains(text, "clock is as expected again") {
		t.Error(text)
	}
}

// Nine years ahead and not corrected: due times come when they really do.
func TestClockStaysAhead(t *testing.T) {
	m := newMachine(t)
	m.pass(30 * time.Minute)
	m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	m.told = func() time.Time { return m.wall.AddDate(-9, 0, 0) }
	m.wall = m.wall.AddDate(9, 0, 0)
	m.pass(31 * time.Minute)
	m.want("2026-11-30 07:00")
}

// A clock that was nine years ahead at the very first start, and what it stored.
func TestFirstStartIn2035(t *testing.T) {
	m := newMachine(t)
	m.at("2035-06-01 06:59")
	m.Exec(`DELETE FROM settings WHERE name = 'clock'`)
	m.start()
	m.pass(time.Minute)
	m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	m.at("2026-12-01 06:50")
	m.pass(20 * time.Minute)
	m.want("2026-12-01 07:00")
	if !strings.Contains(m.log.String(), "stored times were in the future and are corrected") {
		t.Error(m.log.String())
	}
}

// A database from before clocks were watched, silenced until 2035: the digest goes on,
// and what was due since its last edition and is not late is made up for.
func TestStoredTimesFromBeforeTheUpgrade(t *testing.T) {
	m := newMachine(t)
	m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	m.pass(61 * time.Minute)
	m.want("2026-11-30 07:00")
	m.Exec(`UPDATE digests SET last_due = 2064301200000, schedule = '', schedule_since = 0`)
	m.Exec(`DELETE FROM settings WHERE name = 'clock'`)
	m.AddBulletin("b", "Hà Nội mở lớp xóa mù chữ", "ha-noi")
	m.at("2026-12-03 08:00")
	m.start()
	m.pass(time.Minute)
	m.want("2026-12-03 07:00", "2026-11-30 07:00")
}

// Set back an hour after the digest went out: it does not go out again.
func TestClockSetBackAnHour(t *testing.T) {
	m := newMachine(t)
	m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	m.pass(70 * time.Minute)
	m.want("2026-11-30 07:00")
	m.AddBulletin("b", "Hà Nội mở lớp xóa mù chữ", "ha-noi")
	m.wall = m.wall.Add(-time.Hour)
	m.pass(2 * time.Hour)
	m.want("2026-11-30 07:00")
	m.at("2026-12-01 06:58")
	m.told = func() time.Time { return m.wall }
	m.pass(5 * time.Minute)
	m.want("2026-12-01 07:00", "2026-11-30 07:00")
}

// A machine that slept over a weekend works on within a minute of waking.
func TestSuspendedOverAWeekend(t *testing.T) {
	for _, knows := range []bool{true, false} { // whether its system knows for how long it slept
		m := newMachine(t)
		m.pass(30 * time.Minute)
		m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
		if m.wall = m.wall.Add(48*time.Hour + time.Hour); knows {
			m.ticks += 48*time.Hour + time.Hour
		} else {
			m.told = func() time.Time { return m.wall.Add(30 * time.Second) }
		}
		m.pass(time.Minute)
		m.want("2026-12-02 07:00")
	}
}

// After a weekend without power the time is believed when nothing contradicts it for
// five minutes, and then what was missed is made up for.
func TestOffOverAWeekend(t *testing.T) {
	m := newMachine(t)
	m.pass(30 * time.Minute)
	m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	m.wall, m.ticks, m.boot = m.wall.Add(49*time.Hour), 0, "boot-2"
	m.start()
	m.pass(3 * time.Minute)
	m.want()
	m.pass(3 * time.Minute)
	m.want("2026-12-02 07:00")
}

// A clock in 2035 deletes nothing: not after an hour, not after a restart, not where
// nothing contradicts it.
func TestPruneIn2035(t *testing.T) {
	m := newMachine(t)
	m.AddBulletin("a", "Phú Thọ tổng kết năm học", "phu-tho")
	m.pass(61 * time.Minute)
	m.Exec(`UPDATE deliveries SET status = 'sent'`)
	m.Exec(`UPDATE editions SET status = 'done', frozen = 1`)
	kept := func() (left int) {
		t.Helper()
		e, err := m.DB.Editions().Get(t.Context(), "hang-tuan-1")
		if err == nil {
			err = m.DB.Deliveries().Visit(t.Context(), &e, "", func(bantin.Delivery) error { left++; return nil })
		}
		if err != nil {
			t.Fatal(err)
		}
		return left
	}
	if n := kept(); n != 3 {
		t.Fatalf("%d deliveries", n)
	}
	report := func(id string) error { // what comes once, with one event
		return m.DB.ReturnEvents().Add(t.Context(), []store.ReturnEvent{{Nonce: "chữ ký", ID: id, At: m.wall, Provider: "ses", Content: []byte("{}")}})
	}
	if err := report("đầu"); err != nil {
		t.Fatal(err)
	}
	events, err := m.DB.ReturnEvents().Waiting(t.Context(), 1)
	if err == nil {
		err = m.DB.ReturnEvents().Done(t.Context(), events)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.wall = m.wall.AddDate(9, 0, 0)
	m.pass(3 * time.Hour)
	m.start()
	m.pass(3 * time.Hour)
	if n := kept(); n != 3 {
		t.Errorf("%d deliveries are left in 2035", n)
	}
	if err := report("sau"); !errors.Is(err, store.ErrReplayed) {
		t.Errorf("what a provider reported is forgotten in 2035: %v", err)
	}
	m.told = func() time.Time { return m.wall } // it is true
	m.pass(3 * time.Hour)
	if n := kept(); n != 0 {
		t.Errorf("%d deliveries are left when it is 2035", n)
	}
	if err := report("sau"); err != nil {
		t.Errorf("what a provider reported is not forgotten when it is 2035: %v", err)
	}
}

// A link that was mailed is good for as long as it says, whatever a wrong clock shows
// meanwhile, and what waits for its click is not deleted.
func TestLinksWithAWrongClock(t *testing.T) {
	m := newMachine(t)
	m.pass(2 * time.Hour)
	ctx := t.Context()
	now := m.watch.Clock.Now
	token, err := m.Tokens.LinkToken("confirm", "0123456789abcdef0123456789abcdef", now().Add(7*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	limit := store.RequestLimit{Key: "mạng", Max: 9, Window: time.Hour}
	err = m.DB.Contacts().RequestSignUp(ctx, store.SignUp{Nonce: "n", Contact: bantin.Contact{Email: "lan@example.org"}, Expires: now().Add(7 * 24 * time.Hour)}, store.RequestLimits{Refuse: []store.RequestLimit{limit}})
	if err != nil {
		t.Fatal(err)
	}
	m.told = func() time.Time { return m.wall.AddDate(-9, 0, 0) }
	m.wall = m.wall.AddDate(9, 0, 0)
	m.pass(3 * time.Hour)
	if _, err := m.Tokens.ParseLinkToken("confirm", token, now()); err != nil {
		t.Errorf("the link expired: %v", err)
	}
	if _, _, err := m.DB.Contacts().SignUpState(ctx, "n"); err != nil {
		t.Errorf("the sign-up is gone: %v", err)
	}
}

// A database server whose clock is an hour off is reported, once, and no due time is
// missed or comes twice for it.
func TestServerAnHourOff(t *testing.T) {
	m := newMachine(t)
	if !m.DB.Shared() {
		return
	}
	db, err := store.Open(t.Context(), t.TempDir(), store.Options{URL: m.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	m.wall = time.Now().Add(-time.Hour)
	m.Exec(`DELETE FROM settings WHERE name = 'clock'`)
	m.DB = db
	m.start()
	for range 3 {
		m.watch.compare(t.Context())
	}
	if n := strings.Count(m.log.String(), "clock of the database server differs"); n != 1 {
		t.Errorf("reported %d times:\n%s", n, m.log.String())
	}
	m.wall, m.told = time.Now(), func() time.Time { return m.wall }
	m.watch.step(t.Context())
	m.watch.compare(t.Context())
	if !strings.Contains(m.log.String(), "clock of the database server agrees again") {
		t.Error(m.log.String())
	}
}
