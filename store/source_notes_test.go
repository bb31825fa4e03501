package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNotes(t *testing.T) { eachDatabase(t, testNotes) }

func testNotes(t *testing.T, db *DB, _ *clock) {
	remember := func(versions, notes map[string]string) {
		t.Helper()
		if err := db.Sources().SaveItemVersions(t.Context(), "website", versions, notes); err != nil {
			t.Fatal(err)
		}
	}
	remember(map[string]string{"4929": "một"}, map[string]string{"etag": `"a"`, "back": "10"})
	remember(map[string]string{"4929": "hai", "4930": "ba"}, map[string]string{"etag": `"b"`, "back": ""})
	notes, err := db.Sources().Notes(t.Context(), "website")
	if d := cmp.Diff(map[string]string{"etag": `"b"`}, notes); err != nil || d != "" {
		t.Errorf("%v, notes (-want +got)\n%s", err, d)
	}
	items, err := db.Sources().Items(t.Context(), "website")
	if d := cmp.Diff(map[string]string{"4929": "hai", "4930": "ba"}, items); err != nil || d != "" {
		t.Errorf("%v, items (-want +got)\n%s", err, d)
	}
	if err := db.Sources().Rename(t.Context(), "website", "trang-tin"); err != nil {
		t.Fatal(err)
	}
	if notes, err = db.Sources().Notes(t.Context(), "trang-tin"); err != nil || notes["etag"] != `"b"` {
		t.Errorf("%v, %v", notes, err)
	}
}

func TestHistory(t *testing.T) { eachDatabase(t, testHistory) }

func testHistory(t *testing.T, db *DB, _ *clock) {
	old := tin("cu.md", "Phú Thọ năm xưa")
	old.History = true
	arrive(t, db, tin("moi.md", "Hà Giang hôm nay"), old)
	check := func(what string, news, history int) {
		t.Helper()
		now, err := db.Bulletins().List(t.Context(), Filter{})
		if err != nil || len(now) != news {
			t.Errorf("%s: %d news, %v", what, len(now), err)
		}
		then, err := db.History().ByChange(t.Context(), 0, 10)
		if err != nil || len(then) != history {
			t.Errorf("%s: %d of history, %v", what, len(then), err)
		}
		waiting, err := db.Digests().News(t.Context(), "tuan", nil)
		if err != nil || len(waiting) != news {
			t.Errorf("%s: %d for an edition, %v", what, len(waiting), err)
		}
	}
	check("at first", 1, 1)
	edited := tin("cu.md", "Phú Thọ năm xưa, đã sửa")
	arrive(t, db, edited)
	check("edited", 1, 1)
	edited.Bulletin.Withdrawn = true
	arrive(t, db, edited)
	check("withdrawn", 1, 0)
	edited.Bulletin.Withdrawn = false
	arrive(t, db, edited)
	check("restored", 1, 1)
}

func TestVanish(t *testing.T) { eachDatabase(t, testVanish) }

func testVanish(t *testing.T, db *DB, _ *clock) {
	first := arrive(t, db, tin("a.md", "Phú Thọ tổng kết năm"))[0].ID
	before, err := db.Bulletins().LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Another item has it too: it stays.
	twin := tin("b.md", "Phú Thọ tổng kết năm")
	twin.Digest = "sha-a.mdPhú Thọ tổng kết năm"
	arrive(t, db, twin)
	for _, step := range []struct{ item, want string }{{"a.md", ""}, {"b.md", first}, {"b.md", ""}, {"khong-co.md", ""}} {
		id, err := db.Sources().WithdrawVanished(t.Context(), "van-phong", step.item)
		if err != nil || id != step.want {
			t.Errorf("%s: %q, %v, want %q", step.item, id, err, step.want)
		}
	}
	b, err := db.Bulletins().Get(t.Context(), first)
	if err != nil || !b.Withdrawn || b.Change <= before || b.Seq == 0 {
		t.Errorf("%+v, %v", b, err)
	}
}
