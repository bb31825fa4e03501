package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func rules() ArrivalPolicy {
	return ArrivalPolicy{
		SameStory: func(a, b *bantin.Bulletin) bool { return a.Title[:3] == b.Title[:3] },
		FeedID:    func(identity string) string { return "urn:test:" + identity },
	}
}

// tin is an arrival of a file with a title.
func tin(item, title string) Arrival {
	id := strings.ReplaceAll(strings.TrimSuffix(item, ".md"), "/", "-")
	return Arrival{
		Source: "van-phong", Item: item, Version: title, Digest: "sha-" + item + title, Identity: "file:van-phong/" + item,
		Bulletin: &bantin.Bulletin{ID: "van-phong-" + id, Source: "van-phong", SourceID: item, Title: title, Text: title},
		Tags:     []string{"source:van-phong"},
	}
}

func arrive(t *testing.T, db *DB, batch ...Arrival) []Outcome {
	t.Helper()
	o, err := db.Bulletins().Store(t.Context(), batch, rules())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestArrivals(t *testing.T) { eachDatabase(t, testArrivals) }

func testArrivals(t *testing.T, db *DB, _ *clock) {
	url := func(a Arrival, address string) Arrival {
		a.Identity = "url:" + address
		return a
	}
	withdrawn := func(a Arrival) Arrival { a.Bulletin.Withdrawn = true; return a }
	twin := tin("ban-sao.md", "Phú Thọ tổng kết năm")
	twin.Digest = "sha-a.mdPhú Thọ tổng kết năm"
	steps := []struct {
		what string
		in   Arrival
		want Outcome
	}{
		{"a new file", tin("a.md", "Phú Thọ tổng kết năm"), Outcome{ID: "van-phong-a", Kind: Added}},
		{"looked at again", tin("a.md", "Phú Thọ tổng kết năm"), Outcome{ID: "van-phong-a", Kind: Unchanged}},
		{"the same bytes under a second name", twin, Outcome{ID: "van-phong-a", Kind: Unchanged}},
		{"an edit", tin("a.md", "Phú Thọ tổng kết năm 2026"), Outcome{ID: "van-phong-a", Kind: Revised}},
		{"overwritten with another story", tin("a.md", "Hà Giang mở lớp"), Outcome{ID: "van-phong-a-2", Kind: Added, Replaced: "van-phong-a"}},
		{"edited under that", tin("a.md", "Hà Giang mở lớp xóa mù"), Outcome{ID: "van-phong-a-2", Kind: Revised}},
		{"and overwritten again", tin("a.md", "Lào Cai họp"), Outcome{ID: "van-phong-a-3", Kind: Added, Replaced: "van-phong-a-2"}},
		{"with an address", url(tin("b.md", "Yên Bái"), "http://x/1"), Outcome{ID: "van-phong-b", Kind: Added}},
		{"the same address under a second name", url(tin("c.md", "Yên Bái"), "http://x/1"), Outcome{ID: "van-phong-b", Kind: Unchanged}},
		{"a file that now has another address", url(tin("b.md", "Yên Bái"), "http://x/2"), Outcome{ID: "van-phong-b-2", Kind: Added}},
		{"withdrawn", withdrawn(tin("d.md", "Sơn La")), Outcome{ID: "van-phong-d", Kind: Added}},
		{"put back", tin("d.md", "Sơn La"), Outcome{ID: "van-phong-d", Kind: Restored}},
		{"withdrawn again", withdrawn(tin("d.md", "Sơn La")), Outcome{ID: "van-phong-d", Kind: Withdrawn}},
	}
	for _, s := range steps {
		if diff := cmp.Diff([]Outcome{s.want}, arrive(t, db, s.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.what, diff)
		}
	}
	list, err := db.Bulletins().List(t.Context(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range list {
		got = append(got, fmt.Sprintf("%s r%d", b.ID, b.Revision))
	}
	want := []string{"van-phong-b-2 r1", "van-phong-b r1", "van-phong-a-3 r1", "van-phong-a-2 r2", "van-phong-a r2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if b, err := db.Bulletins().Get(t.Context(), "van-phong-d"); err != nil || !b.Withdrawn || b.Seq == 0 {
		t.Errorf("a withdrawn bulletin keeps its place among the news: %+v, %v", b, err)
	}
}

func TestSelection(t *testing.T) { eachDatabase(t, testSelection) }

func testSelection(t *testing.T, db *DB, _ *clock) {
	for i, tags := range [][]string{{"place:phu-tho", "source:a"}, {"place:ha-giang", "source:a"}, {"place:phu-tho", "source:b"}, {"cluster:tay-bac", "source:b"}} {
		a := tin(fmt.Sprintf("%d.md", i), fmt.Sprintf("%d. tin", i))
		a.Tags = tags
		arrive(t, db, a)
	}
	for _, test := range []struct {
		tags [][]string
		want string
	}{
		{nil, "3 2 1 0"},
		{[][]string{{"place:phu-tho"}}, "2 0"},
		{[][]string{{"place:phu-tho", "cluster:tay-bac"}}, "3 2 0"},
		{[][]string{{"place:phu-tho", "place:ha-giang"}, {"source:a"}}, "1 0"},
		{[][]string{{"place:lai-chau"}}, ""},
		{[][]string{{}}, ""},
	} {
		list, err := db.Bulletins().List(t.Context(), Filter{Tags: test.tags, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range list {
			got = append(got, b.Title[:1])
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%v: got %q, want %q", test.tags, s, test.want)
		}
	}
	tags, err := db.Bulletins().TagsWith(t.Context(), "place:")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"place:ha-giang", "place:phu-tho"}, tags); diff != "" {
		t.Error(diff)
	}
}

// people adds contacts of Phú Thọ at the level given.
func people(t *testing.T, db *DB, level bantin.Level, addresses ...string) {
	t.Helper()
	var list []bantin.Contact
	for _, a := range addresses {
		list = append(list, bantin.Contact{Email: a, Name: "Nguyễn Thị Ánh", Place: "phu-tho", Level: level})
	}
	if _, err := db.Imports().Apply(t.Context(), list, bantin.OriginImport, []byte("khóa"), false); err != nil {
		t.Fatal(err)
	}
}

func digest() *bantin.Digest {
	return &bantin.Digest{ID: "hang-tuan", Title: "Bản tin hằng tuần", Max: 30, FirstNumber: 47, WhenEmpty: bantin.WhenEmptySkip}
}

// makeEdition makes and freezes the edition of the clock's time.
func makeEdition(t *testing.T, db *DB, at time.Time, chunk int) bantin.Edition {
	t.Helper()
	e, _, err := db.Editions().Make(t.Context(), EditionPlan{Digest: digest(), Due: at, Audience: Audience{AnyPlace: true, Site: "vi"}})
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		if done, err = db.Editions().Freeze(t.Context(), e.Row, chunk); err != nil {
			t.Fatal(err)
		}
	}
	if e, err = db.Editions().Get(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	return e
}

// What is news is decided by arrival: each bulletin is in exactly one edition,
// whatever day it bears and whatever is edited.
func TestNewsComesOnce(t *testing.T) { eachDatabase(t, testNewsComesOnce) }

func testNewsComesOnce(t *testing.T, db *DB, clock *clock) {
	people(t, db, bantin.LevelProvince, "a@example.org")
	week := 7 * 24 * time.Hour
	back, post := tin("cu.md", "Tin đề ngày năm 2019"), tin("mai.md", "Tin đề ngày mai")
	back.Bulletin.Published = clock.t.Add(-7 * 365 * 24 * time.Hour)
	post.Bulletin.Published = clock.t.Add(30 * 24 * time.Hour)
	arrive(t, db, tin("a.md", "Phú Thọ"), back)
	first := makeEdition(t, db, clock.t, 10)

	clock.t = clock.t.Add(week)
	arrive(t, db, tin("a.md", "Phú Thọ, bản sửa"), post)
	second := makeEdition(t, db, clock.t, 10)

	clock.t = clock.t.Add(week)
	if _, _, err := db.Editions().Make(t.Context(), EditionPlan{Digest: digest(), Due: clock.t}); !errors.Is(err, ErrNoNews) {
		t.Errorf("a third edition without news: %v", err)
	}
	got := [][]string{first.Bulletins, second.Bulletins}
	want := [][]string{{"van-phong-a", "van-phong-cu"}, {"van-phong-mai"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("editions (-want +got):\n%s", diff)
	}
	if first.ID != "hang-tuan-47" || second.ID != "hang-tuan-48" {
		t.Errorf("numbers: %s, %s", first.ID, second.ID)
	}
	frozen, err := db.Editions().Bulletins(t.Context(), first.Row)
	if err != nil || frozen[0].Title != "Phú Thọ" {
		t.Errorf("the first edition's bulletin is not the frozen one: %v, %v", frozen[0].Title, err)
	}
}

func TestNewsGetsOld(t *testing.T) { eachDatabase(t, testNewsGetsOld) }

// What no edition had is news for 31 days, and longer only where the last edition is longer
// ago.
func testNewsGetsOld(t *testing.T, db *DB, clock *clock) {
	people(t, db, bantin.LevelProvince, "a@example.org")
	const window = 31 * 24 * time.Hour
	news := func(want ...string) {
		t.Helper()
		got, err := db.Digests().News(t.Context(), "hang-tuan", nil)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("news %q, %v, want %q", got, err, want)
		}
	}
	arrive(t, db, tin("a.md", "Phú Thọ tổng kết năm học"))
	clock.t = clock.t.Add(window - time.Second)
	news("van-phong-a")
	clock.t = clock.t.Add(2 * time.Second)
	news()

	arrive(t, db, tin("b.md", "Hà Giang trao học bổng"))
	makeEdition(t, db, clock.t, 10)
	arrive(t, db, tin("c.md", "Huế mở thư viện phường"))
	clock.t = clock.t.Add(window + time.Second)
	news("van-phong-c")
}

func TestEditionIsUnique(t *testing.T) { eachDatabase(t, testEditionIsUnique) }

func testEditionIsUnique(t *testing.T, db *DB, clock *clock) {
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ"))
	a, madeA, err := db.Editions().Make(t.Context(), EditionPlan{Digest: digest(), Due: clock.t})
	if err != nil || !madeA {
		t.Fatal(madeA, err)
	}
	arrive(t, db, tin("b.md", "Hà Giang"))
	b, madeB, err := db.Editions().Make(t.Context(), EditionPlan{Digest: digest(), Due: clock.t})
	if err != nil || madeB || a.Row != b.Row {
		t.Errorf("made twice: %v %v %v", madeB, b, err)
	}
}

func TestAudience(t *testing.T) { eachDatabase(t, testAudience) }

func testAudience(t *testing.T, db *DB, _ *clock) {
	people(t, db, bantin.LevelProvince, "tinh@example.org", "roi@example.org", "chan@example.org")
	people(t, db, bantin.LevelMember, "hoivien@example.org", "dangky@example.org")
	state := func(email, status string) {
		t.Helper()
		exec(t, db, `INSERT INTO subscriptions (contact, digest, status, since) SELECT id, 'hang-tuan', $2, 0 FROM contacts WHERE email = $1`, email, status)
	}
	state("roi@example.org", "unsubscribed")
	state("dangky@example.org", "active")
	exec(t, db, `INSERT INTO suppressions (address_key, reason, at) VALUES ('chan@example.org', 'trả lại', 0)`)
	a := Audience{Levels: []bantin.Level{bantin.LevelProvince}, Places: []string{"phu-tho"}, Languages: []bantin.Language{"vi"}, Site: "vi"}
	n, err := db.Digests().CountAudience(t.Context(), "hang-tuan", a, nil)
	if err != nil || n != 2 {
		t.Errorf("audience of %d, want tinh@ and dangky@; %v", n, err)
	}
	n, err = db.Digests().CountAudience(t.Context(), "hang-tuan", a, []string{"tinh@example.org", "roi@example.org", "ai@example.org"})
	if err != nil || n != 1 {
		t.Errorf("of three addresses %d get it, want 1; %v", n, err)
	}
}

func exec(t *testing.T, db *DB, query string, args ...any) {
	t.Helper()
	err := db.write(t.Context(), "test", func(tx *sql.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportKeepsWhatSheSaid(t *testing.T) { eachDatabase(t, testImportKeepsWhatSheSaid) }

func testImportKeepsWhatSheSaid(t *testing.T, db *DB, _ *clock) {
	secret := []byte("khóa")
	people(t, db, bantin.LevelProvince, "Lan@example.org", "xoa@example.org")
	exec(t, db, `UPDATE contacts SET place = 'ha-giang', own = '|place|' WHERE address_key = 'lan@example.org'`)
	if err := db.Contacts().Erase(t.Context(), "xoa@example.org", secret); err != nil {
		t.Fatal(err)
	}
	sum, err := db.Imports().Apply(t.Context(), []bantin.Contact{
		{Email: "LAN@example.org", Name: "Trần Thị Lan", Place: "phu-tho"},
		{Email: "xoa@example.org"},
		{Email: "moi@example.org", Tags: []string{"thư ký"}},
	}, bantin.OriginImport, secret, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ImportCounts{Added: 1, Changed: 1, Erased: 1}, sum); diff != "" {
		t.Error(diff)
	}
	c, err := db.Contacts().Get(t.Context(), "lan@example.org")
	if err != nil || c.Place != "ha-giang" || c.Name != "Trần Thị Lan" || c.Email != "LAN@example.org" {
		t.Errorf("contact %+v, %v", c, err)
	}
	if _, err := db.Contacts().Get(t.Context(), "xoa@example.org"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("an erased contact is back: %v", err)
	}
}

func TestLedger(t *testing.T) { eachDatabase(t, testLedger) }

func testLedger(t *testing.T, db *DB, clock *clock) {
	var addresses []string
	for i := range 25 {
		addresses = append(addresses, fmt.Sprintf("c%02d@example.org", i))
	}
	people(t, db, bantin.LevelProvince, addresses...)
	arrive(t, db, tin("a.md", "Phú Thọ"))
	e := makeEdition(t, db, clock.t, 2) // chunks of at most 8
	if e.Counts != (bantin.Counts{Queued: 25}) || e.Status != bantin.EditionSending {
		t.Fatalf("%+v", e)
	}
	ctx := t.Context()
	me, err := db.Nodes().Register()
	if err != nil {
		t.Fatal(err)
	}
	settle := func(c Chunk, r Recipient, status bantin.DeliveryStatus, next time.Time) bool {
		t.Helper()
		taken, err := db.Deliveries().StoreResults(ctx, []DeliveryResult{{Chunk: c, Contact: r.Contact, Status: status, Attempted: true, Reply: "451 thử lại", NextAttempt: next}})
		if err != nil {
			t.Fatal(err)
		}
		return taken[0]
	}
	first, ok, err := db.Deliveries().Claim(ctx, e.Row, me.Name, time.Minute)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	due, err := db.Deliveries().DueRecipients(ctx, first)
	if err != nil || len(due) != 8 {
		t.Fatalf("%d due, %v", len(due), err)
	}
	later := clock.t.Add(5 * time.Minute)
	if !settle(first, due[0], bantin.DeliverySent, time.Time{}) || !settle(first, due[1], bantin.DeliveryDeferred, later) {
		t.Error("results of the owner are refused")
	}
	if !settle(first, due[0], bantin.DeliverySent, time.Time{}) {
		t.Error("a result whose answer was lost is refused when it is given again")
	}
	if settle(first, due[0], bantin.DeliveryFailed, time.Time{}) {
		t.Error("a settled delivery was settled otherwise")
	}
	// Somebody leaves: the next look at the chunk says so.
	if err := db.Contacts().Unsubscribe(ctx, due[2].Key, "hang-tuan", clock.t); err != nil {
		t.Fatal(err)
	}
	// The owner dies: its chunk is free at once, and its late results are refused.
	if err := me.Close(); err != nil {
		t.Fatal(err)
	}
	other, err := db.Nodes().Register()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var claimed []Chunk
	for ok = true; ok; {
		var c Chunk
		if c, ok, err = db.Deliveries().Claim(ctx, e.Row, other.Name, time.Minute); err != nil {
			t.Fatal(err)
		}
		if ok {
			claimed = append(claimed, c)
		}
	}
	// What was never worked came first.
	again := claimed[len(claimed)-1]
	if len(claimed) != 4 || again.Number != first.Number || again.Fence <= first.Fence {
		t.Fatalf("%+v", claimed)
	}
	if settle(first, due[3], bantin.DeliverySent, time.Time{}) {
		t.Error("the fence let a late result in")
	}
	due, err = db.Deliveries().DueRecipients(ctx, again)
	if err != nil || len(due) != 6 || due[0].Key != "" {
		t.Fatalf("%d due, %v: %+v", len(due), err, due)
	}
	for _, r := range due {
		status := bantin.DeliverySent
		if r.Key == "" {
			status = bantin.DeliverySkipped
		}
		settle(again, r, status, time.Time{})
	}
	if err := db.Deliveries().Release(ctx, again); err != nil {
		t.Fatal(err)
	}
	for _, c := range claimed[:3] {
		rest, err := db.Deliveries().DueRecipients(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rest {
			settle(c, r, bantin.DeliverySent, time.Time{})
		}
		if err := db.Deliveries().Release(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want bantin.Counts, status bantin.EditionStatus) {
		t.Helper()
		got, err := db.Editions().Get(ctx, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Counts); diff != "" || got.Status != status {
			t.Errorf("status %s, counts (-want +got):\n%s", got.Status, diff)
		}
	}
	check(bantin.Counts{Sent: 23, Deferred: 1, Skipped: 1}, bantin.EditionSending)
	if at, ok, err := db.Editions().NextDue(ctx, e.Row); err != nil || !ok || !at.Equal(later) {
		t.Errorf("next due %v %v %v, want %v", at, ok, err, later)
	}
	clock.t = later
	c, ok, err := db.Deliveries().Claim(ctx, e.Row, other.Name, time.Minute)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	last, err := db.Deliveries().DueRecipients(ctx, c)
	if err != nil || len(last) != 1 || last[0].Attempts != 1 {
		t.Fatalf("%+v %v", last, err)
	}
	settle(c, last[0], bantin.DeliverySent, time.Time{})
	if err := db.Deliveries().Release(ctx, c); err != nil {
		t.Fatal(err)
	}
	check(bantin.Counts{Sent: 24, Skipped: 1}, bantin.EditionDone)
}

func TestNewerDatabaseIsRefused(t *testing.T) { eachDatabase(t, testNewerDatabaseIsRefused) }

func testNewerDatabaseIsRefused(t *testing.T, db *DB, _ *clock) {
	exec(t, db, `INSERT INTO goose_db_version (version_id, is_applied) SELECT 999, is_applied FROM goose_db_version WHERE version_id = 1`)
	_, err := Open(t.Context(), db.dir, Options{URL: db.url})
	if !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
}

func TestDaemonLock(t *testing.T) { eachDatabase(t, testDaemonLock) }

func testDaemonLock(t *testing.T, db *DB, _ *clock) {
	lock, err := db.Nodes().LockDaemon("pid 7")
	if err != nil {
		t.Fatal(err)
	}
	var held *DataDirInUseError
	if _, err := db.Nodes().LockDaemon("pid 8"); !errors.As(err, &held) || held.Owner != "pid 7" {
		t.Errorf("got %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if lock, err = db.Nodes().LockDaemon("pid 8"); err != nil {
		t.Fatal(err)
	}
	lock.Close()
}

func TestBackup(t *testing.T) {
	db, _ := open(t)
	arrive(t, db, tin("a.md", "Phú Thọ"))
	dir := t.TempDir()
	file := filepath.Join(dir, File)
	if err := db.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(t.Context(), file); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup was overwritten: %v", err)
	}
	copied, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if b, err := copied.Bulletins().Get(t.Context(), "van-phong-a"); err != nil || b.Title != "Phú Thọ" {
		t.Errorf("%v %v", b.Title, err)
	}
}

// A full disk refuses writes with a clear word and loses nothing.
func TestDiskFull(t *testing.T) {
	db, _ := open(t)
	arrive(t, db, tin("a.md", "Phú Thọ"))
	var pages int
	if err := db.writer.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := db.writer.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
		t.Fatal(err)
	}
	big := tin("b.md", "Hà Giang")
	big.Bulletin.HTML = strings.Repeat("<p>chữ</p>", 100_000)
	outcomes, err := db.Bulletins().Store(context.Background(), []Arrival{tin("c.md", "Huế"), big}, rules())
	if !errors.Is(err, ErrFull) || len(outcomes) > 0 {
		t.Errorf("got %+v, %v", outcomes, err)
	}
	if _, err := db.writer.Exec(`PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	if o := arrive(t, db, big); o[0].Kind != Added {
		t.Errorf("after space was freed: %+v", o)
	}
}

func TestLockedByAnotherProgram(t *testing.T) {
	db, _ := open(t)
	if _, err := db.writer.Exec(`PRAGMA busy_timeout = 20`); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", filepath.Join(db.dir, File))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`BEGIN EXCLUSIVE`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Bulletins().Store(t.Context(), []Arrival{tin("a.md", "Phú Thọ")}, rules()); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v", err)
	}
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if o := arrive(t, db, tin("a.md", "Phú Thọ")); o[0].Kind != Added {
		t.Errorf("after the lock was gone: %+v", o)
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		dir := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(dir, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), filepath.Join(dir, "data"), Options{}); err == nil {
			t.Error("a data directory below a file was made")
		}
		return // root writes everywhere
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v", err)
	}
}
