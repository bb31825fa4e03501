package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func TestComposition(t *testing.T) { eachDatabase(t, testComposition) }

// What is composed is used up by the next edition, and is not written over by anybody who
// has not seen it.
func testComposition(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ tổng kết"), tin("b.md", "Cần Thơ trao học bổng"), tin("c.md", "Huế mở lớp"))
	d := digest()
	ids, err := db.Digests().News(ctx, d.ID, nil)
	if err != nil || len(ids) != 3 {
		t.Fatal(ids, err)
	}
	put := func(change CompositionChange) Composed {
		t.Helper()
		now, err := db.Compositions().Put(ctx, d.ID, change)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	make := func() bantin.Edition {
		t.Helper()
		clock.t = clock.t.Add(time.Hour)
		e, _, err := db.Editions().Make(ctx, EditionPlan{Digest: d, Due: clock.t, Audience: Audience{AnyPlace: true, Site: "vi"}})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	c := bantin.Composition{Greeting: "Kính gửi", Subject: `Số "đặc biệt" {{.X}}`, Pin: []string{ids[2]}, Drop: []string{ids[0]}}
	if now := put(CompositionChange{Composition: c, Who: "lan"}); now.Version != 1 || now.Who != "lan" {
		t.Error(now)
	}
	if _, err := db.Compositions().Put(ctx, d.ID, CompositionChange{Version: 0}); !errors.Is(err, ErrChanged) {
		t.Errorf("what another composed is written over: %v", err)
	}
	if _, err := db.Compositions().Put(ctx, d.ID, CompositionChange{Version: 1, Composition: bantin.Composition{Drop: []string{"khong-co"}}}); !errors.Is(err, bantin.ErrNotFound) {
		t.Error(err)
	}
	next, err := db.Compositions().Next(ctx, d.ID, nil)
	if diff := cmp.Diff([]string{ids[2], ids[1]}, next); diff != "" || err != nil {
		t.Error(diff, err)
	}
	e := make()
	if diff := cmp.Diff([]string{ids[2], ids[1]}, e.Bulletins); diff != "" {
		t.Error(diff)
	}
	if e.Composed == nil || e.Composed.Greeting != c.Greeting || e.Subject != `{{"Số \"đặc biệt\" {{.X}}"}}` {
		t.Errorf("%+v, subject %s", e.Composed, e.Subject)
	}
	now, err := db.Compositions().Current(ctx, d.ID)
	if err != nil || !now.IsEmpty() || now.Version != 2 {
		t.Errorf("it is not used up: %+v %v", now, err)
	}

	put(CompositionChange{Version: 2, Always: []string{ids[0]}})
	if _, _, err := db.Editions().Make(ctx, EditionPlan{Digest: d, Due: clock.t.Add(time.Minute)}); !errors.Is(err, ErrNoNews) {
		t.Errorf("what is left out always is news: %v", err)
	}
	now = put(CompositionChange{Version: 3, Restore: []string{ids[0]}, Composition: bantin.Composition{Pin: []string{ids[2]}}})
	if e := make(); len(now.Always) != 0 || !cmp.Equal(e.Bulletins, []string{ids[2], ids[0]}) {
		t.Error(now.Always, e.Bulletins)
	}
}

func TestDraft(t *testing.T) { eachDatabase(t, testDraft) }

// A draft is public nowhere, has its bulletins from its making and its recipients from
// the approval of its current version; the next due time ends it.
func testDraft(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ tổng kết"), tin("b.md", "Cần Thơ trao học bổng"))
	d := digest()
	d.Approve, d.ApproveWithin = true, 24*time.Hour
	all := Audience{AnyPlace: true, Site: "vi"}
	plan := func() EditionPlan {
		return EditionPlan{Digest: d, Due: clock.t, Audience: all, NeedsRecipients: true, EndsDrafts: true}
	}
	first, made, err := db.Editions().Make(ctx, plan())
	if err != nil || !made || first.Status != bantin.EditionDraft || first.Version != 1 || len(first.Bulletins) != 2 {
		t.Fatalf("%+v %v", first, err)
	}
	if done, err := db.Editions().Freeze(ctx, first.Row, 10); !done || err != nil {
		t.Error(done, err)
	}
	if past, err := db.Editions().Past(ctx, d.ID, 0, 10); len(past) != 0 || err != nil {
		t.Error("a draft is public", past, err)
	}
	if _, err := db.Editions().Pause(ctx, first.ID); !errors.As(err, new(*StateError)) {
		t.Error(err)
	}

	// It is changed: a new version, of what it was made of.
	arrive(t, db, tin("c.md", "Huế mở lớp xóa mù chữ"))
	now, err := db.Compositions().Current(ctx, d.ID)
	if err != nil || now.Edition != first.ID || now.Version != 1 {
		t.Fatal(now, err)
	}
	change := CompositionChange{Edition: first.ID, Version: 1, Composition: bantin.Composition{Greeting: "Chào", Drop: first.Bulletins[:1]}}
	if now, err = db.Compositions().Put(ctx, d.ID, change); err != nil || now.Version != 2 || now.Greeting != "Chào" {
		t.Fatal(now, err)
	}
	change.Version, change.Drop = 2, nil
	if now, err = db.Compositions().Put(ctx, d.ID, change); err != nil || now.Version != 3 {
		t.Fatal(now, err)
	}
	e, ok, err := db.Editions().Draft(ctx, d.ID)
	if !ok || err != nil || !cmp.Equal(e.Bulletins, first.Bulletins) || e.Composed.Greeting != "Chào" {
		t.Errorf("%v %+v %v", ok, e, err)
	}

	people(t, db, bantin.LevelProvince, "b@example.org")
	if _, err := db.Editions().Approve(ctx, first.ID, EditionApproval{Version: 2, Who: "lan", Audience: all}); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
	if _, err := db.Editions().Approve(ctx, first.ID, EditionApproval{Version: 3, Who: "lan", Audience: Audience{AnyPlace: true, Levels: []bantin.Level{bantin.LevelCentral}}}); !errors.Is(err, ErrNobody) {
		t.Error(err)
	}
	e, err = db.Editions().Approve(ctx, first.ID, EditionApproval{Version: 3, Who: "lan", Audience: all})
	if err != nil || e.Status != bantin.EditionOpen || e.Approved == nil || e.Approved.By != "lan" || e.Version != 3 {
		t.Fatalf("%+v %v", e, err)
	}
	waits, err := db.Editions().Version(ctx)
	if err != nil || e.IsOut() {
		t.Errorf("approved: out %v, %v", e.IsOut(), err)
	}
	for done := false; !done; {
		if done, err = db.Editions().Freeze(ctx, e.Row, 10); err != nil {
			t.Fatal(err)
		}
	}
	if e, err = db.Editions().Get(ctx, e.ID); err != nil || e.Recipients != 2 || e.Status != bantin.EditionSending || !e.IsOut() {
		t.Errorf("%+v %v", e, err)
	}
	if version, err := db.Editions().Version(ctx); err != nil || version == waits {
		t.Errorf("feeds do not see that it is sent: %q, %v", version, err)
	}
	if _, err := db.Editions().Approve(ctx, first.ID, EditionApproval{Audience: all}); !errors.As(err, new(*StateError)) {
		t.Error("approved twice:", err)
	}

	// The next draft nobody approves: the one after it has its news.
	clock.t = clock.t.Add(time.Hour)
	second, _, err := db.Editions().Make(ctx, plan())
	if err != nil || len(second.Bulletins) != 1 {
		t.Fatal(second, err)
	}
	clock.t = clock.t.Add(time.Hour)
	third, _, err := db.Editions().Make(ctx, plan())
	if err != nil || !cmp.Equal(third.Bulletins, second.Bulletins) || third.Status != bantin.EditionDraft {
		t.Fatal(third, err)
	}
	if second, err = db.Editions().Get(ctx, second.ID); err != nil || second.Status != bantin.EditionCancelled {
		t.Error(second, err)
	}
}

func TestSpecialEdition(t *testing.T) { eachDatabase(t, testSpecialEdition) }

// A special edition has what is pinned, at its own time; it neither takes the minute of
// another nor makes what is news shorter.
func testSpecialEdition(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ tổng kết"), tin("b.md", "Cần Thơ trao học bổng"))
	d := digest()
	all := Audience{AnyPlace: true, Site: "vi"}
	ids, err := db.Digests().News(ctx, d.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := clock.t.Add(40 * 24 * time.Hour)
	e, err := db.Editions().Special(ctx, EditionPlan{Digest: d, Due: at}, bantin.Composition{Pin: ids[:1], Greeting: "Chúc mừng"})
	if err != nil || e.Status != bantin.EditionScheduled || !e.IsSpecial || !cmp.Equal(e.Bulletins, ids[:1]) {
		t.Fatalf("%+v %v", e, err)
	}
	if _, err := db.Editions().Special(ctx, EditionPlan{Digest: d, Due: at.Truncate(time.Minute).Add(30 * time.Second)}, bantin.Composition{Pin: ids[:1]}); !errors.Is(err, ErrTimeTaken) {
		t.Error(err)
	}
	if due, err := db.Editions().Scheduled(ctx); len(due) != 0 || err != nil {
		t.Error("it is due before its time", due, err)
	}
	if past, err := db.Editions().Past(ctx, d.ID, 0, 10); len(past) != 0 || err != nil {
		t.Error("it is public before its time", past, err)
	}
	clock.t = at.Add(time.Second)
	due, err := db.Editions().Scheduled(ctx)
	if len(due) != 1 || err != nil {
		t.Fatal(due, err)
	}
	if err := db.Editions().BeginScheduled(ctx, due[0], all, nil); err != nil {
		t.Fatal(err)
	}
	if e, err = db.Editions().Get(ctx, e.ID); err != nil || e.Status != bantin.EditionOpen || e.Due != at {
		t.Errorf("%+v %v", e, err)
	}
	if err := db.Editions().BeginScheduled(ctx, due[0], all, nil); err != nil {
		t.Error("begun by two nodes:", err)
	}
	// The regular edition of the very same time is one of its own.
	arrive(t, db, tin("c.md", "Huế mở lớp xóa mù chữ"))
	regular, made, err := db.Editions().Make(ctx, EditionPlan{Digest: d, Due: at, Audience: all})
	if err != nil || !made || regular.ID == e.ID || len(regular.Bulletins) != 1 {
		t.Errorf("%+v %v", regular, err)
	}
}

func TestSpecialEditionIsAsItWillGo(t *testing.T) { eachDatabase(t, testSpecialEditionIsAsItWillGo) }

// What is corrected before the time of a special edition is in it, as its preview shows;
// one that a person approved stays as they saw it.
func testSpecialEditionIsAsItWillGo(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	people(t, db, bantin.LevelProvince, "a@example.org")
	const was, is = "Sơn La trao 320 suất học bổng", "Sơn La trao 330 suất học bổng"
	id := arrive(t, db, tin("a.md", was))[0].ID
	d, all, at := digest(), Audience{AnyPlace: true, Site: "vi"}, clock.t.Add(48*time.Hour)
	pinned := bantin.Composition{Pin: []string{id}}
	open, err := db.Editions().Special(ctx, EditionPlan{Digest: d, Due: at}, pinned)
	if err != nil {
		t.Fatal(err)
	}
	d.Approve = true
	approved, err := db.Editions().Special(ctx, EditionPlan{Digest: d, Due: at.Add(time.Hour)}, pinned)
	if err != nil {
		t.Fatal(err)
	}
	if approved, err = db.Editions().Approve(ctx, approved.ID, EditionApproval{Version: approved.Version, Who: "lan", Audience: all}); err != nil || approved.Status != bantin.EditionScheduled {
		t.Fatal(approved, err)
	}
	arrive(t, db, tin("a.md", is))
	shows := func(when string, e bantin.Edition, want string) {
		t.Helper()
		list, err := db.Editions().Bulletins(ctx, e.Row)
		if err != nil || len(list) != 1 || list[0].Title != want {
			t.Errorf("%s: %+v %v, want %q", when, list, err, want)
		}
	}
	shows("before its time", open, is)
	shows("approved", approved, was)
	clock.t = at.Add(2 * time.Hour)
	due, err := db.Editions().Scheduled(ctx)
	if err != nil || len(due) != 2 {
		t.Fatal(due, err)
	}
	for _, s := range due {
		if err := db.Editions().BeginScheduled(ctx, s, all, nil); err != nil {
			t.Fatal(err)
		}
	}
	arrive(t, db, tin("a.md", is+" cho học sinh nghèo"))
	shows("begun", open, is)
	shows("approved and begun", approved, was)
}
