package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bantin"
)

func TestDuties(t *testing.T) { eachDatabase(t, testDuties) }

func testDuties(t *testing.T, db *DB, clock *clock) {
	take := func(name, node string, want bool) {
		t.Helper()
		ok, err := db.Nodes().AcquireLease(t.Context(), name, node, time.Minute)
		if err != nil || ok != want {
			t.Errorf("%s takes %s: %v %v, want %v", node, name, ok, err, want)
		}
	}
	// Nodes of other machines: nothing says whether they live but their leases.
	nodes := make([]string, 2)
	for i := range nodes {
		n, err := db.Nodes().Register()
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		nodes[i] = n.Name
	}
	take("source:website", nodes[0], true)
	take("source:website", nodes[1], false)
	take("source:website", nodes[0], true)
	take("hubs", nodes[1], true)
	clock.t = clock.t.Add(59 * time.Second)
	take("source:website", nodes[1], false)
	clock.t = clock.t.Add(time.Second)
	take("source:website", nodes[1], true)
	if err := db.Nodes().ReleaseLease(t.Context(), "source:website", nodes[0]); err != nil {
		t.Fatal(err)
	}
	take("source:website", nodes[0], false)
	if err := db.Nodes().ReleaseLease(t.Context(), "source:website", nodes[1]); err != nil {
		t.Fatal(err)
	}
	take("source:website", nodes[0], true)

	died, err := db.Nodes().Register()
	if err != nil {
		t.Fatal(err)
	}
	take("contacts", died.Name, true)
	take("contacts", nodes[0], false)
	if err := died.Close(); err != nil { // what is left of a process that was killed
		t.Fatal(err)
	}
	if err := db.Nodes().ReclaimDead(t.Context()); err != nil {
		t.Fatal(err)
	}
	take("contacts", nodes[0], true)
}

// Whatever who asks when: what goes out in a second is the rate, and at most
// one burst above it.
func TestSpend(t *testing.T) { eachDatabase(t, testSpend) }

