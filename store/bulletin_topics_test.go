package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
)

func TestTopicsSettledAgain(t *testing.T) { eachDatabase(t, testTopicsSettledAgain) }

// Stored bulletins follow other topics in small steps; that is no revision, and no time of
// change by which feed readers would show them as new.
func testTopicsSettledAgain(t *testing.T, db *DB, clock *clock) {
	tags := func(b *bantin.Bulletin) []string {
		var list []string
		for _, id := range b.Topics {
			list = append(list, "topic:"+id)
		}
		return list
	}
	old := tin("cu.md", "Học bổng năm xưa")
	old.History = true
	arrive(t, db, tin("a.md", "Trao học bổng"), tin("b.md", "Mở thư viện"), tin("c.md", "Học bổng lần hai"), old)
	held := bulletin(t, db, "van-phong-c")
	must(t)(db.Bulletins().Hold(t.Context(), held.ID, "chờ"))
	before, last := bulletin(t, db, "van-phong-a"), lastChange(t, db)
	clock.t = clock.t.Add(time.Hour)
	topics := func(b *bantin.Bulletin) []string {
		if strings.Contains(strings.ToLower(b.Title), "học bổng") {
			return []string{"hoc-bong"}
		}
		return nil
	}
	var changed []int
	for after := int64(0); ; {
		next, n, err := db.Bulletins().Retopic(t.Context(), after, 2, topics, tags)
		if err != nil {
			t.Fatal(err)
		}
		if next == 0 {
			break
		}
		changed, after = append(changed, n), next
	}
	if !slices.Equal(changed, []int{1, 2}) {
		t.Errorf("changed in each step: %v", changed)
	}
	a := bulletin(t, db, "van-phong-a")
	if !slices.Equal(a.Topics, []string{"hoc-bong"}) || a.Revision != before.Revision || !a.ChangedAt.Equal(before.ChangedAt) || a.Change <= last {
		t.Errorf("settled: %+v", a)
	}
	if got := listed(t, db, "topic:hoc-bong"); got != "van-phong-a" { // one is held, and one history
		t.Errorf("tagged: %q", got)
	}
	next, err := db.Bulletins().Unindexed(t.Context(), 10)
	if err != nil || !slices.ContainsFunc(next, func(e IndexEntry) bool { return e.ID == "van-phong-cu" && e.History }) {
		t.Errorf("the list index does not follow: %v", err)
	}
	if o := read(t, db, tin("b.md", "Mở thư viện")); o.Kind != Unchanged {
		t.Errorf("a bulletin of no topic, read again: %+v", o)
	}
	if last := lastChange(t, db); true {
		if _, n, err := db.Bulletins().Retopic(t.Context(), 0, 10, topics, tags); n != 0 || err != nil || lastChange(t, db) != last {
			t.Errorf("once more: %d changed, %v", n, err)
		}
	}
}

func lastChange(t *testing.T, db *DB) int64 {
	t.Helper()
	n, err := db.Bulletins().LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestReads(t *testing.T) {
	places, topics := SplitReads(JoinReads([]string{"phu-tho", "son-la"}, []string{"hoc-bong"}))
	if !slices.Equal(places, []string{"phu-tho", "son-la"}) || !slices.Equal(topics, []string{"hoc-bong"}) {
		t.Errorf("%v %v", places, topics)
	}
	if got := JoinReads(nil, nil); got != "" {
		t.Errorf("nothing chosen: %q", got)
	}
}
