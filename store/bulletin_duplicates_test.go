package store

import (
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// A story of a second source is found by a hash that both have: told the same
// it joins the first, told otherwise it waits, and what came while there was
// one source is found too.
func TestTwins(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ *clock) {
		twins := rules()
		twins.DuplicateReason = func(id string) bantin.Note { return bantin.Note("có thể là " + id) }
		twins.Compare = func(before, after *bantin.Bulletin) Similarity {
			if before.Text == after.Text {
				return Duplicate
			}
			return PossibleDuplicate
		}
		of := func(source, item, title, text string, likeness ...int64) Arrival {
			a := tin(item, title)
			a.Source, a.Identity, a.Similarity = source, "file:"+source+"/"+item, likeness
			a.Bulletin.ID, a.Bulletin.Source, a.Bulletin.Text = source+"-"+item[:1], source, text
			a.Bulletin.Origins = []string{"https://" + source + ".example.org/" + item}
			return a
		}
		arrive := func(batch ...Arrival) []Outcome {
			t.Helper()
			outcomes, err := db.Bulletins().Store(t.Context(), batch, twins)
			if err != nil {
				t.Fatal(err)
			}
			return outcomes
		}
		arrive(of("van-phong", "a.md", "Phú Thọ họp", "Ba nghìn chi hội"))
		if err := db.Bulletins().IndexSimilarity(t.Context(), time.Hour, func(b *bantin.Bulletin) []int64 { return []int64{7, int64(len(b.Text))} }); err != nil {
			t.Fatal(err)
		}
		got := arrive(of("website", "c.md", "Việt Trì đông vui", "Ba nghìn chi hội", 3, 7), of("website", "d.md", "Tin vắn", "Chi hội", 7), of("website", "e.md", "Lào Cai", "Lớp học", 5))
		want := []Outcome{{ID: "van-phong-a", Kind: Merged}, {ID: "website-d", Kind: Added, DuplicateReason: "có thể là van-phong-a"}, {ID: "website-e", Kind: Added}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("outcomes (-want +got):\n%s", diff)
		}
		kept := bulletin(t, db, "van-phong-a")
		if len(kept.Origins) != 2 || kept.Title == "Việt Trì đông vui" {
			t.Errorf("what was joined: %+v", kept)
		}
		waits, err := db.Bulletins().Held(t.Context(), 0)
		if err != nil || len(waits) != 1 || waits[0].ID != "website-d" || waits[0].Held != want[1].DuplicateReason {
			t.Errorf("waiting: %+v, %v", waits, err)
		}
		again := of("website", "d.md", "Tin vắn", "Chi hội, sửa", 7)
		again.Digest = "sha-2"
		arrive(again)
		if b := bulletin(t, db, "website-d"); b.Held == "" {
			t.Error("the next read lets it out")
		}
	})
}

// Both databases have the same migrations.
func TestMigrationsAgree(t *testing.T) {
	lite, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	post, err := fs.Glob(migrations, "migrations/postgres/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for i := range lite {
		lite[i] = lite[i][len("migrations/sqlite/"):]
	}
	for i := range post {
		post[i] = post[i][len("migrations/postgres/"):]
	}
	if diff := cmp.Diff(lite, post); diff != "" {
		t.Errorf("migrations (-SQLite +PostgreSQL):\n%s", diff)
	}
}
