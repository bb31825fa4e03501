package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// byPlace chooses bulletins by their places alone.
func byPlace(b *bantin.Bulletin) []string {
	var tags []string
	for _, p := range b.Places {
		tags = append(tags, "place:"+p)
	}
	return tags
}

func personRules() ArrivalPolicy {
	r := rules()
	r.Tags = byPlace
	return r
}

// read is a look of the source at one item, once more.
func read(t *testing.T, db *DB, a Arrival) Outcome {
	t.Helper()
	o, err := db.Bulletins().Store(t.Context(), []Arrival{a}, personRules())
	if err != nil {
		t.Fatal(err)
	}
	return o[0]
}

func bulletin(t *testing.T, db *DB, id string) bantin.Bulletin {
	t.Helper()
	b, err := db.Bulletins().Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// listed gives the ids of what readers see with one of the tags.
func listed(t *testing.T, db *DB, tags ...string) string {
	t.Helper()
	f := Filter{}
	if len(tags) > 0 {
		f.Tags = [][]string{tags}
	}
	list, err := db.Bulletins().List(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, b := range list {
		ids = append(ids, b.ID)
	}
	return strings.Join(ids, " ")
}

func must(t *testing.T) func(bantin.Bulletin, error) bantin.Bulletin {
	return func(b bantin.Bulletin, err error) bantin.Bulletin {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func TestCorrectionOutlivesReads(t *testing.T) { eachDatabase(t, testCorrectionOutlivesReads) }

func testCorrectionOutlivesReads(t *testing.T, db *DB, _ *clock) {
	arrive(t, db, tin("a.md", "Phú Thọ tổng kết"))
	title, lead, places, day := "Việt Trì tổng kết năm học", "Hội nghị ngày 28/4.", []string{"phu-tho"}, time.Date(2022, 4, 28, 0, 0, 0, 0, time.UTC)
	b := must(t)(db.Bulletins().Correct(t.Context(), "van-phong-a", Correction{Title: &title, Places: &places}, nil, byPlace))
	if b.Title != title || b.Revision != 2 || b.Change != 2 || b.Seq != 1 {
		t.Errorf("corrected: %+v", b)
	}
	b = must(t)(db.Bulletins().Correct(t.Context(), "van-phong-a", Correction{Lead: &lead, Published: &day}, nil, byPlace))
	if b.Title != title || b.Lead != lead || !b.Published.Equal(day) || b.PublishedPrecision != bantin.PrecisionDay {
		t.Errorf("corrected twice: %+v", b)
	}
	if o := read(t, db, tin("a.md", "Phú Thọ tổng kết")); o.Kind != Unchanged {
		t.Errorf("the same file again: %+v", o)
	}
	edited := tin("a.md", "Phú Thọ tổng kết năm")
	edited.Bulletin.Text = "Thêm một đoạn."
	if o := read(t, db, edited); o != (Outcome{ID: "van-phong-a", Kind: Revised}) {
		t.Errorf("an edit, compared with what the source said: %+v", o)
	}
	b = bulletin(t, db, "van-phong-a")
	if b.Title != title || b.Lead != lead || b.Text != "Thêm một đoạn." || !slices.Equal(b.Places, places) {
		t.Errorf("the edit undid the correction: %+v", b)
	}
	if got := listed(t, db, "place:phu-tho"); got != "van-phong-a" {
		t.Errorf("tagged: %q", got)
	}
	if o := read(t, db, tin("a.md", "Việt Nam")); o.Kind != Added || o.Replaced != "van-phong-a" {
		t.Errorf("another story, though it begins as the correction does: %+v", o)
	}
	none := []string{}
	must(t)(db.Bulletins().Correct(t.Context(), "van-phong-a", Correction{Places: &none}, nil, byPlace))
	if got := listed(t, db, "place:phu-tho"); got != "" {
		t.Errorf("without places it is still found at %q", got)
	}
	empty := ""
	if _, err := db.Bulletins().Correct(t.Context(), "van-phong-a", Correction{Title: &empty}, nil, byPlace); !errors.Is(err, ErrNoTitle) {
		t.Errorf("without a title: %v", err)
	}
}

func TestWithdrawnStaysWithdrawn(t *testing.T) { eachDatabase(t, testWithdrawnStaysWithdrawn) }

func testWithdrawnStaysWithdrawn(t *testing.T, db *DB, clock *clock) {
	a := tin("a.md", "Phú Thọ tổng kết")
	arrive(t, db, a)
	before, err := db.Bulletins().LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	edition := makeEdition(t, db, clock.t, 10)
	b := must(t)(db.Bulletins().Withdraw(t.Context(), "van-phong-a"))
	if !b.Withdrawn || b.Change <= before || b.Seq != 1 {
		t.Errorf("withdrawn: %+v", b)
	}
	if again := must(t)(db.Bulletins().Withdraw(t.Context(), "van-phong-a")); again.Change != b.Change {
		t.Error("a second time is a change")
	}
	if list, err := db.Editions().Bulletins(t.Context(), edition.Row); err != nil || len(list) != 0 {
		t.Errorf("messages not yet begun have it: %v, %v", list, err)
	}
	read(t, db, tin("a.md", "Phú Thọ tổng kết, bản sửa"))
	if got := listed(t, db) + listed(t, db, "source:van-phong"); got != "" {
		t.Errorf("an edit brought it back: %q", got)
	}
	b = must(t)(db.Bulletins().Release(t.Context(), "van-phong-a", byPlace))
	if b.Withdrawn || b.Revision != 2 || b.Seq != 1 || listed(t, db) != "van-phong-a" {
		t.Errorf("released: %+v", b)
	}
	gone := tin("a.md", "Phú Thọ tổng kết")
	gone.Bulletin.Withdrawn = true
	if o := read(t, db, gone); o.Kind != Withdrawn {
		t.Errorf("after a person's word was taken back the source decides: %+v", o)
	}
	must(t)(db.Bulletins().Release(t.Context(), "van-phong-a", byPlace))
	gone.Bulletin.Text = "Văn bản khác"
	if read(t, db, gone); listed(t, db) != "van-phong-a" {
		t.Error("the source withdrew it against a person's word")
	}
	if id, err := db.Sources().WithdrawVanished(t.Context(), "van-phong", "a.md"); err != nil || id != "" || listed(t, db) != "van-phong-a" {
		t.Errorf("it vanished against a person's word: %q, %v", id, err)
	}
	if _, err := db.Bulletins().Withdraw(t.Context(), "khong-co"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

// A bulletin that was held is news when it is released, and not before.
func TestReleaseMakesNews(t *testing.T) { eachDatabase(t, testReleaseMakesNews) }

func testReleaseMakesNews(t *testing.T, db *DB, clock *clock) {
	held := tin("a.md", "Phú Thọ tổng kết")
	held.Bulletin.Held, held.Bulletin.Places = "không chắc bảng mã", []string{"phu-tho"}
	arrive(t, db, held, tin("b.md", "Hà Giang"))
	clock.t = clock.t.Add(60 * 24 * time.Hour)
	b := must(t)(db.Bulletins().Release(t.Context(), "van-phong-a", byPlace))
	if b.Held != "" || b.Seq != 2 || listed(t, db, "place:phu-tho") != "van-phong-a" {
		t.Errorf("released: %+v", b)
	}
	news, err := db.Digests().News(t.Context(), "hang-tuan", nil)
	if diff := cmp.Diff([]string{"van-phong-a"}, news); diff != "" || err != nil {
		t.Errorf("news: %v %s", err, diff)
	}
	held.Bulletin.Text = "Sửa một chữ"
	if read(t, db, held); listed(t, db) != "van-phong-a van-phong-b" {
		t.Error("the source held it again")
	}
	if b = must(t)(db.Bulletins().Hold(t.Context(), "van-phong-a", "chờ ảnh")); b.Held != "chờ ảnh" || b.Seq != 2 {
		t.Errorf("held: %+v", b)
	}
	if got := listed(t, db, "place:phu-tho"); got != "" {
		t.Errorf("still chosen: %q", got)
	}
	held.Bulletin.Text, held.Bulletin.Held = "Sửa hai chữ", ""
	if read(t, db, held); bulletin(t, db, "van-phong-a").Held != "chờ ảnh" {
		t.Error("a read undid the hold")
	}
	if b = must(t)(db.Bulletins().Release(t.Context(), "van-phong-a", byPlace)); b.Seq != 2 || !b.Publishable() {
		t.Errorf("released again: %+v", b)
	}
	old := tin("cu.md", "Tin năm 2015")
	old.History, old.Bulletin.Held = true, "không chắc"
	arrive(t, db, old)
	if b = must(t)(db.Bulletins().Release(t.Context(), "van-phong-cu", byPlace)); b.Seq != 0 || !b.Publishable() {
		t.Errorf("history became news: %+v", b)
	}
}

// A source that repairs its text lets go what it held itself.
func TestSourceHolds(t *testing.T) { eachDatabase(t, testSourceHolds) }

func testSourceHolds(t *testing.T, db *DB, _ *clock) {
	held := tin("a.md", "Phú Thọ tổng kết")
	held.Bulletin.Held = "không chắc bảng mã"
	arrive(t, db, held)
	read(t, db, tin("a.md", "Phú Thọ tổng kết"))
	if b := bulletin(t, db, "van-phong-a"); b.Held != "" || b.Seq != 1 || listed(t, db) != "van-phong-a" {
		t.Errorf("repaired: %+v", b)
	}
}

func TestMerge(t *testing.T) { eachDatabase(t, testMerge) }

func testMerge(t *testing.T, db *DB, clock *clock) {
	people(t, db, bantin.LevelProvince, "a@example.org")
	site := tin("b.md", "Phú Thọ họp")
	site.Bulletin.Origins = []string{"https://example.org/tin/2"}
	arrive(t, db, tin("a.md", "Đất Tổ họp"))
	must(t)(db.Bulletins().Hold(t.Context(), "van-phong-a", "chờ"))
	arrive(t, db, site, tin("c.md", "Hội nghị Việt Trì"))
	must(t)(db.Bulletins().Merge(t.Context(), "van-phong-b", "van-phong-c"))
	makeEdition(t, db, clock.t, 10) // has b alone
	must(t)(db.Bulletins().Release(t.Context(), "van-phong-a", byPlace))

	b := must(t)(db.Bulletins().Merge(t.Context(), "van-phong-a", "van-phong-b"))
	if diff := cmp.Diff(site.Bulletin.Origins, b.Origins); diff != "" || b.Revision != 1 {
		t.Errorf("kept: %+v %s", b, diff)
	}
	for _, id := range []string{"van-phong-b", "van-phong-c"} {
		if _, err := db.Bulletins().Get(t.Context(), id); !into(err, "van-phong-a") {
			t.Errorf("%s: %v", id, err)
		}
	}
	if got := listed(t, db); got != "van-phong-a" {
		t.Errorf("listed: %q", got)
	}
	if news, err := db.Digests().News(t.Context(), "hang-tuan", nil); err != nil || len(news) != 0 {
		t.Errorf("an edition had it under another id: %v, %v", news, err)
	}
	change, err := db.Bulletins().LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	site.Bulletin.Text = "Sửa ở trang kia"
	if o := read(t, db, site); o != (Outcome{ID: "van-phong-a", Kind: Unchanged}) {
		t.Errorf("the other source's edit: %+v", o)
	}
	if b = bulletin(t, db, "van-phong-a"); b.Title != "Đất Tổ họp" || b.Change > change {
		t.Errorf("it changed what was kept: %+v", b)
	}
	if o := read(t, db, tin("a.md", "Đất Tổ họp ba ngày")); o.Kind != Revised || len(bulletin(t, db, "van-phong-a").Origins) != 1 {
		t.Errorf("its own source's edit: %+v", o)
	}
	if o := read(t, db, tin("b.md", "Lào Cai mở lớp")); o != (Outcome{ID: "van-phong-b-2", Kind: Added, Replaced: "van-phong-b"}) {
		t.Errorf("another story under the other's name: %+v", o)
	}
}

func into(err error, id string) bool {
	var merged *MergedError
	return errors.As(err, &merged) && merged.Into == id
}

func TestMergeRefuses(t *testing.T) { eachDatabase(t, testMergeRefuses) }

func testMergeRefuses(t *testing.T, db *DB, _ *clock) {
	arrive(t, db, tin("a.md", "Phú Thọ"), tin("b.md", "Hà Giang"), tin("c.md", "Lào Cai"))
	must(t)(db.Bulletins().Merge(t.Context(), "van-phong-a", "van-phong-b"))
	must(t)(db.Bulletins().Merge(t.Context(), "van-phong-a", "van-phong-b"))
	if _, err := db.Bulletins().Merge(t.Context(), "van-phong-a", "van-phong-a"); !errors.Is(err, ErrSelfMerge) {
		t.Errorf("with itself: %v", err)
	}
	if _, err := db.Bulletins().Merge(t.Context(), "van-phong-a", "khong-co"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
	for _, pair := range [][2]string{{"van-phong-b", "van-phong-c"}, {"van-phong-c", "van-phong-b"}, {"van-phong-b", "van-phong-a"}} {
		if _, err := db.Bulletins().Merge(t.Context(), pair[0], pair[1]); !into(err, "van-phong-a") {
			t.Errorf("%v: %v", pair, err)
		}
	}
	if _, err := db.Bulletins().Withdraw(t.Context(), "van-phong-b"); !into(err, "van-phong-a") {
		t.Errorf("withdraw what was merged: %v", err)
	}
}

// What was merged vanishes when the last of its items does.
func TestMergedVanishes(t *testing.T) { eachDatabase(t, testMergedVanishes) }

func testMergedVanishes(t *testing.T, db *DB, _ *clock) {
	arrive(t, db, tin("a.md", "Phú Thọ"), tin("b.md", "Hà Giang"))
	must(t)(db.Bulletins().Merge(t.Context(), "van-phong-a", "van-phong-b"))
	for _, step := range []struct{ item, want string }{{"a.md", ""}, {"b.md", "van-phong-a"}} {
		if id, err := db.Sources().WithdrawVanished(t.Context(), "van-phong", step.item); err != nil || id != step.want {
			t.Errorf("%s: withdrew %q, want %q; %v", step.item, id, step.want, err)
		}
	}
}

// An edition that is being sent keeps a story whose bulletin is merged into
// another, once, whichever of the two it had.
func TestMergedInEdition(t *testing.T) {
	db, clock := open(t)
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Đất Tổ họp"), tin("b.md", "Phú Thọ họp"), tin("d.md", "Lào Cai mở lớp"))
	must(t)(db.Bulletins().Hold(t.Context(), "van-phong-a", "chờ ảnh"))
	edition := makeEdition(t, db, clock.t, 10) // has b and d
	must(t)(db.Bulletins().Release(t.Context(), "van-phong-a", byPlace))
	titles := func() (list []string) {
		bulletins, err := db.Editions().Bulletins(t.Context(), edition.Row)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range bulletins {
			list = append(list, b.Title)
		}
		return list
	}
	for _, step := range []struct {
		act  func() (bantin.Bulletin, error)
		want []string
	}{
		{func() (bantin.Bulletin, error) {
			return db.Bulletins().Merge(t.Context(), "van-phong-a", "van-phong-b")
		}, []string{"Phú Thọ họp", "Lào Cai mở lớp"}},
		{func() (bantin.Bulletin, error) {
			return db.Bulletins().Merge(t.Context(), "van-phong-d", "van-phong-a")
		}, []string{"Lào Cai mở lớp"}},
		{func() (bantin.Bulletin, error) { return db.Bulletins().Withdraw(t.Context(), "van-phong-d") }, nil},
	} {
		must(t)(step.act())
		if diff := cmp.Diff(step.want, titles()); diff != "" {
			t.Errorf("bulletins of the edition (-want +got):\n%s", diff)
		}
	}
}