func testSpend(t *testing.T, db *DB, clock *clock) {
	spend := func(n int) time.Duration {
		t.Helper()
		wait, err := db.Deliveries().SpendBudget(t.Context(), "smtp", n, 50*time.Millisecond, 100*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	var got []time.Duration
	for _, step := range []struct {
		pass time.Duration
		n    int
	}{{0, 2}, {0, 2}, {0, 2}, {time.Second, 1}, {0, 10}, {0, 1}} {
		clock.t = clock.t.Add(step.pass)
		got = append(got, spend(step.n))
	}
	ms := time.Millisecond
	for i, want := range []time.Duration{0, 0, 100 * ms, 0, 0, 450 * ms} {
		if got[i] != want {
			t.Errorf("waits %v, the one at %d should be %v", got, i, want)
		}
	}
}

func TestHold(t *testing.T) { eachDatabase(t, testHold) }

func testHold(t *testing.T, db *DB, clock *clock) {
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ"))
	e := makeEdition(t, db, clock.t, 10)
	ctx := t.Context()
	c, ok, err := db.Deliveries().Claim(ctx, e.Row, "a", time.Minute)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := db.Deliveries().HoldAll(ctx, HeldByPerson); err != nil {
		t.Fatal(err)
	}
	if err := db.Deliveries().HoldAll(ctx, HeldCopy); err != nil {
		t.Fatal(err)
	}
	if ok, err := db.Deliveries().Renew(ctx, c, time.Minute); err != nil || ok {
		t.Errorf("a lease is renewed while mailing is held: %v %v", ok, err)
	}
	if err := db.Deliveries().Release(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := db.Deliveries().Claim(ctx, e.Row, "a", time.Minute); err != nil || ok {
		t.Errorf("a chunk is claimed while mailing is held: %v %v", ok, err)
	}
	if e, err = db.Editions().Get(ctx, e.ID); err != nil || e.Status != bantin.EditionHeld {
		t.Errorf("shown as %s, %v", e.Status, err)
	}
	if was, err := db.Deliveries().ResumeAll(ctx); err != nil || was != HeldByPerson {
		t.Errorf("was held for %q, %v", was, err)
	}
	if _, ok, err := db.Deliveries().Claim(ctx, e.Row, "a", time.Minute); err != nil || !ok {
		t.Errorf("no chunk is claimed after mailing was resumed: %v %v", ok, err)
	}
	if e, err = db.Editions().Get(ctx, e.ID); err != nil || e.Status != bantin.EditionSending {
		t.Errorf("shown as %s, %v", e.Status, err)
	}
}

func begin(t *testing.T, db *DB, want HoldReason) {
	t.Helper()
	if why, err := db.Nodes().BeginMailing(t.Context()); err != nil || why != want {
		t.Errorf("held for %q, %v; want %q", why, err, want)
	}
}

// A database that is older than what this machine has seen of it would mail
// editions once more.
func TestOlderDatabaseIsHeld(t *testing.T) { eachDatabase(t, testOlderDatabaseIsHeld) }

func testOlderDatabaseIsHeld(t *testing.T, db *DB, clock *clock) {
	begin(t, db, NotHeld)
	begin(t, db, NotHeld)
	older := `UPDATE counters SET value = $1 WHERE name = 'generation'`
	exec(t, db, older, 1)
	begin(t, db, HeldRestored)
	begin(t, db, HeldRestored) // until somebody says so
	if _, err := db.Deliveries().ResumeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	begin(t, db, NotHeld)
	// An edition that was made since the backup is known too.
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ"))
	var before int64
	if err := db.reader.QueryRow(`SELECT value FROM counters WHERE name = 'generation'`).Scan(&before); err != nil {
		t.Fatal(err)
	}
	makeEdition(t, db, clock.t, 10)
	if err := db.Nodes().RecordGeneration(t.Context()); err != nil {
		t.Fatal(err)
	}
	exec(t, db, older, before)
	begin(t, db, HeldRestored)
}

// A database behind its file gets past it with the next start: what was backed up before
// that is then behind as well.
func TestRestoredIsRaised(t *testing.T) {
	db, _ := open(t)
	begin(t, db, NotHeld)
	if err := os.WriteFile(filepath.Join(db.dir, generationFile), []byte("100\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	begin(t, db, HeldRestored)
	var now int64
	if err := db.reader.QueryRow(`SELECT value FROM counters WHERE name = 'generation'`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	if file, _, err := db.readGeneration(); err != nil || now != 101 || file != 101 {
		t.Errorf("the database is at %d and the file at %d, want 101: %v", now, file, err)
	}
}

func TestCopyIsHeld(t *testing.T) {
	db, _ := open(t)
	begin(t, db, NotHeld)
	if _, err := db.Imports().Apply(t.Context(), []bantin.Contact{{Email: "lan@example.org"}}, bantin.OriginOffice, nil, false); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"a backup": t.TempDir(), "the file itself": t.TempDir()} {
		file := filepath.Join(dir, File)
		if err := db.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		opened, _ := openAt(t, dir, "")
		if name != "a backup" { // as one copies it by other means
			if _, err := opened.Deliveries().ResumeAll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		begin(t, opened, HeldCopy)
		if _, err := opened.Deliveries().ResumeAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin(t, opened, NotHeld)
	}
	begin(t, db, NotHeld)
}

func TestRestoredElsewhereIsHeld(t *testing.T) {
	db, _ := openAt(t, t.TempDir(), postgres.Database(t))
	begin(t, db, NotHeld)
	another, _ := openAt(t, t.TempDir(), db.url) // a second node
	begin(t, another, NotHeld)
	exec(t, db, `UPDATE settings SET value = '7123456789/16384' WHERE name = 'home'`) // as a dump brings it
	third, _ := openAt(t, t.TempDir(), db.url)
	begin(t, third, HeldCopy)
	begin(t, another, HeldCopy)
}

func TestUnreadableGeneration(t *testing.T) {
	db, _ := open(t)
	if err := os.WriteFile(filepath.Join(db.dir, generationFile), []byte("mười bảy"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Nodes().BeginMailing(t.Context()); err == nil {
		t.Error("a generation that is no number was read")
	}
}

func TestNewerProgramIsNoticed(t *testing.T) { eachDatabase(t, testNewerProgramIsNoticed) }

func testNewerProgramIsNoticed(t *testing.T, db *DB, _ *clock) {
	if err := db.CheckSchema(t.Context()); err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO goose_db_version (version_id, is_applied) SELECT 999, is_applied FROM goose_db_version WHERE version_id = 1`)
	if err := db.CheckSchema(t.Context()); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
}
