package alarm

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/store"
)

// damaged gives a database of which some pages were overwritten.
func damaged(t *testing.T, o *operator) *store.DB {
	t.Helper()
	dir := officetest.DataDir(t)
	db, err := store.Open(t.Context(), dir, store.Options{Now: o.Now})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		err := db.Troubles().Begin(t.Context(), bantin.Trouble{Kind: bantin.TroubleSource, Object: string(rune('A' + i)), What: bantin.Words{VI: string(make([]byte, 500))}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, store.File)
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := f.Seek(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	if _, err := f.WriteAt(make([]byte, 8*page), size-16*page); err != nil {
		t.Fatal(err)
	}
	db, err = store.Open(t.Context(), dir, store.Options{Now: o.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A database that is damaged where nobody reads it is found by reading it through, some
// minutes after a start and once a day.
func TestDamagedDatabase(t *testing.T) {
	o := newOperator(t)
	for name, db := range map[string]*store.DB{"whole": o.DB, "damaged": damaged(t, o)} {
		o.start()
		o.alarms.DB = db
		p := &Probe{Alarms: o.alarms, Dir: t.TempDir()}
		found := func() bool {
			open, err := db.Troubles().Open(t.Context())
			if err != nil {
				return name == "damaged" // also this table
			}
			for _, tr := range open {
				if tr.Kind == bantin.TroubleDatabase {
					return true
				}
			}
			return false
		}
		p.look(t.Context())
		o.Skew.Add(int64(10 * time.Minute))
		p.look(t.Context())
		unstored := len(o.alarms.Unstored.list()) > 0
		if got := found() || unstored; got != (name == "damaged") {
			t.Errorf("%s: found %v", name, got)
		}
	}
	if o.DB.Shared() {
		return
	}
	s, err := o.DB.Tasks().State(t.Context(), store.TaskCheck, "")
	if err != nil || s.LastSuccess.IsZero() {
		t.Errorf("the check is not noted: %+v, %v", s, err)
	}
	p := &Probe{Alarms: &Alarms{DB: o.DB, Now: o.Now, Unstored: &Unstored{}}, started: o.Now().Add(-time.Hour)}
	if p.checkIsDue(t.Context()) {
		t.Error("a restart has it read anew")
	}
}

// A data directory that cannot be written is a trouble of the disk, and of readiness.
func TestDiskCannotBeWritten(t *testing.T) {
	o := newOperator(t)
	p := &Probe{Alarms: o.alarms, Dir: filepath.Join(t.TempDir(), "nowhere")}
	if err := p.Writable(t.Context()); err == nil {
		t.Error("it can be written")
	}
	p.look(t.Context())
	o.pass(20 * time.Minute)
	o.want("disk: Disk")
	if err := os.Mkdir(p.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.at = time.Time{}
	p.look(t.Context())
	o.pass(20 * time.Minute)
	o.want("disk: Disk is over")
	if entries, err := os.ReadDir(p.Dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// The share of the disk that is free is told in whole percents: the words change rarely.
func TestNearlyFullDisk(t *testing.T) {
	a := &Alarms{Host: "may-2:/var/lib/bantin"}
	one, other := fullTrouble(a, "/var/lib/bantin", 0.0412), fullTrouble(a, "/var/lib/bantin", 0.0449)
	if one != other || one.Object != "space@may-2:/var/lib/bantin" {
		t.Errorf("%+v\n%+v", one, other)
	}
}

// A program that cannot start for its database tells that once, however often it is
// started: at once where nothing but a person ends it, else when it has lasted.
func TestCannotStart(t *testing.T) {
	o := newOperator(t)
	file := filepath.Join(t.TempDir(), "alarms.json")
	start := func(failure error) {
		o.start()
		o.alarms.DB, o.alarms.Unstored = nil, &Unstored{File: file}
		o.alarms.CannotStart(t.Context(), failure, "")
		o.Skew.Add(int64(time.Minute))
	}
	for range 10 {
		start(store.ErrUnavailable)
	}
	o.want()
	for range 10 {
		start(store.ErrUnavailable)
	}
	o.want("database: Database")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if err := os.WriteFile(file, []byte("{hỏng"), 0o600); err != nil {
		t.Fatal(err)
	}
	start(store.ErrDamaged)
	start(store.ErrDamaged)
	o.want("database: Database")
}

// Where no edition is sent, notices that nobody takes show that the mail server is away;
// those to a server of before do not.
func TestNoticesThatWait(t *testing.T) {
	o := newOperator(t)
	o.alarms.Watched.Tasks[store.TaskNotices] = []string{"smtp://mx.example.org:587"}
	waits := bantin.Trouble{ID: "x", Kind: bantin.TroubleTest}
	if err := o.DB.Notices().TellTrouble(t.Context(), "admin@example.org", &waits, "vi"); err != nil {
		t.Fatal(err)
	}
	o.task(store.TaskNotices, "smtp://before.example.org:25", os.ErrDeadlineExceeded)
	o.pass(time.Hour)
	o.want()
	o.task(store.TaskNotices, "smtp://mx.example.org:587", os.ErrDeadlineExceeded)
	o.pass(time.Hour)
	o.want("relay: Mail server smtp://mx.example.org:587")
	o.task(store.TaskNotices, "smtp://mx.example.org:587", nil)
	o.pass(time.Hour)
	o.want("relay: Mail server smtp://mx.example.org:587 is over")
}
