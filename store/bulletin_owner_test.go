package store

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"bantin"
)

// ownerRules know a site, an office and a partner, whose texts are the same where they
// begin with the same word.
func ownerRules() ArrivalPolicy {
	r := personRules()
	r.Claim = func(source, address string) int {
		switch {
		case source == "website" && strings.HasPrefix(address, "https://hoi.example/"):
			return 3
		case source == "van-phong":
			return 2
		case source == "doi-tac":
			return 1
		}
		return 0
	}
	r.SameText = func(a, b *bantin.Bulletin) bool { return a.Title[:3] == b.Title[:3] }
	r.DuplicateReason = func(id string) bantin.Note { return bantin.Note("như " + id) }
	return r
}

// from is an arrival of a source, known by a key, that names an address.
func from(source, item, title, key, address string) Arrival {
	a := tin(item, title)
	a.Source, a.Bulletin.Source, a.Bulletin.ID = source, source, source+"-"+strings.TrimSuffix(item, ".md")
	a.Identity, a.Bulletin.URL, a.Digest = key, address, "sha-"+source+item+title
	if address != "" {
		a.Bulletin.Origins = []string{address}
	}
	return a
}

func storeOne(t *testing.T, db *DB, a Arrival) Outcome {
	t.Helper()
	o, err := db.Bulletins().Store(t.Context(), []Arrival{a}, ownerRules())
	if err != nil {
		t.Fatal(err)
	}
	return o[0]
}

func TestOwner(t *testing.T) { eachDatabase(t, testOwner) }

func testOwner(t *testing.T, db *DB, _ *clock) {
	const one, two = "https://hoi.example/1", "https://hoi.example/2"
	for _, step := range []struct {
		what string
		in   Arrival
		want Outcome
	}{
		{"the office's", from("van-phong", "a.md", "Quyết định", "url:"+one, one), Outcome{ID: "van-phong-a", Kind: Added}},
		{"a partner names its address and says the same", from("doi-tac", "1", "Quyết định trao", "file:doi-tac/1", one), Outcome{ID: "van-phong-a", Kind: Merged}},
		{"another look at that", from("doi-tac", "1", "Quyết định trao", "file:doi-tac/1", one), Outcome{ID: "van-phong-a", Kind: Unchanged}},
		{"then it says something else", from("doi-tac", "1", "Bán thuốc", "file:doi-tac/1", one), Outcome{ID: "doi-tac-1", Kind: Added, DuplicateReason: "như van-phong-a"}},
		{"by the address itself", from("doi-tac", "2", "Bán nhà", "url:"+one, one), Outcome{ID: "doi-tac-2", Kind: Added, DuplicateReason: "như van-phong-a"}},
		{"and again", from("doi-tac", "2", "Bán nhà", "url:"+one, one), Outcome{ID: "doi-tac-2", Kind: Unchanged}},
		{"the site's own story", from("website", "1", "Quyết định của Hội", "url:"+one, one), Outcome{ID: "van-phong-a", Kind: Revised}},
		{"the office edits its copy", from("van-phong", "a.md", "Quyết định sửa", "url:"+one, one), Outcome{ID: "van-phong-a", Kind: Unchanged}},
		{"the site edits", from("website", "1", "Quyết định sửa đổi", "url:"+one, one), Outcome{ID: "van-phong-a", Kind: Revised}},

		{"a partner is first", from("doi-tac", "3", "Bán xe", "file:doi-tac/3", two), Outcome{ID: "doi-tac-3", Kind: Added}},
		{"the office is published as it is", from("van-phong", "b.md", "Thông báo", "url:"+two, two), Outcome{ID: "van-phong-b", Kind: Added}},
		{"a partner edits its own", from("doi-tac", "3", "Bán xe cũ", "file:doi-tac/3", two), Outcome{ID: "doi-tac-3", Kind: Revised}},
	} {
		if got := storeOne(t, db, step.in); got != step.want {
			t.Errorf("%s: %+v, want %+v", step.what, got, step.want)
		}
	}
	b := bulletin(t, db, "van-phong-a")
	if b.Title != "Quyết định sửa đổi" || b.Source != "website" || b.Seq != 1 || b.Held != "" {
		t.Errorf("the bulletin of the address: %+v", b)
	}
	if held := bulletin(t, db, "doi-tac-1"); held.Held == "" || held.Seq != 0 {
		t.Errorf("what a partner says under it: %+v", held)
	}
	if got := listed(t, db); got != "van-phong-b doi-tac-3 van-phong-a" {
		t.Errorf("listed: %s", got)
	}
}

// Items of one source that give one address to two stories are two bulletins, at each
// later look too.
func TestSharedAddress(t *testing.T) { eachDatabase(t, testSharedAddress) }

