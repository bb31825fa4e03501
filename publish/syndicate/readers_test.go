package syndicate

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bantin/feed"
	"bantin/internal/officetest"
	"bantin/store"
)

// readersOfDay is what the statistics have of the readers of a feed on the clock's day.
func readersOfDay(t *testing.T, o *officetest.Office, name string) int64 {
	t.Helper()
	day := o.Now().In(o.Site.Location).Format(time.DateOnly)
	points, err := o.DB.Statistics().Series(t.Context(), store.StatisticsFilter{Part: store.PartFeed, Names: []string{name}, Unit: store.UnitDay, From: day, To: day}, store.FigureReaders)
	if err != nil {
		t.Fatal(err)
	}
	if len(points) == 0 {
		return 0
	}
	return points[0].N
}

// Two nodes count a reader that comes to both once, a node that begins anew goes on, and
// a new day begins with nobody.
func TestReaderLog(t *testing.T) {
	o := officetest.New(t)
	o.SetClock("23/11/2026 08:00")
	node := func() *ReaderLog {
		l := &ReaderLog{DB: o.DB, Log: o.Log(), Readers: &feed.Readers{}, Now: o.Now, Zone: o.Site.Location}
		l.beginDay(t.Context())
		return l
	}
	a, b := node(), node()
	read := func(l *ReaderLog, from, to int) {
		for i := from; i < to; i++ {
			l.Readers.Count("tat-ca", "NetNewsWire", fmt.Sprintf("192.0.2.%d/32", i))
		}
	}
	read(a, 0, 10)
	read(b, 5, 15)
	a.Readers.Count("tat-ca", "Feedly/1.0 (16 subscribers)", "192.0.2.1/32")
	b.Readers.Count("tat-ca", "Feedly/1.0 (14 subscribers)", "192.0.2.1/32")
	a.Store(t.Context())
	b.Store(t.Context())
	if n := readersOfDay(t, o, "tat-ca"); n != 15+16 {
		t.Errorf("two nodes count %d readers, want 31", n)
	}
	again := node()
	read(again, 0, 16)
	again.Store(t.Context())
	if n := readersOfDay(t, o, "tat-ca"); n != 16+16 {
		t.Errorf("after a restart %d readers, want 32", n)
	}
	o.Skew.Add(int64(24 * time.Hour))
	read(a, 20, 23) // of the day before: the node has not looked yet
	a.beginDay(t.Context())
	read(a, 0, 2)
	a.Store(t.Context())
	if n := readersOfDay(t, o, "tat-ca"); n != 2 {
		t.Errorf("the next day begins with %d readers, want 2", n)
	}
	o.Skew.Add(int64(-24 * time.Hour))
	if n := readersOfDay(t, o, "tat-ca"); n != 19+16 {
		t.Errorf("the day before ends with %d readers, want 35", n)
	}
}

// What was counted is stored when the daemon stops.
func TestReaderLogStops(t *testing.T) {
	o := officetest.New(t)
	l := &ReaderLog{DB: o.DB, Log: o.Log(), Readers: &feed.Readers{}, Now: o.Now, Zone: o.Site.Location}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { l.Run(ctx); close(done) }()
	look, end := time.NewTicker(10*time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	for begun := false; !begun; {
		select {
		case <-look.C:
			l.Readers.Count("tat-ca", "Feedly/1.0 (16 subscribers)", "192.0.2.1/32")
			begun = len(l.Readers.Changed()) > 0
		case <-end:
			t.Fatal("no day begins")
		}
	}
	l.Readers.Count("tat-ca", "Feedly/1.0 (17 subscribers)", "192.0.2.1/32")
	stop()
	<-done
	if n := readersOfDay(t, o, "tat-ca"); n != 17 {
		t.Errorf("%d readers, want 17", n)
	}
}

// While the clock is not believed no day begins, and nothing is counted under its date.
func TestReaderLogOfADoubtfulClock(t *testing.T) {
	o := officetest.New(t)
	sure := false
	l := &ReaderLog{DB: o.DB, Log: o.Log(), Readers: &feed.Readers{}, Now: o.Now, Zone: o.Site.Location, Sure: func() bool { return sure }}
	count := func() int64 {
		l.beginDay(t.Context())
		l.Readers.Count("tat-ca", "Feedly/1.0 (16 subscribers)", "192.0.2.1/32")
		l.Store(t.Context())
		return readersOfDay(t, o, "tat-ca")
	}
	o.SetClock("01/01/1970 08:00")
	if n := count(); n != 0 {
		t.Errorf("%d readers in 1970", n)
	}
	o.SetClock("23/11/2026 08:00")
	sure = true
	if n := count(); n != 16 {
		t.Errorf("%d readers, want 16", n)
	}
}