func testSharedAddress(t *testing.T, db *DB, _ *clock) {
	const page = "https://hoi.example/trang"
	for range 3 {
		storeOne(t, db, from("website", "1", "Hà Giang mở lớp", "url:"+page, page))
		storeOne(t, db, from("website", "2", "Lào Cai họp", "url:"+page, page))
	}
	if got := listed(t, db); got != "website-2 website-1" {
		t.Errorf("listed: %s", got)
	}
	if a, b := bulletin(t, db, "website-1"), bulletin(t, db, "website-2"); a.Revision+b.Revision != 2 || a.FeedID == b.FeedID {
		t.Errorf("%+v and %+v", a, b)
	}
}

// What an earlier version stored under another key keeps its id.
func TestFormerKey(t *testing.T) { eachDatabase(t, testFormerKey) }

func testFormerKey(t *testing.T, db *DB, _ *clock) {
	old := func(item, title, key string) { storeOne(t, db, from("doi-tac", item, title, key, "")) }
	old("0", "Một: trao xe", "file:doi-tac/0")
	old("0", "Hai: mở lớp", "file:doi-tac/0") // a shared guid: another story at each look
	old("0", "Một: trao xe", "file:doi-tac/0")
	old("ba", "Ba: họp", "url:https://khac.example/3")
	before := listed(t, db)

	for title, item := range map[string]string{"Một: trao xe": "0 ~aaaaaaaaaaaa", "Hai: mở lớp": "0 ~bbbbbbbbbbbb"} {
		a := from("doi-tac", item, title, "file:doi-tac/"+item, "")
		a.Before = "file:doi-tac/0"
		if o := storeOne(t, db, a); o.Kind != Unchanged {
			t.Errorf("%s is %+v", title, o)
		}
	}
	a := from("doi-tac", "ba", "Ba: họp", "file:doi-tac/ba", "")
	a.Before = "url:https://khac.example/3"
	if o := storeOne(t, db, a); o.Kind != Unchanged {
		t.Errorf("an address that is none of the feed's: %+v", o)
	}
	a = from("doi-tac", "bốn", "Bốn: khác", "url:https://khac.example/3#/4", "")
	a.Before = "url:https://khac.example/3"
	if o := storeOne(t, db, a); o.Kind != Added {
		t.Errorf("another story that had the same key: %+v", o)
	}
	if got := listed(t, db); !strings.HasSuffix(got, before) || strings.Count(got, " ") != strings.Count(before, " ")+1 {
		t.Errorf("listed: %s, before %s", got, before)
	}
}

func TestRenew(t *testing.T) { eachDatabase(t, testRenew) }

func testRenew(t *testing.T, db *DB, _ *clock) {
	renew := func(id string) (bantin.Bulletin, error) { return db.Bulletins().Renew(t.Context(), id, ownerRules()) }
	read(t, db, tin("bao-cao.md", "Báo cáo tuần 50"))
	read(t, db, tin("bao-cao.md", "Báo cáo của tuần 50"))
	read(t, db, tin("bao-cao.md", "Báo cáo tuần 51"))
	b := must(t)(renew("van-phong-bao-cao"))
	if b.ID != "van-phong-bao-cao-2" || b.Title != "Báo cáo tuần 51" || b.Seq != 2 || b.Revision != 1 {
		t.Errorf("renewed: %+v", b)
	}
	if old := bulletin(t, db, "van-phong-bao-cao"); old.Title != "Báo cáo của tuần 50" || old.Seq != 1 {
		t.Errorf("the old one: %+v", old)
	}
	if o := read(t, db, tin("bao-cao.md", "Báo cáo tuần 51, bổ sung")); o.ID != b.ID || o.Kind != Revised {
		t.Errorf("a later look: %+v", o)
	}

	cu := tin("cu.md", "Cũ")
	cu.History = true
	read(t, db, cu)
	if b := must(t)(renew("van-phong-cu")); b.ID != "van-phong-cu" || b.Seq != 3 {
		t.Errorf("history: %+v", b)
	}
	if got := listed(t, db, "source:van-phong"); !slices.Equal(strings.Fields(listed(t, db)), []string{"van-phong-cu", "van-phong-bao-cao-2", "van-phong-bao-cao"}) {
		t.Errorf("listed: %s, %s", listed(t, db), got)
	}
	if _, err := db.Bulletins().Hold(t.Context(), "van-phong-cu", "chờ"); err != nil {
		t.Fatal(err)
	}
	if _, err := renew("van-phong-cu"); !errors.Is(err, ErrNotPublished) {
		t.Errorf("a held one: %v", err)
	}
	if _, err := renew("khong-co"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}
